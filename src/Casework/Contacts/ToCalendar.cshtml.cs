using System.Text;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Contacts;

/// <summary>One appointment as a file for a calendar program: when it is, and nothing else. When somebody is busy leaves the house by it too, so only where the zone allows calendar addresses.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class ToCalendar(IMediator pipeline, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Contact { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await pipeline.Send(new Query(Dossier, Contact), ct) is { } one
        ? File(Encoding.UTF8.GetBytes(ICalendar.Write(Words.FeedName, Words.FeedEvent, [one], clock.GetUtcNow())), "text/calendar; charset=utf-8", "appointment.ics") : NotFound();

    /// <summary>null: the zone wants none.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Contact) : IQuery<ICalendar.Event?>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IZoneSettings settings, Caller caller) : IRequestHandler<Query, ICalendar.Event?>
    {
        public async Task<ICalendar.Event?> Handle(Query query, CancellationToken ct)
        {
            if (!(await settings.Of(here.InZone.Id, ct)).CalendarFeeds) return null;
            var dossier = await guard.Read(query.Dossier, ct);
            var planned = await Appointments.Find(zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned), dossier.Id, query.Contact, ct);
            // Taken again after it was moved it is the same event.
            return new ICalendar.Event(Feed.Uid(caller.Self, planned.Id), planned.At, planned.Ends);
        }
    }
}
