using System.Globalization;
using System.Text;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Letters;

/// <summary>One letter that is due: a next act of the kind letter, and one of the people it concerns.</summary>
/// <param name="Bar">Why it does not go out; <see cref="Bar.None"/>: it may be prepared.</param>
/// <param name="Twin">The number of the dossier whose letter goes to the same person or address.</param>
internal sealed record DueLetter(Guid Act, Guid Dossier, string Number, Guid Person, string Initials, LetterKind Kind, string Language, DateTimeOffset Due, bool AskAgain, Bar Bar, string? Twin)
{
    /// <summary>A first letter to somebody of whom no age is known: none goes to a minor, and only whoever looks can say that this is none.</summary>
    public bool AgeUnknown { get; init; }

    /// <summary>How a form names it.</summary>
    public string Key => $"{Act:N}{Person:N}";

    public static (Guid Act, Guid Person)? Read(string? key) => key is { Length: 64 } && Guid.TryParseExact(key[..32], "N", out var act) && Guid.TryParseExact(key[32..], "N", out var person) ? (act, person) : null;
}

/// <summary>The letters that are due, as many as a page shows.</summary>
/// <param name="All">How many are due in all.</param>
internal sealed record DueSoFar(IReadOnlyList<DueLetter> Letters, int All);

/// <summary>The letters that are due in the dossiers the caller sees, each before the gate, and each person and address once.</summary>
internal sealed class DueLetters(ZoneDbContext zone, Guard guard, Gate gate, Wording wording, Keyring keys, TimeProvider clock)
{
    private const int Most = 100;

    /// <summary>A letter printed so lately counts as one that is on its way.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromDays(7);

    /// <summary>What is due by then, the earliest first and what may go before what may not. What is barred keeps nothing from being found: all are judged, until as many may go as one press carries.</summary>
    public async Task<DueSoFar> By(DateTimeOffset until, CancellationToken ct)
    {
        var seen = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null);
        var acts = await zone.Set<FollowUp>().AsNoTracking().Where(f => f.Kind == ActKind.Letter && f.Done == null && f.DueAt <= until).Where(f => seen.Any(d => d.Id == f.DossierId)).OrderBy(f => f.DueAt).ThenBy(f => f.Id).ToListAsync(ct);
        var waiting = await Waiting(acts, ct);
        var (free, barred, going) = (new List<DueLetter>(), new List<DueLetter>(), waiting.Count == 0 ? [] : await Going(ct));
        foreach (var some in waiting.Chunk(Most))
        {
            if (free.Count >= Most) break;
            foreach (var one in await Judge(some, going, ct)) (one.Bar == Bar.None ? free : barred).Add(one);
        }
        return new DueSoFar([.. free.Take(Most), .. barred.Take(Most)], waiting.Count);
    }

    /// <summary>One of them, as it stands now; null: it is prepared already, or done.</summary>
    /// <exception cref="RefusedException">No such act concerns this person, or the dossier is not the caller's to see.</exception>
    public async Task<(DueLetter? Due, Dossier Dossier)> One(Guid act, Guid person, CancellationToken ct)
    {
        var about = await zone.Set<FollowUp>().Where(f => f.Id == act && f.Kind == ActKind.Letter).Select(f => (Guid?)f.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", act);
        var dossier = await guard.Open(about, ct);
        var found = await zone.Set<FollowUp>().AsNoTracking().SingleAsync(f => f.Id == act, ct);
        if (!found.Persons.Contains(person)) throw new RefusedException("absent", dossier.Id);
        if (found.Done is not null || !dossier.IsOpen) return (null, dossier);
        return ((await Judge([.. (await Waiting([found], ct)).Where(w => w.Person == person)], await Going(ct), ct)).FirstOrDefault(), dossier);
    }

    // Each for itself: of several people of one act some may have got their letter, and it is due for the others.
    private async Task<IReadOnlyList<(FollowUp Act, Guid Person)>> Waiting(IReadOnlyCollection<FollowUp> acts, CancellationToken ct)
    {
        var (begun, there) = (new HashSet<(Guid? Act, Guid Person)>(), new HashSet<Guid>());
        foreach (var some in acts.Select(a => a.DossierId).Distinct().Chunk(400))
        {
            var ids = some.ToList();
            begun.UnionWith((await zone.Set<Letter>().AsNoTracking().Where(l => ids.Contains(l.DossierId) && l.Act != null && l.State != LetterState.Dropped).Select(l => new { l.Act, l.PersonId }).ToListAsync(ct)).Select(l => (l.Act, l.PersonId)));
            there.UnionWith(await zone.Set<Person>().Where(p => ids.Contains(p.DossierId)).Select(p => p.Id).ToListAsync(ct));
        }
        return [.. acts.SelectMany(a => a.Persons.Select(p => (Act: a, Person: p))).Where(w => there.Contains(w.Person) && !begun.Contains((w.Act.Id, w.Person)))];
    }

    /// <param name="going">Whose letters are on their way; what may go is added, for those that are judged later.</param>
    private async Task<IReadOnlyList<DueLetter>> Judge(IReadOnlyCollection<(FollowUp Act, Guid Person)> waiting, List<(string Number, Recipient Who)> going, CancellationToken ct)
    {
        if (waiting.Count == 0) return [];
        var (now, ids) = (clock.GetUtcNow(), waiting.Select(w => w.Act.DossierId).Distinct().ToList());
        var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.DossierId)).ToListAsync(ct)).ToDictionary(p => p.Id);
        var safe = await zone.Set<SafeContact>().AsNoTracking().Where(s => ids.Contains(s.DossierId)).ToDictionaryAsync(s => s.Id, ct);
        await keys.Fetch(people.Keys.Concat(ids), ct);
        var written = (await zone.Set<Letter>().AsNoTracking().Where(l => ids.Contains(l.DossierId) && l.State == LetterState.Printed).Select(l => l.PersonId).ToListAsync(ct)).ToHashSet();
        var met = await Met(zone, ids, ct);
        var handed = (await zone.Set<Handovers.Handover>().Where(h => h.CameIn && ids.Contains(h.DossierId)).Select(h => h.DossierId).ToListAsync(ct)).ToHashSet();
        var due = new List<DueLetter>();
        foreach (var (act, id) in waiting)
        {
            if (!people.TryGetValue(id, out var person)) continue;
            var (dossier, identity, rules) = (dossiers[act.DossierId], person.Identity.Value, safe.TryGetValue(id, out var own) ? own : SafeContact.For(person));
            var kind = IsReached(dossier, id, rules, met) || written.Contains(id) ? LetterKind.Recontact : handed.Contains(dossier.Id) ? LetterKind.HandedOver : LetterKind.First;
            var (_, bar) = Clearance.Look(await gate.Of(dossier, person, rules, kind == LetterKind.First, ct), new Outgoing(Channel.Letter, Unattended: true, First: kind == LetterKind.First), now);
            var recipient = Recipient.Of(identity);
            var twin = bar == Bar.None ? going.Find(g => g.Who.IsSame(recipient)).Number : null;
            if (twin is not null) bar = Bar.Twin;
            if (bar == Bar.None) going.Add((dossier.Number, recipient));
            due.Add(new DueLetter(act.Id, dossier.Id, dossier.Number, id, identity.Initials, kind, wording.LanguageOf(person.Language), act.DueAt, rules.MustBeAskedAgain(now), bar, twin) { AgeUnknown = kind == LetterKind.First && identity is { BirthDate: null, EstimatedAge: null } && !person.IsMinor });
        }
        return due;
    }

    /// <summary>Whom somebody met, in these dossiers.</summary>
    public static async Task<HashSet<Guid>> Met(ZoneDbContext zone, IReadOnlyCollection<Guid> dossiers, CancellationToken ct) =>
        (await zone.Set<Contact>().AsNoTracking().Where(c => dossiers.Contains(c.DossierId) && c.State == ContactState.Held && !c.ForThem).Select(c => c.Persons).ToListAsync(ct)).SelectMany(p => p).ToHashSet();

    /// <summary>Somebody who came into the dossier later may have been neither met nor asked: theirs is the first letter still.</summary>
    public static bool IsReached(Dossier dossier, Guid person, SafeContact rules, HashSet<Guid> met) => dossier.FirstContact is not null && (person == dossier.Lead || rules.Letter != Rule.NotAsked || met.Contains(person));

    // Only letters of dossiers the caller sees: another would tell that there is one.
    private async Task<List<(string Number, Recipient Who)>> Going(CancellationToken ct)
    {
        var since = clock.GetUtcNow() - OnItsWay;
        var letters = await zone.Set<Letter>().AsNoTracking().Where(l => l.State == LetterState.Prepared || (l.State == LetterState.Printed && l.Ended > since)).OrderByDescending(l => l.Id).Take(1000)
            .Join(zone.Set<Dossier>().Where(await guard.Visible(ct)), l => l.DossierId, d => d.Id, (l, d) => new { l.PersonId, d.Number }).ToListAsync(ct);
        var ids = letters.Select(l => l.PersonId).Distinct().ToList();
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id);
        await keys.Fetch(people.Keys, ct);
        return [.. letters.Where(l => people.ContainsKey(l.PersonId)).Select(l => (l.Number, Recipient.Of(people[l.PersonId].Identity.Value)))];
    }
}

