using System.Globalization;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Trainings;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Structural;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.Network;

namespace VictimSupport.Tests.Statistics;

public sealed class StructuralTests
{
    [Theory, EveryEngine]
    public async Task Structural_work_stands_in_the_zones_figures_by_calendar_year_and_every_row_has_a_name(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var (chief, worker) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker));
        var partner = await worker.Send(Referring.Partner());
        await worker.Send(Working.Agreement(zone, partner));
        await worker.Send(Working.Activity(zone, partner));
        await worker.Send(Working.Activity(zone, partner) with { On = new DateOnly(2025, 12, 31) });
        var training = await chief.Send(Giving.Plan());
        await chief.Send(zone.Sitting(training, 1));
        await chief.Enters(training, "Ella Exemple", "Intervention");
        await chief.Gave(zone, Giving.Plan("Accueillir"), -1, Giving.Colleague(default, "Omar Exemple") with { Rank = RankGroup.Officers }, Giving.Colleague(default, "Pia Exemple"));
        platform.Clock.Advance(TimeSpan.FromDays(2));

        var work = await chief.Send(new YearsOfWork.Query(Interval.Parse("2026-Q4")!));
        Assert.Equal([2026, 2025], work.Years.Select(y => y.Year)); // whole years, whatever the period
        var counts = work.Years.SelectMany(y => y.Counts).ToList();
        Assert.Equal(1, Count(0, "partner-activities", "Meeting"));
        Assert.Equal(1, Count(1, "partner-activities", "Meeting"));
        Assert.Equal((1, 2, 1), (Count(0, "agreements", "new"), Count(0, "trainings", "trainings"), Count(0, "training-ranks", "Officers")));
        Assert.All(counts, CanBeRead);
        var known = SaidStructuralWork.Tables.ToDictionary(t => t.Table, t => t.Rows);
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            foreach (var (table, rows) in known)
            {
                Assert.NotEmpty(StructuralNames.Table(table));
                Assert.NotEmpty(StructuralNames.Of(table).Text);
                Assert.Equal(rows.Count, rows.Select(r => StructuralNames.Row(table, r)).Distinct(StringComparer.Ordinal).Count());
            }
        }
        // On the page of those who open dossiers, and of those who open none: the same.
        foreach (var (role, path) in new[] { (Role.Coordinator, "/our-figures?period=2026-Q4"), (Role.DataProtectionOfficer, "/our-figures/closed") })
        {
            using var visit = zone.Visit(role);
            var table = (await visit.Page(path)).QuerySelector("section[aria-labelledby=partner_activities] table")!;
            Assert.Equal(["2026", "2025"], table.QuerySelectorAll("thead th").Skip(1).Select(h => h.TextContent.Trim()));
            Assert.Equal(["1", "1"], table.QuerySelector("tbody tr")!.QuerySelectorAll("td").Select(c => c.TextContent.Trim()));
            Assert.Equal("officers", (await visit.Page(path)).QuerySelector("section[aria-labelledby=training_ranks] tbody th")!.TextContent.Trim());
        }

        int Count(int year, string table, string row) => work.Years[year].Counts.Where(c => c.Table == table && c.Row == row).Sum(c => c.Count);
    }

    [Fact]
    public void Whatever_is_counted_of_trainings_can_be_read_and_only_shipped_codes_leave_the_zone()
    {
        // Everything that a year of trainings may hold: a list more, and this does not build.
        var counts = TrainingCounts.Of(new YearOfTrainings(2026, 1, 2, 3, 4, 5, [("Intervention", 6)], [(null, 7), ("9999", 8)], [.. Enum.GetValues<RankGroup>().Select(r => (r, 9))], [("Wijk", 10)], [.. TrainingTopics.All.Select(t => (t.Code, 11))], 12, 10, 400));
        Assert.All(counts, CanBeRead);
        foreach (var number in Enumerable.Range(1, 12).Append(400)) Assert.Contains(counts, c => c.Count == number);
        Assert.Equal(counts.Count, YearsOfWork.Draw(new YearsOfWork.Answer([(2026, counts)])).Sum(t => t.Rows.Count));
        string[] inside = ["training-units", "training-zones", "training-ranks", "training-elsewhere"];
        Assert.Equal(SaidStructuralWork.Tables.Select(t => t.Table).Except(inside), SaidStructuralWork.Leaving.Select(l => l.Table).Distinct());
        Assert.DoesNotContain(SaidStructuralWork.Leaving, l => l.Row == SaidStructuralWork.Mark);
    }

    [Fact]
    public void A_unit_is_one_row_however_it_is_spelled_and_a_year_that_nobody_counted_is_no_column_of_zeros()
    {
        StructuralCount[] Zeros = [new("trainings", "trainings", 0), new("trainings", "sessions", 0)];
        var drawn = YearsOfWork.Draw(new YearsOfWork.Answer(
        [
            (2027, [new("trainings", "trainings", 2), new("training-units", "Équipe  Nord", 3), new("training-units", "Sud", 1), new("training-elsewhere", "Garde", 1)]),
            (2026, Zeros),
            (2025, [new("trainings", "trainings", 1), new("training-units", "EQUIPE NORD", 4), new("training-units", "equipe nord", 1), new("training-elsewhere", "garde", 2)]),
            (2024, [.. Zeros, new("agreements", "in-force", 1)]), // signed long ago: of trainings it says nothing
            (2023, []),
        ])).ToDictionary(t => t.Id, t => t, StringComparer.Ordinal);
        Assert.Equal(["2027", "2026", "2025", "2024"], drawn["agreements"].Columns);
        Assert.All(drawn.Values.Where(t => t.Id != "agreements"), t => Assert.Equal(["2027", "2026", "2025"], t.Columns)); // one between two that were counted is a year of none
        Assert.Equal(["Équipe  Nord 3 0 5", "Sud 1 0 0"], drawn["training_units"].Rows.Select(r => $"{r.Label} {string.Join(' ', r.Cells.Select(c => c.Number))}"));
        Assert.Equal(["Garde 1 0 2"], drawn["training_elsewhere"].Rows.Select(r => $"{r.Label} {string.Join(' ', r.Cells.Select(c => c.Number))}"));
        Assert.Equal(["2027"], YearsOfWork.Draw(new YearsOfWork.Answer([(2027, Zeros), (2026, Zeros)])).First().Columns);
    }

    // It stands in the list of what is shown: by its code, or under a name that the zone gave.
    private static void CanBeRead(StructuralCount count)
    {
        var table = SaidStructuralWork.Tables.SingleOrDefault(t => t.Table == count.Table);
        Assert.True(table.Rows is not null && (table.Rows.Contains(count.Row, StringComparer.Ordinal) || count.Table is "training-units" or "training-zones" or "training-elsewhere"), $"{count.Table} {count.Row}");
    }
}
