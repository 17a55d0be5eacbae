using System.Text;
using System.Text.Json.Nodes;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

public sealed class ProgrammeTests
{
    private static readonly TableProgramme Shipped = TableProgramme.Shipped;

    [Fact]
    public void It_costs_what_the_specification_says()
    {
        Assert.Equal(0.564340278, Shipped.Total.ToDouble(), 1e-9);
        Assert.Equal(new Rho(3, 5), Shipped.Cap);
        Assert.Equal(LedgerRow.Cap, Shipped.Cap.Billionths);
        Assert.Equal([("T0", 64, 1), ("T1", 9, 1), ("T2", 16, 1), ("T3", 16, 1), ("T4", 16, 1), ("T5", 72, 6), ("T6", 25, 2), ("T7", 16, 1), ("T8", 16, 1), ("T9", 16, 1), ("T10", 25, 1), ("T11", 16, 1), ("T12", 16, 1)], Shipped.Tables.Select(t => (t.Id, t.Sigma2, t.Delta2)));
        Assert.Equal(["T1", "T2", "T7", "T8"], Shipped.In("P").Select(t => t.Id));
        Assert.Equal(12, Shipped.In("F").Count());
        Assert.Equal(["T0"], Shipped.In("T0").Select(t => t.Id));
    }

    [Fact]
    public void The_budget_is_counted_in_exact_fractions()
    {
        Assert.Equal(new Rho(1, 2), Enumerable.Repeat(new Rho(1, 6), 3).Aggregate(Rho.None, (a, b) => a + b));
        Assert.Equal(333_333_334, new Rho(1, 3).Billionths); // never less than was spent
        Assert.True(new Rho(1, 3) > new Rho(333_333_333, 1_000_000_000));
        Assert.Equal(0.6880024554878086, Zcdp.Epsilon(1.0 / 32, 1e-3), 1e-9); // OpenDP's vector
        Assert.Equal(5.59, Zcdp.Epsilon(0.564340278, 1e-6), 0.01);
    }

    [Fact]
    public void Another_file_has_another_hash()
    {
        var file = Encoding.UTF8.GetBytes(Repository.Read("src/Statistics/Programme/programme-2.json"));
        Assert.Equal(Shipped.Hash, TableProgramme.Read(file).Hash);
        Assert.NotEqual(Shipped.Hash, TableProgramme.Read([.. file, (byte)'\n']).Hash);
    }

