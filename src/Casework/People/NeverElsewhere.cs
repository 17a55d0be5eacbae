using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Casework.People;

/// <summary>A never closes a channel in the other dossiers of the same person too, so what waits to go out there comes back to whoever works on it. The platform does it, one dossier at a time:
/// whoever wrote the never down may not know of them, and the record of their act must not name them. Until it has, the gate refuses what would go.</summary>
internal sealed class NeverElsewhere(IMediator pipeline) : IDeliver
{
    public const string KindName = "never-said";
    public string Kind => KindName;

    /// <summary>In the transaction in which a never was said or confirmed; where nothing is closed, nothing.</summary>
    public static void Queue(ZoneDbContext zone, SafeContact safe, DateTimeOffset now)
    {
        if (IsSaid(safe)) zone.Add(OutboxMessage.New($"never {safe.Id} {Guid.CreateVersion7(now)}", KindName, safe.Id, null, now));
    }

    /// <summary>In the transaction in which it is put right who somebody is, or where it rings: a never meets others from now on, and holds as if it had been said now. What those others said before, they said without it before their eyes.</summary>
    /// <param name="rules">Taken before anything changed.</param>
    public static void Meets(ZoneDbContext zone, SafeContact safe, RulesAsTheyStood rules, Particulars before, Particulars after, Guid by, DateTimeOffset now)
    {
        var isAnother = !string.Equals(before.FullName, after.FullName, StringComparison.OrdinalIgnoreCase) || SamePerson.RingsElsewhere(before, after) || (before.BirthDate is not null && before.BirthDate != after.BirthDate);
        if (safe.Revision != rules.Revision || (isAnother && IsSaid(safe))) zone.Add(RuleChange.Of(safe, rules, by, now));
        if (isAnother) Queue(zone, safe, now);
    }

    private static bool IsSaid(SafeContact safe) => Enum.GetValues<Channel>().Any(c => safe.Of(c) == Rule.Never);

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } person) return;
        foreach (var row in await pipeline.Send(new Others(person), ct)) await pipeline.Send(new TakeBack(row, person), ct);
    }

    /// <summary>The other rows of who may be the same person, and those of others at the same telephone.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Others(Guid Person) : IQuery<IReadOnlyList<Guid>>;

    /// <summary>What waits to go out to one of them by a channel that is closed now.</summary>
    /// <param name="SaidBy">The row in which it was said.</param>
    /// <returns>Did anything come back?</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record TakeBack(Guid Person, Guid SaidBy) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Keyring keys, Gate gate, Proposals proposals, Trail trail, TimeProvider clock) : IRequestHandler<Others, IReadOnlyList<Guid>>, IRequestHandler<TakeBack, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Others query, CancellationToken ct)
        {
            if (await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Person, ct) is not { } who) return [];
            var same = await SamePerson.Rows(zone, here, keys, who.Identity.Value, ct);
            var there = (await SamePerson.Find(zone, here, keys, who.Identity.Value, ct)).Where(p => SamePerson.ShareANumber(p.Identity.Value, who.Identity.Value));
            var rows = same.Concat(there).Concat(await AtTheirSecond(who, ct)).Where(p => p.Id != who.Id).DistinctBy(p => p.Id).ToList();
            // Through whom a child is reached is called too.
            var others = rows.Where(p => !p.IsHelped).Select(p => p.Id).ToList();
            var stand = (await zone.Set<Standing>().Where(s => others.Contains(s.WhoId)).Select(s => s.WhoId).ToListAsync(ct)).ToHashSet();
            return [.. rows.Where(p => p.IsHelped || stand.Contains(p.Id)).Select(p => p.Id)];
        }

        // Whose SMS go to this telephone, in the same dossier.
        private async Task<IReadOnlyList<Person>> AtTheirSecond(Person who, CancellationToken ct)
        {
            var rules = await zone.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == who.DossierId && s.Id != who.Id && (s.Sms == Rule.Safe || s.Sms == Rule.OnlyIf)).ToDictionaryAsync(s => s.Id, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == who.DossierId).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            return people.FindAll(p => rules.TryGetValue(p.Id, out var safe) && Clearance.GoesToTelephoneOf(p.Identity.Value, safe.Details.Value, who.Identity.Value));
        }

        public async Task<bool> Handle(TakeBack command, CancellationToken ct)
        {
            if (await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == command.Person, ct) is not { } who) return false;
            var (dossier, now) = (await zone.Set<Dossier>().SingleAsync(d => d.Id == who.DossierId, ct), clock.GetUtcNow());
            trail.Concerns(dossier.Id, "platform");
            var closed = (await gate.Of(dossier, who.Id, first: false, ct)).ClosedElsewhere;
            // Of somebody else at the same number the gate alone knows, and nothing is told here; but a partner may not go on reading a number that must not ring, and no other zone may call it.
            if (await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == command.SaidBy, ct) is { } said && !SamePerson.MayBeOne(who.Identity.Value, said.Identity.Value))
            {
                if (closed.AtTheNumber.Count > 0) await AskBack();
                await gate.AskConsentAnew([who.Id], Bar.Never, ct);
                return false;
            }
            var letters = closed.Contains(Channel.Letter) ? await zone.Set<Letter>().Where(l => l.PersonId == who.Id && l.State == LetterState.Prepared).ToListAsync(ct) : [];
            var messages = (await zone.Set<Message>().Where(m => m.PersonId == who.Id && m.State == MessageState.Waiting).ToListAsync(ct)).FindAll(m => closed.Contains(m.Channel));
            foreach (var letter in letters) letter.Drop(Bar.Never, now);
            foreach (var message in messages) message.Drop(Bar.Never, now);
            if (letters.Count + messages.Count > 0)
            {
                zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.TakenBack, Milestone.ThePlatform, now, code: (int)Bar.Never));
                if (messages.Find(m => m.ContactId is not null) is { } reminder) AppointmentReminders.DidNotGo(zone, dossier, Bar.Never, here.InZone.Record.FirstLanguage, reminder.By, now);
                if (letters.Select(l => l.PreparedBy).Concat(messages.Where(m => m.ContactId is null).Select(m => m.By)).ToList() is [var by, ..]) Tell(dossier, who.Id, by, now);
            }
            // What was proposed to another zone before it was said says otherwise, and nobody there can know. What was proposed since took it along.
            var own = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == who.Id, ct);
            if (Enum.GetValues<Channel>().Any(c => closed.Theirs.Contains(c) && own?.Of(c) != Rule.Never)) await AskBack();
            // What a partner may still read says how they are reached.
            await gate.AskConsentAnew([who.Id], Bar.Never, ct);
            if (closed.Contains(Channel.Visit)) await gate.GiveBackVisits(dossier, who.Id, ct);
            return letters.Count + messages.Count > 0;

            async Task AskBack() => await proposals.AskBack([who.Id], ct, before: await zone.Set<RuleChange>().Where(c => c.PersonId == command.SaidBy).MaxAsync(c => (DateTimeOffset?)c.At, ct) ?? now);
        }

        private void Tell(Dossier dossier, Guid person, Guid by, DateTimeOffset now)
        {
            if (!dossier.IsOpen) return;
            var act = FollowUp.Plan(dossier.Id, [person], ActKind.Other, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.NeverTookBack), now, by, now);
            zone.Add(act);
            dossier.Awaits(act.DueAt);
            dossier.Touch();
        }
    }
}
