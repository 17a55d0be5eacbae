using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Opens a closed dossier again. What the closing cancelled is taken up again where that is chosen and nobody said no to it meanwhile; where nothing is, its next act is to get in touch. A referral that is with us comes back whatever is chosen.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class Reopen(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>The acts to be taken up.</summary>
    [BindProperty] public List<Guid> Acts { get; set; } = [];
    public IReadOnlyList<Cancelled> List { get; private set; } = [];
    public IReadOnlyList<Choice> Choices => [.. List.Where(c => c.Bar == Bar.None).Select(c => new Choice(c.Act.ToString(), c.Say))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Acts = [.. List.Where(c => c.ByItself).Select(c => c.Act)];
    }

    public async Task ShowAgain(CancellationToken ct) => List = await pipeline.Send(new Query(Dossier), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Dossier, Acts), ct);
        TempData["Done"] = Words.Reopened;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Bar">Why it cannot be taken up as it was planned: whom it reaches said no to that since.</param>
    /// <param name="ByItself">Still to come: taken up unless one says otherwise.</param>
    internal sealed record Cancelled(Guid Act, ActKind Kind, DateTimeOffset Due, string? Text, Bar Bar, bool ByItself)
    {
        public string Say => Close.Say(Kind, Due, Text);
    }

    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<Cancelled>>;

    /// <param name="Acts">What is taken up; null: what is still to come.</param>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Dossier, IReadOnlyList<Guid>? Acts = null) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Gate gate, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Cancelled>>, IRequestHandler<Command, bool>
    {
        public async Task<IReadOnlyList<Cancelled>> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            return dossier.IsOpen ? [] : [.. (await Dropped(dossier, ct)).Select(d => d.Say)];
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            if (dossier.IsOpen) return false;
            var dropped = await Dropped(dossier, ct);
            var taken = dropped.Where(d => command.Acts?.Contains(d.Act.Id) ?? d.Say.ByItself).ToList();
            // The page was open while somebody said no to it, or closed it anew.
            if (command.Acts is { } wanted && (taken.Count < wanted.Distinct().Count() || taken.Exists(d => d.Say.Bar != Bar.None))) throw new ValidationException([new ValidationFailure(nameof(Acts), Words.ActsChangedMeanwhile)]);
            dossier.Reopen();
            // Its time begins anew.
            dossier.PutOff(now + (await settings.Of(here.InZone.Id, ct)).ShortTerm);
            foreach (var (act, _) in taken) act.Undo();
            if (taken.Count == 0)
            {
                // Whoever was handed over is got in touch with there.
                var kind = dossier.Lead is { } one && (await Handing.Gone(zone, dossier, ct)).Contains(one) ? ActKind.Administration : await gate.InTouch(dossier, dossier.Lead, ct);
                zone.Add(FollowUp.Plan(dossier.Id, dossier.Lead is { } lead ? [lead] : [], kind, null, now.AddDays(1), caller.Self, now));
            }
            // No partner knows of what is with us: taken up or left, it comes back by an act.
            foreach (var referral in await zone.Set<Referral>().Where(r => r.DossierId == dossier.Id && (r.State == ReferralState.Offered || r.State == ReferralState.Accepted)).ToListAsync(ct))
                if (!taken.Exists(d => d.Act.About == referral.Id)) await Standstill.Follow(zone, dossier, referral, referral.State, caller.Self, now, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Reopened, caller.Self, now));
            await NextAct.Settle(zone, dossier, ct); // a referral may have come back meanwhile
            return true;
        }

        // What went at the very moment of the last closing; not what went to another zone, which does it.
        private async Task<List<(FollowUp Act, Cancelled Say)>> Dropped(Dossier dossier, CancellationToken ct)
        {
            var (closed, now, all) = (dossier.Closed, clock.GetUtcNow(), new List<(FollowUp, Cancelled)>());
            var gone = await Handing.Gone(zone, dossier, ct);
            foreach (var act in await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Dropped && f.Done == closed).OrderBy(f => f.DueAt).ToListAsync(ct))
            {
                if (act.DoneBy == Milestone.ThePlatform && act.Persons.Count > 0 && act.Persons.TrueForAll(gone.Contains)) continue;
                var bar = await gate.BarOf(dossier, act, ct);
                all.Add((act, new Cancelled(act.Id, act.Kind, act.DueAt, act.Text?.Value, bar, bar == Bar.None && act.DueAt > now)));
            }
            return all;
        }
    }
}
