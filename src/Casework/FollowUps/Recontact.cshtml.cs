using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Plans the recontact that the facts suggest: so many days after the first contact, by a channel that is open.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Recontact(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Dossier), ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <summary>When a recontact is proposed; null: it waits for an act or an appointment, or is closed. Never in the past: what was missed is for tomorrow.</summary>
    /// <param name="rules">The zone's: how long after the first contact, by kind of event.</param>
    public static DateTimeOffset? Proposed(Dossier dossier, ZoneSettings rules, DateTimeOffset now)
    {
        if (dossier.NextDue is not null || !dossier.IsOpen) return null;
        var (at, soonest) = ((dossier.FirstContact ?? now) + rules.RecontactAfter[dossier.Kind.ToString()], now.AddDays(1));
        return at > soonest ? at : soonest;
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Gate gate, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            if (Proposed(dossier, await settings.Of(here.InZone.Id, ct), now) is not { } at) return false;
            var act = FollowUp.Plan(dossier.Id, dossier.Lead is { } lead ? [lead] : [], await gate.InTouch(dossier, ct), null, at, caller.Self, now);
            zone.Add(act);
            dossier.Awaits(act.DueAt);
            dossier.Touch();
            return true;
        }
    }
}