    [Theory]
    [InlineData("T1", "sigma2", 0, "without noise")]
    [InlineData("T1", "sigma2", 1, "costs more than its cap")]
    [InlineData("T1", "delta2", 2, "delta2 is not what one case can move")]
    [InlineData("T5", "delta2", 1, "delta2 is not what one case can move")]
    [InlineData("T2", "id", "T1", "a table comes twice")]
    [InlineData("T3", "anchorBy", "sexAge", "has no dimension in common with the anchor")]
    [InlineData("T5", "anchorBy", "service", "do not add up to cases")]
    public void A_programme_that_breaks_a_rule_does_not_load(string table, string what, object value, string rule)
    {
        var json = Json();
        json["tables"]!.AsArray().Single(t => (string)t!["id"]! == table)![what] = JsonValue.Create(value);
        Assert.Contains(rule, Assert.Throws<InvalidDataException>(() => TableProgramme.Read(Encoding.UTF8.GetBytes(json.ToJsonString()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_programme_with_unknown_words_does_not_load()
    {
        foreach (var plant in new Action<JsonNode>[]
        {
            j => j["tables"]![1]!["dimensions"]!.AsArray().Add("name"), j => j["tables"]![1]!["releases"]!.AsArray().Add("N"), j => j["tables"]![11]!["releases"]!.AsArray().Add("P"), j => j["tables"]![0]!["period"] = "year",
            j => j["dimensions"]!["category"]!.AsArray().Add("Offence"), j => j["dimensions"]!["category"]!.AsArray().Add("a|b"), j => j["cap"] = "0.6", j => j["anchor"] = "T99", j => j["tables"]![1]!["dimensions"]!.AsArray().Clear(),
        })
        {
            var json = Json();
            plant(json);
            Assert.Throws<InvalidDataException>(() => TableProgramme.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));
        }
        var more = Json();
        more["secret"] = 1;
        Assert.Throws<System.Text.Json.JsonException>(() => TableProgramme.Read(Encoding.UTF8.GetBytes(more.ToJsonString())));
    }

    // A code of the casework that no table knows would stop a release on its night.
    [Fact]
    public void Every_code_of_the_casework_has_its_place()
    {
        var combinations = new List<int>();
        foreach (var fact in SubKinds.All.Select(s => Case(s.Kind.ToString()) with { SubKind = s.Code, IsAtHome = SubKinds.IsAtHome(s.Code) })
            .Concat(new[] { Capacity.Victim, Capacity.Relative, Capacity.Witness }.Select(c => Case() with { Capacity = c.ToString() }))
            .Concat(Enum.GetValues<Sex>().Select(s => Case() with { Sex = s.ToString() }))
            .Concat(Enumerable.Range(0, 110).Select(a => Case() with { Age = a, Delay = a }))
            .Concat(Languages.All.Append("").Select(l => Case() with { Language = l }))
            .Concat(ShippedCodes.All.Where(c => c.List == CodeList.Place).Select(c => Case() with { Place = c.Statistics, IsAtHome = true }))
            .Concat(ShippedCodes.All.Where(c => c.List == CodeList.Service).Select(c => Case() with { Services = [c.Statistics] })))
        {
            foreach (var table in Shipped.Tables)
            {
                Coding.Combinations(fact, table, combinations);
                Assert.InRange(combinations.Count, 0, table.Delta2);
                Assert.All(combinations, c => Assert.InRange(c, 0, table.Combinations - 1));
                if (table.AnchorBy == "category") Assert.Single(combinations); // every case is in it once, else it could not add up
            }
        }
        Assert.Throws<InvalidOperationException>(() => Coding.Combinations(Case("Weather"), Shipped.Of("T1"), combinations));
    }

    [Fact]
    public void One_case_moves_no_cell_by_more_than_one()
    {
        var combinations = new List<int>();
        Coding.Combinations(Case() with { Services = ["Hearing", "Hearing", "Death", "Death", "Listening", "FirstHelp", "Information", "PracticalHelp", "Orientation", "Recontact"] }, Shipped.Of("T5"), combinations);
        Assert.Equal(6, combinations.Distinct().Count());
        Assert.Equal(6, combinations.Count);
        Coding.Combinations(Case() with { Targets = ["Youth", "Youth"] }, Shipped.Of("T6"), combinations);
        Assert.Equal(["Youth"], Shipped.Of("T6").CodesOf(Assert.Single(combinations)));
    }

    [Fact]
    public void A_combination_leads_back_to_its_codes()
    {
        var combinations = new List<int>();
        var fact = Case("PartnerViolence") with { IsAtHome = true, Capacity = "Witness", Sex = "Male", Age = 70, Place = "Home", Delay = 8 };
        Coding.Combinations(fact, Shipped.Of("T10"), combinations);
        Assert.Equal(["PartnerViolence", "Witness", "Male:70+:Home"], Shipped.Of("T10").CodesOf(Assert.Single(combinations)));
        Coding.Combinations(fact, Shipped.Of("T8"), combinations);
        Assert.Equal(["PartnerViolence", "8-14"], Shipped.Of("T8").CodesOf(Assert.Single(combinations)));
        Coding.Combinations(fact with { Sex = "Other" }, Shipped.Of("T3"), combinations);
        Assert.Equal(["PartnerViolence", "Rest"], Shipped.Of("T3").CodesOf(Assert.Single(combinations)));
        Coding.Combinations(fact with { IsAtHome = false }, Shipped.Of("T10"), combinations);
        Assert.Empty(combinations);
    }

    // Several blocks and every counter of a cell, beside a count by the words of the specification that shares no code with it.
    [Fact]
    public void Thousands_of_cases_are_counted_as_one_by_one_by_their_codes()
    {
        var dice = new Random(20261128);
        T Any<T>(params T[] of) => of[dice.Next(of.Length)];
        var facts = Enumerable.Range(0, 3_333).Select(_ =>
        {
            var met = dice.Next(4) > 0;
            var kind = Any("Offence", "ShockingEvent", "RoadAccident", "FamilySituation", "PartnerViolence");
            return new CaseFact(new DateOnly(2026, dice.Next(1, 13), 1), kind, Any("Burglary", "Suicide", "FamilyViolence", "OtherShock"), kind is "PartnerViolence" || dice.Next(3) == 0, Any("Victim", "Relative", "Witness"), Any("Female", "Male", "Other", null), dice.Next(5) == 0 ? null : dice.Next(-1, 111),
                Any("None", "Moral", "MaterialPhysicalMoral"), Any("nl", "fr", "de", "en", null), met ? Any("Office", "Home", "Elsewhere", "PhoneOnly") : null, met ? dice.Next(30) : null, Any<string[]>([], ["Listening"], ["Death", "Hearing", "Death"]), Any<string[]>([], ["Youth", "Other"]), Any("NoneOffered", "Refused", "Accepted", "NoAnswer"), Any("CallOut", "NoCallOut"));
        }).ToList();
        var (year, tables) = (Edition.OfYear(2026), Shipped.Tables.ToList());
        var counts = new Coder(tables, year).Count(facts);
        foreach (var (table, own) in tables.Zip(counts))
        {
            var expected = facts.SelectMany(f => ByWords(f, table)).CountBy(c => c).ToDictionary(StringComparer.Ordinal);
            var counted = own.Select((count, cell) => (Cell: $"{cell / table.Combinations}|{string.Join('|', table.CodesOf(cell % table.Combinations))}", count)).Where(c => c.count > 0).ToDictionary(c => c.Cell, c => c.count, StringComparer.Ordinal);
            Assert.NotEmpty(counted);
            Assert.Equal(expected.OrderBy(c => c.Key, StringComparer.Ordinal), counted.OrderBy(c => c.Key, StringComparer.Ordinal));
        }

        static IEnumerable<string> ByWords(CaseFact fact, Table table)
        {
            var month = fact.Month.Month - 1;
            IEnumerable<string> cells = [$"{(table.Period switch { Span.Month => month, Span.Quarter => month / 3, _ => 0 })}"];
            return table.Dimensions.Aggregate(cells, (all, dimension) => all.SelectMany(cell => Codes(fact, dimension.Name).Select(code => $"{cell}|{code}")));
        }

        static IEnumerable<string> Codes(CaseFact fact, string dimension)
        {
            var (sex, place) = (fact.Sex.ToString(), fact.Place.ToString());
            var who = sex is "Female" or "Male" && fact.Age is { } age ? $"{sex}:{(age < 18 ? "0-17" : age < 35 ? "18-34" : age < 55 ? "35-54" : age < 70 ? "55-69" : "70+")}" : null;
            return dimension switch
            {
                "category" => [fact.Category.ToString()],
                "subKind" => [fact.SubKind.ToString()],
                "capacity" => [fact.Capacity.ToString()],
                "damage" => [fact.Damage.ToString()],
                "language" => [fact.Language.ToString() is "nl" or "fr" or "de" ? fact.Language.ToString() : "other"],
                "place" => [place.Length > 0 ? place : "NoContact"],
                "delay" => [fact.Delay switch { null => "NoContact", <= 1 => "0-1", <= 7 => "2-7", <= 14 => "8-14", _ => "15+" }],
                "violence" => fact.IsAtHome ? [fact.Category.ToString() == "PartnerViolence" ? "PartnerViolence" : "OtherAtHome"] : [],
                "sexAge" => [who ?? "Rest"],
                "sexAgePlace" => [who is not null && place.Length > 0 ? $"{who}:{place}" : "Rest"],
                "offer" => [fact.Offer.ToString()],
                "callOut" => [fact.CallOut.ToString()],
                "service" => fact.Services.Distinct(StringComparer.Ordinal),
                "target" => fact.Targets.Distinct(StringComparer.Ordinal),
                _ => throw new InvalidOperationException(dimension),
            };
        }
    }

    internal static CaseFact Case(string category = "Offence") => new(new DateOnly(2026, 10, 1), category, "Burglary", false, "Victim", "Female", 30, "None", "fr", "Office", 1, [], [], "Accepted", "NoCallOut");

    private static JsonNode Json() => JsonNode.Parse(Repository.Read("src/Statistics/Programme/programme-2.json"))!;
}
