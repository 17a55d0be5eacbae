using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Agreements;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Network.Activities.Record;

namespace VictimSupport.Tests.Network;

/// <summary>The work with partners in numbers, as the page and the yearly report have them.</summary>
public sealed class FiguresTests
{
    [Theory, EveryEngine]
    public async Task A_year_counts_who_was_there_what_was_agreed_and_what_was_done(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var (here, court) = (await anna.Send(Referring.Partner("Here")), await anna.Send(Referring.Partner("Court") with { Type = "MJ_AV" }));
        await anna.Send(new VictimSupport.Network.Partners.List.End(await anna.Send(Referring.Partner("Ended"))));
        var form = Working.Agreement(zone, here, court) with { From = new DateOnly(2025, 1, 1), Until = new DateOnly(2026, 9, 30), Signed = new DateOnly(2024, 12, 1) };
        var renewed = await anna.Send(form with { Title = "Renewed this year" });
        await anna.Send((await anna.Send(new Renew.Query(renewed))).Form with { Agreement = renewed, Signed = zone.Today() });
        await anna.Send(form with { Title = "Ended this year" });
        await anna.Send(form with { Title = "New", From = new DateOnly(2026, 3, 1), Until = null });
        await anna.Send(form with { Title = "Draft", Signed = null });
        var never = await anna.Send(form with { Title = "Never", From = new DateOnly(2026, 6, 1), Until = null });
        await anna.Send((await anna.Send(new VictimSupport.Network.Agreements.End.Query(never))).Form with { Agreement = never, Day = new DateOnly(2026, 5, 1) });
        foreach (var kind in new[] { ActivityKind.Meeting, ActivityKind.Meeting, ActivityKind.Call }) await anna.Send(Working.Activity(zone, here) with { Kind = kind });
        await anna.Send(Working.Activity(zone, here) with { On = new DateOnly(2025, 12, 31) });
        await anna.Send(new Record.TakeOut(await anna.Send(Working.Activity(zone, here) with { Kind = ActivityKind.Visit })));

        var now = await Counts(2026);
        Assert.Equal((1, 1, 0), (now["partners-by-type CAW"], now["partners-by-type MJ_AV"], now.GetValueOrDefault("partners-by-type CPAS")));
        Assert.Equal((0, 2), (now["partners-by-level Local"], now["partners-by-level SupraLocal"]));
        Assert.Equal((1, 1, 0), (now["partners-by-sphere PsychoMedicoSocial"], now["partners-by-sphere Judicial"], now["partners-by-sphere Other"]));
        Assert.Equal((2, 1, 1, 1), (now["agreements in-force"], now["agreements new"], now["agreements renewed"], now["agreements ended"]));
        Assert.Equal((2, 0, 0, 1), (now["partner-activities Meeting"], now["partner-activities Visit"], now["partner-activities JointAction"], now["partner-activities Call"]));
        var before = await Counts(2025);
        Assert.Equal((2, 2, 0, 0), (before["agreements in-force"], before["agreements new"], before["agreements renewed"], before["agreements ended"]));
        Assert.Equal((1, 0), (before["partner-activities Meeting"], before["partners-by-level SupraLocal"])); // nobody was noted then
        Assert.Empty(await Counts(2027));
        // What was at the start, and what came, less what went, is what there is.
        Assert.Equal(before["agreements in-force"] + now["agreements new"] - now["agreements ended"], now["agreements in-force"]);

        using var visit = zone.Visit(Role.Trainee);
        var page = await visit.Page("/partners/figures");
        Assert.Contains("Agreements", page.QuerySelectorAll("caption").Select(c => c.TextContent));
        Assert.Equal(5, page.QuerySelectorAll("main table").Length);
        Assert.True(platform.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ICountStructuralWork))); // the yearly report asks by this

        async Task<Dictionary<string, int>> Counts(int year) => (await anna.Send(new Figures.Query(year))).ToDictionary(c => $"{c.Table} {c.Row}", c => c.Count);
    }
}
