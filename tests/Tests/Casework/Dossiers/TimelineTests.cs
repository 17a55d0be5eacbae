using System.Net;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>A long timeline is looked through by kind.</summary>
public sealed class TimelineTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_long_timeline_is_looked_through_by_kind_and_a_short_one_asks_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(dossier);
        using var visit = worker.Visit();
        Assert.Empty((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll("section[aria-labelledby='timeline'] nav"));
        await worker.Send(await worker.Contact(zone, dossier) with { Note = "a talk" });
        for (var i = 0; i < 8; i++) await worker.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = Layer.Assistance, Text = $"note {i}" });
        var all = await visit.Page($"/dossiers/{dossier}");
        Assert.Equal(["Everything", "Notes", "Contacts", "Acts done", "Other"], all.QuerySelectorAll("section[aria-labelledby='timeline'] nav a").Select(a => a.TextContent));
        Assert.Equal("Everything", all.QuerySelector("section[aria-labelledby='timeline'] nav a[aria-current='page']")!.TextContent);
        var total = Entries(all).Count;
        var shown = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var kind in new[] { "Note", "Contact", "Act", "Turn" }) shown[kind] = Entries(await visit.Page($"/dossiers/{dossier}?show={kind}"));
        Assert.Equal(8, shown["Note"].Count);
        Assert.All(shown["Note"], entry => Assert.Contains("note ", entry, StringComparison.Ordinal));
        Assert.Contains("a talk", Assert.Single(shown["Contact"]), StringComparison.Ordinal);
        Assert.Equal(total, shown.Values.Sum(s => s.Count)); // each entry is of one kind
        // Of a kind of which there is nothing, there is nothing; and the way back.
        var none = await visit.Page($"/dossiers/{dossier}?show=Referral");
        Assert.Empty(Entries(none));
        Assert.NotEmpty(none.QuerySelectorAll("section[aria-labelledby='timeline'] nav a"));
        Assert.True((await visit.Get($"/dossiers/{dossier}?show=nonsense")).StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound);

        static List<string> Entries(AngleSharp.Dom.IDocument page) => [.. page.QuerySelectorAll(".vs-timeline > li").Select(li => li.TextContent)];
    }
}