/// <summary>Whose letter box it is: two letters to one of them are one too many.</summary>
internal sealed record Recipient(Particulars Who, string Door)
{
    public static Recipient Of(Particulars who) => new(who, Plain(Clearance.DoorOf(who)));

    public bool IsSame(Recipient other) => (Door.Length > 0 && Door == other.Door) || SamePerson.May(Who, other.Who);

    // Neither accents nor commas make another door.
    private static string Plain(string? address) => address is null ? "" : string.Concat(address.Normalize(NormalizationForm.FormD).Where(char.IsLetterOrDigit)).ToLower(CultureInfo.InvariantCulture);
}

/// <summary>Prepares one letter of the batch: asked again, because the list is older than the press.</summary>
internal static class PrepareDue
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Act, Guid Person) : ICommand<Bar>;

    internal sealed class Handler(ZoneDbContext zone, DueLetters letters, Gate gate, Wording wording, Caller caller, TimeProvider clock) : IRequestHandler<Command, Bar>
    {
        public async Task<Bar> Handle(Command command, CancellationToken ct)
        {
            var (due, dossier) = await letters.One(command.Act, command.Person, ct);
            if (due is null) return Bar.Twin;
            if (due.Bar == Bar.Twin) return due.Bar;
            var leave = await gate.Pass(dossier, command.Person, new Outgoing(Channel.Letter, Unattended: true, First: due.Kind == LetterKind.First), ct);
            zone.Add(Letter.Prepare(leave, due.Kind, due.Language, await wording.Compose(due.Kind, due.Language, leave.Name, ct), command.Act, caller.Self, clock.GetUtcNow()));
            dossier.Touch();
            return Bar.None;
        }
    }
}
