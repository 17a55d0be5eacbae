using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>A colleague of the zone asks that the name goes: it is taken out of every training in which they are recognised, here and at other zones. What was counted stays, without a name; a seat to come is given up.</summary>
[Requires(May.KeepTrainings)]
internal sealed class TakeNameOut(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Participant { get; set; }
    public Answer View { get; private set; } = null!;

    // Asks before it is done.
    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Training, Participant), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.TrainingNameTakenOut(await pipeline.Send(new Command(Training, Participant), ct));
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    /// <param name="Here">Entries in trainings of this zone.</param>
    /// <param name="There">Registrations for trainings of other zones.</param>
    internal sealed record Answer(string FullName, string Unit, int Here, int There)
    {
        // A name would stand in the log.
        public override string ToString() => "•••";
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training, Guid Participant) : IQuery<Answer>;

    /// <returns>Out of how many entries, here and elsewhere, it was taken.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Command(Guid Training, Guid Participant) : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Post post, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, int>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (who, here, there) = await Found(query.Training, query.Participant, ct);
            return new Answer(who.FullName, who.Unit, here.Count, there.Count);
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var ((_, here, there), now) = (await Found(command.Training, command.Participant, ct), clock.GetUtcNow());
            // In one order for all: two who do this at once wait for each other, and never both.
            foreach (var id in here.Select(p => p.TrainingId).Distinct().Order())
            {
                await Trainings.Training.TakeTurn(zone, id, now, ct);
                var training = await zone.Set<Training>().SingleAsync(t => t.Id == id, ct);
                var (seats, isOpen) = (await Seats.Of(zone, training, ct), await Show.IsOpen(zone, training, now, ct));
                foreach (var one in seats.All.Where(p => here.Exists(h => h.Id == p.Id)))
                {
                    if (isOpen) one.Withdraw();
                    one.TakeNameOut();
                    await Asking.End(zone, [one.Id], now, ct);
                }
                if (isOpen) seats.Fill(zone, now);
            }
            foreach (var (one, invitation) in there)
            {
                if (!invitation.IsOver(now) && one.Withdraw()) await post.Send(invitation.From, TrainingAsk.ParcelKind, invitation.Id, new TrainingAsk(one.Id, null), ct);
                one.TakeNameOut();
                if (one.State != RegistrationState.Refused) await post.Send(invitation.From, TrainingAsk.ParcelKind, invitation.Id, new TrainingAsk(one.Id, one.Person), ct);
            }
            return here.Count + there.Count;
        }

        // Whoever another zone registered asks there: it is that zone's colleague.
        private async Task<(Participant.Person Who, List<Participant> Here, List<(Registration One, Invitation Invitation)> There)> Found(Guid training, Guid participant, CancellationToken ct)
        {
            var all = await zone.Set<Participant>().AsNoTracking().Where(p => p.From == null).ToListAsync(ct);
            await keys.Fetch(all.Select(p => p.TrainingId), ct);
            var one = all.Find(p => p.Id == participant && p.TrainingId == training && !p.IsNameless) ?? throw new RefusedException("absent", participant);
            // Who gave an address once is the same colleague where only name and unit were given.
            var who = new Participant.Person(one.FullName, one.Unit, one.Mailbox ?? all.Find(p => p.NameAndUnit == one.NameAndUnit && p.Mailbox is not null)?.Mailbox, one.Language);
            var there = await zone.Set<Registration>().ToListAsync(ct);
            await keys.Fetch(there.Select(r => r.InvitationId), ct);
            var invitations = await zone.Set<Invitation>().AsNoTracking().ToDictionaryAsync(i => i.Id, ct);
            return (who, all.FindAll(p => p.Is(who)), [.. there.Where(r => r.Is(who)).Select(r => (r, invitations[r.InvitationId]))]);
        }
    }
}
