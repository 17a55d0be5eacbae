using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Plans the recontact that the facts suggest, for each who is helped: so many days after their first contact, by a channel that is open.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Recontact(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    public async Task<IActionResult> OnPostAsync(Guid? person, CancellationToken ct)
    {
        await pipeline.Send(new Command(Dossier, person), ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Person">null: the dossier helps nobody who is known.</param>
    internal sealed record Proposal(Guid? Person, DateTimeOffset At);

    /// <summary>For whom a recontact is proposed, and when: each helped person for whom nothing is planned that would bring them a word. A referral, a paper or "something else" brings none, so it is not waited for.
    /// Whoever was spoken to on a second day had theirs, and is proposed only where nothing at all is planned, as every open dossier waits for something. Never in the past: what was missed is for tomorrow.</summary>
    /// <param name="rules">The zone's: how long after the first contact, by kind of event.</param>
    public static IReadOnlyList<Proposal> Proposed(Dossier dossier, IEnumerable<Guid> helped, IReadOnlyCollection<FollowUp> acts, IReadOnlyCollection<Contact> contacts, ZoneSettings rules, DateTimeOffset now)
    {
        var nothing = dossier.NextDue is null;
        // The first contact comes first.
        if (!dossier.IsOpen || (!nothing && dossier.FirstContact is null)) return [];
        var people = helped.ToList();
        if (people.Count == 0) return nothing ? [new Proposal(null, At(null))] : [];
        return [.. people.Where(p => !IsAwaited(p) && (nothing || Days(p) < 2)).Select(p => new Proposal(p, At(p)))];

        bool IsAwaited(Guid person) => acts.Any(a => a.Done is null && BringsAWord(a.Kind) && (a.Persons.Count == 0 || a.Persons.Contains(person))) || contacts.Any(c => c.IsPlanned && With(c, person));
        int Days(Guid person) => contacts.Where(c => c.Held && With(c, person)).Select(c => Moment.Day(c.At)).Distinct().Count();
        DateTimeOffset At(Guid? person) => Soonest((contacts.Where(c => c.Held && person is { } one && With(c, one)).Min(c => (DateTimeOffset?)c.At) ?? dossier.FirstContact ?? now) + After(rules, dossier.Kind, dossier.Additional), now);
    }

    /// <summary>So long after: of several kinds of facts the one that asks soonest.</summary>
    public static TimeSpan After(ZoneSettings rules, KindOfEvent main, IEnumerable<string> additional) =>
        additional.Select(code => SubKinds.Find(code)?.Kind).OfType<KindOfEvent>().Append(main).Min(kind => rules.RecontactAfter[kind.ToString()]);

    public static DateTimeOffset Soonest(DateTimeOffset at, DateTimeOffset now) => at > now.AddDays(1) ? at : now.AddDays(1);

    private static bool BringsAWord(ActKind kind) => kind is not (ActKind.Referral or ActKind.Administration or ActKind.Other);

    // With somebody else, for them, it is no contact with them.
    private static bool With(Contact contact, Guid person) => !contact.ForThem && (contact.Persons.Count == 0 || contact.Persons.Contains(person));

    /// <param name="Person">null: whom the dossier is shown under.</param>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier, Guid? Person = null) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Gate gate, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var helped = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct)).Where(p => p.IsHelped).Select(p => p.Id);
            var acts = await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier.Id).ToListAsync(ct);
            var contacts = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id).ToListAsync(ct);
            var whom = command.Person ?? dossier.Lead;
            // Pressed twice, it is planned once.
            if (Proposed(dossier, helped, acts, contacts, await settings.Of(here.InZone.Id, ct), now).FirstOrDefault(p => p.Person == whom) is not { } proposal) return false;
            var act = FollowUp.Plan(dossier.Id, whom is { } one ? [one] : [], await gate.InTouch(dossier, whom, ct), null, proposal.At, caller.Self, now);
            zone.Add(act);
            dossier.Awaits(act.DueAt);
            dossier.Touch();
            return true;
        }
    }
}
