using System.Text;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Lists;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Tests.Casework;

/// <summary>The importer of lists: what spreadsheets and old programs write, and what nobody would write on purpose.</summary>
public sealed class PvTextTests
{
    private static readonly Dictionary<string, OwnCode> None = [];
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("BR.30.L1.012345/2026\tBurglary\t25/11/2026 02:15\tDUPONT Jean\tRue Haute 1, 9901 Val-Clair\tfr")]
    [InlineData("BR.30.L1.012345/2026;Inbraak;25-11-2026 02:15;Dupont, Jean;\"Rue Haute 1, 9901 Val-Clair\";frans")]
    [InlineData("\uFEFFBR.30.L1.012345/2026,cambriolage,2026-11-25 02:15,Jean Dupont,\"Rue Haute 1, 9901 Val-Clair\",Français\r\n")]
    [InlineData("PV-nummer;Feiten;Datum;Naam;Voornaam;Adres;Taal\nBR.30.L1.012345/2026;Inbraak;25/11/2026 2:15;Dupont;Jean;Rue Haute 1, 9901 Val-Clair;F\n\n")]
    [InlineData("Langue\tPrénom\tNom\tAdresse\tDate des faits\tFaits\tN° PV\nfr\tJean\tDupont\tRue Haute 1, 9901 Val-Clair\t25.11.26 02h15\tBurglary\tBR.30.L1.012345/2026")]
    [InlineData("Nummer;Tatbestand;Datum;Familienname;Vorname;Anschrift;Sprache\nBR.30.L1.012345/2026;Einbruch;25. November 2026 02:15;Dupont;Jean;Rue Haute 1, 9901 Val-Clair;Französisch")]
    public void A_row_is_read_as_it_comes(string text)
    {
        var row = Assert.Single(PvText.Read(text).Rows);
        Assert.Equal(("BR.30.L1.012345/2026", "Jean", "Dupont", "Rue Haute 1, 9901 Val-Clair"), (row.Number, row.GivenName, row.FamilyName.Length > 0 ? row.FamilyName[0] + row.FamilyName[1..].ToLowerInvariant() : "", row.Address));
        var read = PvReading.Of(row, "nl", None, Now);
        Assert.Empty(read.Faults);
        Assert.Equal(("Burglary", "fr"), (read.Kind!.Code, read.Language));
        Assert.Equal(new DateTime(2026, 11, 25, 2, 15, 0), Moment.Local(read.When!.Value));
    }

    [Fact]
    public void A_file_may_be_utf_8_or_latin_1()
    {
        const string text = "Numéro;Faits;Nom\n1/2026;Einbruch;Müller Éva";
        foreach (var file in new[] { Encoding.UTF8.GetBytes(text), [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)], Encoding.Latin1.GetBytes(text) })
            Assert.Equal("Müller Éva", Assert.Single(PvText.Read(CellText.Decode(file)).Rows) is var row ? $"{row.GivenName} {row.FamilyName}".Trim() : "");
    }

    [Fact]
    public void A_formula_is_text_and_a_quotation_mark_that_nobody_closes_is_a_letter()
    {
        var rows = PvText.Read("=1+1;+32;-1;@SUM(A1);\"=HYPERLINK(\"\"x\"\")\";\"\n12/2026;Burglary;25/11/2026;\"La \"\"Joie\"\", Eva\";\"Rue 1\nVal-Clair\";fr").Rows;
        Assert.Equal(new PvCells("=1+1", "+32", "-1", "", "@SUM(A1)", "=HYPERLINK(\"x\")", "\""), rows[0]);
        Assert.Equal(("Eva", "La \"Joie\"", "Rue 1\nVal-Clair"), (rows[1].GivenName, rows[1].FamilyName, rows[1].Address));
    }

    [Theory]
    [InlineData("", "Enter", "Number"), InlineData("1/2026;no such thing", "", "Facts"), InlineData("1/2026;Burglary;31/02/2026;X", "", "Date"), InlineData("1/2026;Burglary;25/11/2099;X", "", "Date"), InlineData("1/2026;Burglary;25/11/1901;X", "", "Date"), InlineData("1/2026;Burglary;;;Rue 1", "", "FamilyName"), InlineData("1/2026;Burglary;;X;;klingon", "", "Language")]
    public void What_is_wrong_is_said_at_its_field(string text, string only, string field)
    {
        var cells = text.Length == 0 ? PvCells.Nothing with { Facts = "Burglary", FamilyName = "x" } : Assert.Single(PvText.Read(text).Rows);
        var faults = PvReading.Of(cells, "fr", None, Now).Faults;
        Assert.Contains(faults, f => f.Field == field);
        if (only.Length > 0) Assert.Single(faults);
    }

    [Theory]
    [InlineData("onbekend"), InlineData("INCONNU"), InlineData("unbekannt"), InlineData("X")]
    public void Nobody_knows_the_name_in_four_languages(string name)
    {
        var read = PvReading.Of(Assert.Single(PvText.Read($"1/2026;Burglary;;{name}").Rows), "fr", None, Now);
        Assert.True(read.Unknown);
        Assert.Empty(read.Faults);
    }

    [Theory]
    [InlineData("DUPONT Jean", "Jean", "DUPONT"), InlineData("Jean DUPONT", "Jean", "DUPONT"), InlineData("VAN DEN BERG Bo", "Bo", "VAN DEN BERG"), InlineData("Jan Van den Berg", "Jan", "Van den Berg"), InlineData("Berg, Jan van den", "Jan van den", "Berg"), InlineData("Cher", "", "Cher"), InlineData("DUPONT JEAN", "DUPONT", "JEAN")]
    public void A_name_is_parted_by_a_guess(string name, string given, string family) => Assert.Equal((given, family), PvText.Parted(name));

    [Fact]
    public void A_list_has_a_limit_that_is_said()
    {
        Assert.Equal(PvUnread.Nothing, PvText.Read(" \n\t\n;;;").Unread);
        Assert.Equal(PvUnread.Nothing, PvText.Read("PV;Faits;Nom\n").Unread);
        Assert.Equal(PvUnread.TooLarge, PvText.Read(new string('x', PvText.LargestBytes + 1)).Unread);
        Assert.Equal(PvUnread.TooMany, PvText.Read(string.Join('\n', Enumerable.Range(0, PvText.Most + 1).Select(i => $"{i}/2026;Burglary"))).Unread);
        Assert.Equal(PvText.Most, PvText.Read("PV;Faits\n" + string.Join('\n', Enumerable.Range(0, PvText.Most).Select(i => $"{i}/2026;Burglary"))).Rows.Count);
    }

    [Fact]
    public void The_same_name_twice_is_a_twin_however_it_is_written()
    {
        PvRow Row(string given, string family) => new(PvCells.Nothing with { GivenName = given, FamilyName = family }, PvChoice.Take, false);
        Assert.Equal([0, 0, 1, 0, 0, 1], new PvSheet([Row("Éva", "Müller"), Row("Bo", "Berg"), Row("MULLER", "eva"), Row("", "onbekend"), Row("", "onbekend"), Row("Eva Muller", "")]).Twins());
    }

    [Fact]
    public void Whatever_comes_there_is_an_answer()
    {
        var random = new Random(20261126);
        string[] pieces = ["\"", "\"\"", ";", ",", "\t", "\r", "\n", "\r\n", "=", "+", "-", "@", "PV", "Nom", "25/11/2026", "31.02.26", "2026-11-25T99:99", "BR.30.L1.012345/2026", "Burglary", "inbraak", "\u202E", "\0", "\ud800", "é", new string('x', 9000), new string('"', 300), "0001-01-01", "9999-12-31", "1/1/0000", "29/02/2027 02:30", "25/10/2026 02:30", "29/03/2026 02:30"];
        var (read, rows) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var text = i % 3 == 0 ? CellText.Decode(Bytes(random)) : string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => pieces[random.Next(pieces.Length)]));
            var (found, unread) = PvText.Read(text);
            Assert.Equal(found.Count == 0, unread is not null);
            foreach (var row in found) _ = PvReading.Of(row, "fr", None, Now);
            _ = new PvSheet([.. found.Select(r => new PvRow(r, PvChoice.Take, false))]).Twins();
            read++;
            rows += found.Count;
        }
        Assert.Equal(4000, read);
        Assert.True(rows > 4000); // the rows were looked into, too
        // Marks that open and never close must not cost more than their length.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        PvText.Read(string.Concat(Enumerable.Repeat(";\"a", PvText.LargestBytes / 4)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(3000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
