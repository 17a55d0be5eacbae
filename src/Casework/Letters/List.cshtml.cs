using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Letters;

/// <summary>All letters of the dossiers one sees: due, refused and why, prepared, and what became of the last ones. Initials only.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class List(IMediator pipeline, IAccounts accounts, WhereAndWho who) : PageModel, IShowAgain
{
    /// <summary>As many at once as a press may carry.</summary>
    public const int AtOnce = 100;

    private IReadOnlyDictionary<Guid, Colleague> names = new Dictionary<Guid, Colleague>();

    public Answer View { get; private set; } = null!;
    public bool MaySetUp => who.Caller.May(May.SetUpTheZone);
    public string Name(Guid account) => names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(), ct);
        names = await accounts.Named(View.Prepared.Select(r => r.By), ct);
    }

    public async Task<IActionResult> OnPostPrepareAsync(List<string> chosen, CancellationToken ct)
    {
        var (prepared, refused, leftOut) = (0, 0, 0);
        foreach (var (act, person) in chosen.Distinct(StringComparer.Ordinal).Take(AtOnce).Select(DueLetter.Read).OfType<(Guid, Guid)>())
        {
            try
            {
                if (await pipeline.Send(new PrepareDue.Command(act, person), ct) == Bar.None) prepared++;
                else refused++;
            }
            catch (RefusedException e) when (Bars.Of(e.Code) is not null)
            {
                refused++; // recorded; the list below says why
            }
            catch (Exception e) when (e is RefusedException or StaleFactorException)
            {
                leftOut++;
            }
        }
        TempData["Done"] = Say(Words.PreparedCount(prepared, refused), leftOut);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostWithdrawAsync(List<Guid> letters, CancellationToken ct)
    {
        var leftOut = 0;
        foreach (var letter in letters.Distinct().Take(AtOnce))
        {
            try
            {
                await pipeline.Send(new Withdraw.Command(letter), ct);
            }
            catch (Exception e) when (e is RefusedException or StaleFactorException)
            {
                leftOut++;
            }
        }
        TempData["Done"] = Say(Words.LettersWithdrawn, leftOut);
        return RedirectToPage();
    }

    private static string Say(string done, int leftOut) => leftOut == 0 ? done : $"{done} {Words.LettersLeftOut(leftOut)}";

    internal sealed record Row(Guid Letter, Guid Dossier, string Number, string Initials, LetterKind Kind, string Language, LetterState State, Bar Why, Guid By, DateTimeOffset At, DateTimeOffset? Ended)
    {
        /// <summary>What letters to them must keep to, before the eyes of whoever prints; null: nothing was agreed.</summary>
        public SafeDetails? OnlyIf { get; init; }
        public bool AskAgain { get; init; }
    }

    internal sealed record Answer(IReadOnlyList<DueLetter> Due, IReadOnlyList<Row> Prepared, IReadOnlyList<Row> Ended) : IListDossiers
    {
        /// <summary>How many letters are due in all; more than are shown, where there are many.</summary>
        public int AllDue { get; init; }
        IEnumerable<Guid> IListDossiers.Listed => Due.Select(d => d.Dossier).Concat(Prepared.Concat(Ended).Select(r => r.Dossier)).Distinct();
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, DueLetters due, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var tonight = Moment.Instant(Moment.Day(now).AddDays(1).ToDateTime(TimeOnly.MinValue));
            var since = now - Kept;
            var letters = zone.Set<Letter>().AsNoTracking();
            var (waiting, all) = await due.By(tonight, ct);
            return new Answer(waiting, await Rows(letters.Where(l => l.State == LetterState.Prepared), ct), await Rows(letters.Where(l => l.State != LetterState.Prepared && l.Ended > since), ct)) { AllDue = all };
        }

        private async Task<IReadOnlyList<Row>> Rows(IQueryable<Letter> letters, CancellationToken ct)
        {
            var rows = await letters.Join(zone.Set<Dossier>().Where(await guard.Visible(ct)), l => l.DossierId, d => d.Id, (l, d) => new { l.Id, l.DossierId, l.PersonId, l.Kind, l.Language, l.State, l.Why, l.PreparedBy, l.PreparedAt, l.Ended, d.Number })
                .OrderByDescending(r => r.Id).Take(AtOnce).ToListAsync(ct);
            var ids = rows.Select(r => r.PersonId).Distinct().ToList();
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id);
            var rules = await zone.Set<SafeContact>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, ct);
            var now = clock.GetUtcNow();
            await keys.Fetch(people.Keys, ct);
            return [.. rows.Select(r => new Row(r.Id, r.DossierId, r.Number, people.TryGetValue(r.PersonId, out var person) ? person.Identity.Value.Initials : "–", r.Kind, r.Language, r.State, r.Why, r.PreparedBy, r.PreparedAt, r.Ended)
            {
                OnlyIf = rules.GetValueOrDefault(r.PersonId) is { Letter: Rule.OnlyIf } kept ? kept.Details.Value : null, AskAgain = rules.GetValueOrDefault(r.PersonId)?.MustBeAskedAgain(now) == true,
            })];
        }
    }
}

/// <summary>Takes a prepared letter back: somebody wants it so, or the gate refused it.</summary>
internal static class Withdraw
{
    /// <param name="Number">Of its dossier.</param>
    internal sealed record Back(string Number, Guid Dossier, Guid Person);

    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Letter, Bar Why = Bar.Withdrawn) : ICommand<Back>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Back>
    {
        public async Task<Back> Handle(Command command, CancellationToken ct)
        {
            var about = await zone.Set<Letter>().Where(l => l.Id == command.Letter).Select(l => (Guid?)l.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", command.Letter);
            var (dossier, now) = (await guard.Open(about, ct), clock.GetUtcNow());
            var letter = await zone.Set<Letter>().SingleAsync(l => l.Id == command.Letter, ct);
            var back = new Back(dossier.Number, dossier.Id, letter.PersonId);
            if (letter.State != LetterState.Prepared) return back;
            letter.Drop(command.Why, now);
            if (command.Why != Bar.Withdrawn) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.TakenBack, caller.Self, now, code: (int)command.Why));
            return back;
        }
    }
}
