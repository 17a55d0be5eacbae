using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Journeys.Kit;

/// <summary>A portal of its own with figures over zones as <c>dotnet run</c> makes them behind a portal that serves, of one zone in each area instead of five: seconds instead of minutes. Three quarters are out. With the portal stopped the operator proposes that the first
/// be taken back and gives a zone that is worked in its place in an area; then it serves again, and the second person confirms.</summary>
public sealed class ReleasedFigures : IAsyncLifetime
{
    public RunningPortal Portal { get; } = new() { Settings = ["--Demo:Figures", "true", "--Demo:FiguresZones", "1", "--Demo:FiguresYearly", "160", "--Demo:FiguresQuarters", "3"] };

    /// <summary>The last quarter that came out.</summary>
    public string Last { get; private set; } = "";

    /// <summary>The release that was taken back.</summary>
    public string Back { get; private set; } = "";

    /// <summary>What the area of the zone is shown as.</summary>
    public string Area { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Portal.InitializeAsync();
        using (var http = new HttpClient())
        {
            for (var watch = Stopwatch.StartNew(); (await http.GetStringAsync(Portal.Address + "/health")).Contains("quarters", StringComparison.Ordinal); await Task.Delay(200))
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(3), "The demo's releases do not come out:\n" + Portal.Output);
        }
        await Portal.Kill();
        var quarters = (await Portal.Command("statistics", "status")).Split('\n').Where(l => l.Contains("-P\tout ", StringComparison.Ordinal)).Select(l => l[..7]).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, quarters.Count);
        (Last, Back) = (quarters[2], quarters[0] + "-P");
        Assert.Contains("waits for a second operator", await Portal.Command("statistics", "withdraw", "--release", Back, "--fault", "Data", "--by", "analyst@example.test"), StringComparison.Ordinal);

        // The zone of the story lies nowhere until the list of zones says where.
        var list = Path.Combine(Portal.Folder, "zones.csv");
        await File.WriteAllLinesAsync(list, ["code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities", "9901,Zone Val-Clair,,,fr,NAM,NAM,92094"]);
        Assert.Contains("9901\tchanged", await Portal.Command("zone", "import", list), StringComparison.Ordinal);
        Assert.Contains("9901\tNAM", await Portal.Command("statistics", "place", "--from", Last[..4] + "-01-01"), StringComparison.Ordinal);
        Area = await ShownAs("NAM");
        await Portal.StartAgain();

        await using var operators = await Screen.Open(Portal, 1280, "en", script: true);
        await operators.Go("/demo");
        await operators.Page.Locator("button", new() { HasTextString = "Olivia Demo" }).First.ClickAsync();
        await operators.Page.Arrives(url => !url.Contains("/demo", StringComparison.Ordinal));
        await operators.Go("/operator/confirmations");
        Assert.Contains(Back, await operators.Page.InnerTextAsync("main table"), StringComparison.Ordinal);
        await operators.Page.Locator("main form:not([action*=Refuse]) button").First.ClickAsync();
        await operators.Page.Loaded();
        await operators.Go("/operator/confirmations");
        Assert.Equal(0, await operators.Page.Locator("main table").CountAsync());
    }

    public ValueTask DisposeAsync() => Portal.DisposeAsync();

    private async Task<string> ShownAs(string area)
    {
        await using var house = new SqliteConnection($"Data Source={Path.Combine(Portal.Folder, "catalog.db")};Pooling=False;Default Timeout=20;Mode=ReadOnly");
        await house.OpenAsync();
        await using var command = house.CreateCommand();
        command.CommandText = $"SELECT ShownAs FROM area_of_year WHERE Year = {Last[..4]} AND Area = '{area}'";
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
