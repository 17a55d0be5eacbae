using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Operator;

namespace VictimSupport.Tests.Zones;

public sealed class ZoneImportTests(Platforms platforms)
{
    private const string Header = "code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities\n";

    [Theory]
    [InlineData("77,Nom,,,fr,NAM,NAM,92094", "line 2, column code: The code has four digits")]
    [InlineData("٧٧٠١,Nom,,,fr,NAM,NAM,92094", "line 2, column code: The code has four digits")]
    [InlineData("7701,Nom,,,fr,NAM,NAM,92094\n7701,Autre,,,fr,NAM,NAM,92095", "line 3, column code: This code is on line 2 already")]
    [InlineData("7701,,Naam,,fr;nl,NAM,NAM,92094", "line 2, column name_fr: The zone works in fr and needs a name in it")]
    [InlineData("7701,Nom,,,fr;en,NAM,NAM,92094", "line 2, column languages: One or more of fr, nl, de, separated by ;")]
    [InlineData("7701,Nom,,,,NAM,NAM,92094", "line 2, column languages: One or more of fr, nl, de, separated by ;")]
    [InlineData("7701,Nom,,,fr;fr,NAM,NAM,92094", "line 2, column languages: One or more of fr, nl, de, separated by ;")]
    [InlineData("7701,Nom,,,fr,Namur,NAM,92094", "line 2, column province: Two to four capital letters, such as NAM")]
    [InlineData("7701,Nom,,,fr,NAM,,92094", "line 2, column judicial_arrondissement: Two to four capital letters, such as NAM")]
    [InlineData("7701,Nom,,,fr,NAM,NAM,9209", "line 2, column municipalities: “9209” is not a NIS code of five digits")]
    [InlineData("7701,Nom,,,fr,NAM,NAM,", "line 2, column municipalities: Give at least one municipality")]
    [InlineData("7701,Nom,,,fr,NAM,NAM,92094\n7702,Nom,,,fr,NAM,NAM,92095;92094", "line 3, column municipalities: Municipality 92094 is on line 2 already")]
    [InlineData("7701,\"No\nm\",,,fr,NAM,NAM,92094\n7702,,,,fr,NAM,NAM,92095", "line 2, column name_fr: Line breaks and control characters are not allowed|line 4, column name_fr: The zone works in fr and needs a name in it")]
    [InlineData("7701,Nom,fr", "line 2: 3 fields instead of 8")]
    [InlineData("7701,No\"m,,,fr,NAM,NAM,92094", "line 2: A quotation mark is missing or stands in the wrong place")]
    [InlineData("x,Nom,,,fr,NAM,NAM,1\n\n7702,,,,fr,nam,NAM,92095", "line 2, column code: The code has four digits|line 2, column municipalities: “1” is not a NIS code of five digits|line 4, column name_fr: The zone works in fr and needs a name in it|line 4, column province: Two to four capital letters, such as NAM")]
    public void Every_fault_is_named_with_its_line_and_column(string lines, string expected) =>
        Assert.Equal(expected.Split('|'), InEnglish(() => ZoneFile.Read(Encoding.UTF8.GetBytes(Header + lines)).Faults.Select(f => f.ToString()).ToList()));

    [Fact]
    public void A_file_that_is_none_says_so()
    {
        Assert.Equal("line 3: This is not UTF-8; save the file as CSV UTF-8", Only([.. Encoding.UTF8.GetBytes(Header + "7701,Nom,,,fr,NAM,NAM,92094\n7702,"), 0xE9, .. "t\n"u8]));
        Assert.StartsWith("line 1: The first line must read: code,name_fr", Only(Encoding.UTF8.GetBytes("code;name_fr\n7701;Nom")), StringComparison.Ordinal);
        Assert.StartsWith("line 1: The first line must read: code,name_fr", Only([]), StringComparison.Ordinal);
        Assert.Equal("line 1: The file holds no zone", Only(Encoding.UTF8.GetBytes(Header)));
        Assert.Equal("line 1: The file is larger than 4 MB", Only(new byte[ZoneFile.LargestBytes + 1]));
        Assert.Contains("A quotation mark is missing", Only(Encoding.UTF8.GetBytes(Header + "7701,\"Nom,,,fr,NAM,NAM,92094\n7702,Nom,,,fr,NAM,NAM,92095")), StringComparison.Ordinal);

        static string Only(byte[] file) => InEnglish(() => Assert.Single(ZoneFile.Read(file).Faults).ToString());
    }

    [Theory]
    [InlineData("\uFEFF", "\n"), InlineData("", "\r\n"), InlineData("\uFEFF", "\r\n")]
    public void A_mark_at_the_start_and_either_line_end_are_fine(string mark, string end)
    {
        var (zones, faults) = ZoneFile.Read(Encoding.UTF8.GetBytes(mark + Header.Replace("\n", end, StringComparison.Ordinal) + $"7701,\"L'Écluse, dite \"\"Ô\"\"\",,Schleuse,fr;de,LIE,EUP,63001; 63012{end}{end}"));
        Assert.Empty(faults);
        Assert.True(Assert.Single(zones).Says(new ZoneFacts("7701", "L'Écluse, dite \"Ô\"", null, "Schleuse", ["fr", "de"], "LIE", "EUP", ["63001", "63012"])));
    }

