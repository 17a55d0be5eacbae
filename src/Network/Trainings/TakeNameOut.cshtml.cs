using System.Security.Cryptography;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>A colleague of the zone asks that the name goes. Every entry that is or may be theirs is listed, in trainings here and at other zones; what is ticked goes, and nothing else. What was counted stays, without a name; a seat to come is given up.</summary>
[Requires(May.KeepTrainings)]
internal sealed class TakeNameOut(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>The entry it starts from: in a training here, or a registration for one of another zone.</summary>
    [BindProperty(SupportsGet = true)] public Guid Participant { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Others => [.. View.Others.Select(e => new Choice(e.Id.ToString(), e.Said, Words.Of(e.Is)))];

    // Asks before it is done: what is theirs is ticked, what may be somebody else's is not.
    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Participant), ct);
        Form = new Command { Take = [.. View.Others.Where(e => e.Is == EntryLike.Same).Select(e => e.Id)], Print = View.Print };
    }

    // What was ticked stays; the list is the one of now.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Participant), ct);
        Form = Form with { Print = View.Print };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var start = (await pipeline.Send(new Query(Participant), ct)).Start;
        TempData["Done"] = Words.TrainingNameTakenOut(await pipeline.Send(Form with { Participant = Participant }, ct));
        return start.Zone is null ? RedirectToPage("/Network/Trainings/Show", new { training = start.Of }) : RedirectToPage("/Network/Invitations/Show", new { invited = start.Of });
    }

    /// <param name="Of">The training, or the invitation of another zone.</param>
    /// <param name="Zone">Code of the zone that gives it; null: this one.</param>
    /// <param name="Day">Of the first session; null: it has none.</param>
    internal sealed record Entry(Guid Id, Guid Of, string? Zone, string Subject, DateOnly? Day, string FullName, string Unit, string? Mailbox, EntryLike Is)
    {
        /// <summary>As it stands in the list.</summary>
        public string Said => string.Join(", ", new[] { FullName, Unit, Mailbox, Subject, Day is { } day ? Moment.Show(day) : null, Zone }.Where(s => s is not null));

        // A name would stand in the log.
        public override string ToString() => "•••";
    }

    /// <param name="Others">All other entries that are or may be theirs: those of whom it is certain first.</param>
    internal sealed record Answer(Entry Start, IReadOnlyList<Entry> Others)
    {
        /// <summary>The same for the same list.</summary>
        public string Print => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Others.Append(Start).OrderBy(e => e.Id).Select(e => new { e.Id, e.FullName, e.Unit, e.Mailbox, e.Is }))));
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Participant) : IQuery<Answer>;

    /// <returns>Out of how many entries, here and elsewhere, it was taken.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<int>
    {
        /// <summary>The entries that were ticked, beside the one it starts from.</summary>
        public List<Guid> Take { get; init; } = [];

        /// <summary>Of the list as it was looked at.</summary>
        public string Print { get; init; } = "";
        internal Guid Participant { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Post post, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, int>
    {
        public Task<Answer> Handle(Query query, CancellationToken ct) => Found(query.Participant, ct);

        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            var (now, taken) = (clock.GetUtcNow(), form.Take.Append(form.Participant).Distinct().ToList());
            // In one order for all: two who do this at once wait for each other, and never both. What is looked for is looked for afterwards.
            var trainings = await zone.Set<Participant>().Where(p => taken.Contains(p.Id)).Select(p => p.TrainingId).Distinct().ToListAsync(ct);
            foreach (var id in trainings.Order()) await Trainings.Training.TakeTurn(zone, id, now, ct);
            var found = await Found(form.Participant, ct);
            if (found.Print != form.Print) throw new ValidationException([new ValidationFailure(nameof(Command.Take), Words.TrainingEntriesChanged)]);
            var gone = found.Others.Append(found.Start).Where(e => taken.Contains(e.Id)).ToList();
            foreach (var here in gone.Where(e => e.Zone is null).GroupBy(e => e.Of)) await Here(here.Key, [.. here.Select(e => e.Id)], now, ct);
            foreach (var there in gone.Where(e => e.Zone is not null)) await There(there, now, ct);
            return gone.Count;
        }

        private async Task Here(Guid id, List<Guid> people, DateTimeOffset now, CancellationToken ct)
        {
            var training = await zone.Set<Training>().SingleAsync(t => t.Id == id, ct);
            var sessions = await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == id).ToListAsync(ct);
            // Of a cancelled one too, which may be taken up again: nobody without a name holds a seat.
            var (seats, isOver) = (await Seats.Of(zone, training, ct), sessions.Count > 0 && sessions.TrueForAll(s => s.End <= now));
            foreach (var one in seats.All.Where(p => people.Contains(p.Id)))
            {
                if (!isOver) one.Withdraw();
                one.TakeNameOut();
            }
            await Asking.End(zone, people, now, ct);
            if (!isOver && training.Cancelled is null) seats.Fill(zone, now);
        }

        private async Task There(Entry entry, DateTimeOffset now, CancellationToken ct)
        {
            var (one, invitation) = (await zone.Set<Registration>().SingleAsync(r => r.Id == entry.Id, ct), await zone.Set<Invitation>().AsNoTracking().SingleAsync(i => i.Id == entry.Of, ct));
            if (!invitation.IsOver(now) && one.Withdraw()) await post.Send(invitation.From, TrainingAsk.ParcelKind, invitation.Id, new TrainingAsk(one.Id, null), ct);
            one.TakeNameOut();
            if (one.State != RegistrationState.Refused) await post.Send(invitation.From, TrainingAsk.ParcelKind, invitation.Id, new TrainingAsk(one.Id, one.Person), ct);
        }

        // Whoever another zone registered asks there: it is that zone's colleague.
        private async Task<Answer> Found(Guid start, CancellationToken ct)
        {
            var here = await zone.Set<Participant>().AsNoTracking().Where(p => p.From == null).ToListAsync(ct);
            var there = await zone.Set<Registration>().AsNoTracking().ToListAsync(ct);
            await keys.Fetch(here.Select(p => p.TrainingId).Concat(there.Select(r => r.InvitationId)), ct);
            List<NamedEntry> all = [.. here.Where(p => !p.IsNameless).Select(p => new NamedEntry(p.Id, p.FullName, p.Unit, p.Mailbox)), .. there.Where(r => !r.IsNameless).Select(r => new NamedEntry(r.Id, r.FullName, r.Unit, r.Mailbox))];
            var likes = OneColleague.Of(all.Find(e => e.Id == start) ?? throw new RefusedException("absent", start), all);
            var ids = here.Where(p => likes.ContainsKey(p.Id)).Select(p => p.TrainingId).Distinct().ToList();
            var subjects = await zone.Set<Training>().AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, t => t.Subject, ct);
            var days = (await zone.Set<TrainingSession>().AsNoTracking().Where(s => ids.Contains(s.TrainingId)).ToListAsync(ct)).GroupBy(s => s.TrainingId).ToDictionary(g => g.Key, g => (DateOnly?)g.Min(s => s.Day));
            var invitations = await zone.Set<Invitation>().AsNoTracking().ToDictionaryAsync(i => i.Id, ct);
            List<Entry> entries =
            [
                .. here.Where(p => likes.ContainsKey(p.Id)).Select(p => new Entry(p.Id, p.TrainingId, null, subjects[p.TrainingId], days.GetValueOrDefault(p.TrainingId), p.FullName, p.Unit, p.Mailbox, likes[p.Id])),
                .. there.Where(r => likes.ContainsKey(r.Id)).Select(r => (r, i: invitations[r.InvitationId])).Select(x => new Entry(x.r.Id, x.i.Id, x.i.From, x.i.Subject, x.i.Sittings.Count == 0 ? null : x.i.Sittings.Min(s => Moment.Day(s.Start)), x.r.FullName, x.r.Unit, x.r.Mailbox, likes[x.r.Id])),
            ];
            return new Answer(entries.Single(e => e.Id == start), [.. entries.Where(e => e.Id != start).OrderBy(e => e.Is).ThenByDescending(e => e.Day ?? DateOnly.MaxValue).ThenBy(e => e.FullName, StringComparer.CurrentCulture)]);
        }
    }
}
