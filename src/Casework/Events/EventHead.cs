using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Events;

/// <summary>What stands on top of each page of an event.</summary>
/// <param name="Facts">The kind of facts, in words.</param>
/// <param name="Leads">The reader decides over the event.</param>
internal sealed record EventHead(CollectiveEvent Event, string Name, string Facts, bool Runs, bool Leads)
{
    /// <summary>The page it stands on.</summary>
    public string Here { get; init; } = "";

    public static async Task<EventHead> Of(ZoneDbContext zone, AtEvent at, CollectiveEvent ev, DateTimeOffset now, CancellationToken ct) =>
        new(ev, ev.Says.Value.Name, (await OwnCodes.WordsOf(zone, [ev.OwnSubKind], ct)).Of(ev.OwnSubKind) ?? Words.Of("SubKind_" + ev.SubKind), ev.Runs(now), at.Leads);

    public IEnumerable<(string Page, string Text)> Pages()
    {
        yield return ("/Casework/Events/Show", Words.EventList);
        yield return ("/Casework/Events/Alike", Words.EventAlike);
        yield return ("/Casework/Events/Figures", Words.EventFigures);
        if (!Leads) yield break;
        yield return ("/Casework/Events/Import", Words.EventImport);
        yield return ("/Casework/Events/Export", Words.EventExport);
        yield return ("/Casework/Events/Allot", Words.EventAllot);
        yield return ("/Casework/Events/Zones", Words.EventZones);
        yield return ("/Casework/Events/Edit", Words.EventChange);
    }
}