    [Theory, EveryEngine]
    public async Task The_operator_checks_a_file_imports_it_and_sees_it_being_made(string engine)
    {
        var platform = await platforms.On(engine);
        using var operatorsVisit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        var file = Header + "7711,Nom,,,fr,NAM,NAM,92094\n7712,,Naam,,nl,ANT,ANT,11001\n7713,Bad,,,nl,ANT,ANT,11002\n";

        var refused = await operatorsVisit.Submit("/operator/zones/import", Typed(file));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var shown = await Visit.Read(refused);
        Assert.Contains("line 4, column name_nl", shown.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("7711,Nom", shown.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal); // what was typed is kept
        Assert.DoesNotContain("7711", await Codes(platform));

        var taken = await operatorsVisit.Submit("/operator/zones/import", Typed(file).Append(KeyValuePair.Create("Form.SkipBadLines", "true")));
        if (taken.StatusCode != HttpStatusCode.Redirect) Assert.Fail(string.Join("\n", platform.Logs.Lines.Where(l => l.Contains("failed with", StringComparison.Ordinal) || l.Contains("xception", StringComparison.Ordinal)).TakeLast(4)));
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        var waiting = await operatorsVisit.Page("/operator/zones");
        Assert.NotNull(waiting.QuerySelector("progress"));
        var registry = platform.Services.GetRequiredService<ZoneRegistry>();
        Assert.Null(await registry.Find("7711")); // noted, not made: not there yet

        var making = platform.Services.GetRequiredService<ZoneMaking>();
        await making.Run(TestContext.Current.CancellationToken);
        await making.Run(TestContext.Current.CancellationToken); // a second time it finds nothing to do
        Assert.Equal(2, (await operatorsVisit.Page("/operator/zones")).QuerySelectorAll("tbody tr").Count(r => r.Children[0].TextContent is "7711" or "7712" && r.Children[3].TextContent == "active"));
        Assert.NotNull(await registry.Find("7711"));
        Assert.NotNull(await registry.Find("7712"));
        Assert.DoesNotContain("7713", await Codes(platform));
    }

    [Theory, EveryEngine]
    public async Task The_same_file_again_changes_nothing_and_another_name_changes_one(string engine)
    {
        var import = (await platforms.On(engine)).Services.GetRequiredService<IImportZones>();
        await Take(import, "7721,Nom,,,fr,NAM,NAM,92094\n7722,Nom,,,fr,NAM,NAM,92095\n", 2);
        await Take(import, "7721,Nom,,,fr,NAM,NAM,92094\n7722,Nom,,,fr,NAM,NAM,92095\n", 0);
        await Take(import, "7721,Nom,,,fr,NAM,NAM,92094\n7722,Nouveau,,,fr,NAM,NAM,92095\n", 1);
    }

    [Theory, EveryEngine]
    public async Task What_another_process_has_in_hand_is_left_to_it_until_its_time_is_over(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (making, provisioning, import) = (platform.Services.GetRequiredService<ZoneMaking>(), platform.Services.GetRequiredService<Provisioning>(), platform.Services.GetRequiredService<IImportZones>());
        await import.Note([.. ZoneFile.Read(Encoding.UTF8.GetBytes(Header + "7731,Nom,,,fr,NAM,NAM,92094\n")).Zones], TestContext.Current.CancellationToken);
        Assert.NotNull(await provisioning.Take("7731", TestContext.Current.CancellationToken)); // killed right after
        Assert.Empty(await making.Waiting(TestContext.Current.CancellationToken));
        if (engine != "sqlite") Assert.False(await making.Make("7731", TestContext.Current.CancellationToken));
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await making.Run(TestContext.Current.CancellationToken);
        Assert.NotNull(await platform.Services.GetRequiredService<ZoneRegistry>().Find("7731"));
    }

    private static async Task Take(IImportZones import, string lines, int written)
    {
        var found = await import.Check(Encoding.UTF8.GetBytes(Header + lines), TestContext.Current.CancellationToken);
        Assert.Empty(found.Faults);
        Assert.Equal(written, found.Lines.Count(l => l.Fate != ZoneFate.Unchanged));
        var zones = found.Lines.Select(l => l.Zone).ToList();
        Assert.Equal(written, await import.Note(zones, TestContext.Current.CancellationToken));
        var made = new List<string>();
        await foreach (var code in import.Make(zones, TestContext.Current.CancellationToken)) made.Add(code);
        Assert.Equal(zones.Select(z => z.Code), made);
    }

    private static IEnumerable<KeyValuePair<string, string>> Typed(string file) => [KeyValuePair.Create("Form.Text", file)];

    private static async Task<IReadOnlyList<string>> Codes(Platform platform)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<ZoneRecord>().Select(z => z.Code).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static T InEnglish<T>(Func<T> said)
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("en");
        return said();
    }
}
