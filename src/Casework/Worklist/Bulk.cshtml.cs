using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Worklist;

/// <summary>Several dossiers at once: first they are shown, then assigned or postponed as they were shown, each in a transaction and a record of its own; for ten minutes it can be taken back.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Bulk(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = new([], []);
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = new Dictionary<Guid, Colleague>();

    /// <summary>Whoever leads decides who works on what; others postpone only.</summary>
    public bool MayAssign => who.Caller.May(May.OpenAnyDossierOfTheZone);
    public int LeftOut => Form.Dossiers.Distinct().Count() - View.Rows.Count;
    public IReadOnlyList<Choice> Acts => [.. Enum.GetValues<BulkAct>().Where(a => a != BulkAct.HandOver && (a != BulkAct.Assign || MayAssign)).Select(a => new Choice(a.ToString(), Words.Of(a)))];
    public IReadOnlyList<Choice> Workers => [new(Guid.Empty.ToString(), Words.Nobody), .. View.Loads.Among(View.MayGet.Where(Names.ContainsKey).Select(w => Names[w]))];

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    /// <summary>Shows what was chosen; nothing is changed.</summary>
    public Task OnPostAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Form.Dossiers, MayAssign), ct);
        Names = await accounts.Named(View.MayGet.Concat(View.Rows.Select(r => r.AssignedTo).OfType<Guid>()), ct);
    }

    public async Task<IActionResult> OnPostDoAsync(CancellationToken ct)
    {
        var turn = await pipeline.Send(Form, ct);
        // One after the other: each is recorded under its own dossier, and one that changed meanwhile stays as it is.
        var done = await Each(turn.Steps, step => turn.Act == BulkAct.Assign ? Send(new Assign.Command(step.Dossier, BulkStep.Worker(step.After), new(BulkStep.Worker(step.Before), IsOpen: true))) : Send(new PostponeTo.Command(step.Act, BulkStep.Due(step.After), BulkStep.Due(step.Before))));
        TempData["Done"] = Said(Words.BulkDone(done), turn.Steps.Count - done + turn.Left);
        TempData.Offer(new(turn.Id, IsAct: false), who.Caller.Self, clock.GetUtcNow());
        return this.BackToList();

        Task<bool> Send(IRequest<bool> one) => pipeline.Send(one, ct);
    }

    public async Task<IActionResult> OnPostUndoAsync(Guid turn, CancellationToken ct)
    {
        Turn taken;
        try
        {
            taken = await pipeline.Send(new Back.Query(turn), ct);
        }
        catch (RefusedException)
        {
            TempData["Done"] = Words.TooLateToTakeBack; // the page stood open for longer than that
            return this.BackToList();
        }
        TempData.TakenBack();
        // A caseload goes back dossier by dossier, with its appointments.
        IReadOnlyList<BulkStep> steps = taken.Act == BulkAct.HandOver ? [.. taken.Steps.DistinctBy(s => s.Dossier)] : taken.Steps;
        var done = await Each(steps, step => taken.Act == BulkAct.HandOver ? pipeline.Send(new TakeBack.Command(turn, step.Dossier), ct) : pipeline.Send(new Back.Command(turn, step.Act), ct));
        TempData["Done"] = Said(Words.BulkUndone(done), steps.Count - done);
        return this.BackToList();
    }

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    private static async Task<int> Each(IReadOnlyList<BulkStep> steps, Func<BulkStep, Task<bool>> deed)
    {
        var done = 0;
        foreach (var step in steps)
        {
            try
            {
                if (await deed(step)) done++;
            }
            catch (RefusedException)
            {
                // Not there any more, or not theirs: said as a number.
            }
        }
        return done;
    }

    private static string Said(string done, int left) => left == 0 ? done : $"{done} {Words.BulkSkipped(left)}";

    /// <param name="Act">The next act; null: none is planned.</param>
    internal sealed record Row(Guid Dossier, string Number, string Initials, string SubKind, Danger Danger, Guid? Act, ActKind? Kind, DateTimeOffset? Due, Guid? AssignedTo)
    {
        /// <summary>What the zone itself calls the facts; null: as shipped.</summary>
        public string? Own { get; init; }
    }

    /// <param name="MayGet">Colleagues to whom every one of them may go.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, IReadOnlyList<Guid> MayGet) : IListDossiers
    {
        public Loads Loads { get; init; } = Loads.None;

        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Dossier);
    }

    /// <summary>Those of the chosen that are open and there for the caller. A sealed one is handled by itself, with a factor.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Query(IReadOnlyList<Guid> Dossiers, bool Assigns) : IQuery<Answer>;

    internal sealed record Turn(Guid Id, BulkAct Act, IReadOnlyList<BulkStep> Steps)
    {
        /// <summary>How many of those chosen are not as they were shown any more: nothing is done to them.</summary>
        public int Left { get; init; }
    }

    /// <summary>What a row said of its dossier when it was shown: ids and an instant only.</summary>
    internal sealed record Shown
    {
        public Guid Dossier { get; init; }

        /// <summary>The next act; null: none was planned.</summary>
        public Guid? Act { get; init; }

        /// <summary>When it was due, in ticks of UTC.</summary>
        public long? Due { get; init; }

        /// <summary>null: nobody's.</summary>
        public Guid? Worker { get; init; }

        public static Shown Of(Guid dossier, Guid? act, DateTimeOffset? due, Guid? worker) => new() { Dossier = dossier, Act = act, Due = due?.UtcTicks, Worker = worker };
    }

    /// <summary>Says what will be done to which and remembers how they were; the deeds follow one by one.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Turn>
    {
        public List<Guid> Dossiers { get; init; } = [];

        /// <summary>How they were shown: what is not there, or says something else today, stays as it is.</summary>
        public List<Shown> Rows { get; init; } = [];
        public BulkAct? Act { get; init; }

        /// <summary>null: nobody's.</summary>
        public Guid? To { get; init; }
        public DateTimeOffset? Until { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public const int Most = 50;

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Dossiers).NotEmpty().WithMessage(_ => Words.BulkNone).Must(d => d.Count <= Most).WithMessage(_ => Words.BulkMost(Most));
            RuleFor(c => c.Act).NotNull().WithMessage(_ => Words.BulkChoose).Must(a => a is null or BulkAct.Assign or BulkAct.Postpone).WithMessage(_ => Words.BulkChoose);
            RuleFor(c => c.To).NotNull().When(c => c.Act == BulkAct.Assign).WithMessage(_ => Words.ChooseColleague);
            RuleFor(c => c.Until).NotNull().When(c => c.Act == BulkAct.Postpone).WithMessage(_ => Words.EnterDue);
            RuleFor(c => c.Until).Must(due => due is null || due > clock.GetUtcNow()).When(c => c.Act == BulkAct.Postpone).WithMessage(_ => Words.DueInPast);
            RuleFor(c => c.Until).Must(due => due is null || due < clock.GetUtcNow().AddYears(1)).When(c => c.Act == BulkAct.Postpone).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Turn>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var chosen = await Chosen(query.Dossiers, ct);
            var leads = chosen.Select(d => d.Lead).OfType<Guid>().ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => leads.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
            await keys.Fetch(people.Keys, ct);
            var acts = await Next(chosen, ct);
            var own = await OwnCodes.WordsOf(zone, chosen.Select(d => d.OwnSubKind), ct);
            IEnumerable<Guid>? mayGet = null;
            if (query.Assigns)
            {
                foreach (var dossier in chosen)
                {
                    var these = await colleagues.WhoMayGet(dossier, ct);
                    mayGet = mayGet is null ? these : mayGet.Intersect(these).ToList();
                }
            }
            return new Answer([.. chosen.Select(d =>
            {
                var act = acts.GetValueOrDefault(d.Id);
                return new Row(d.Id, d.Number, d.Lead is { } lead && people.TryGetValue(lead, out var person) ? person.Identity.Value.Initials : "–", d.SubKind, d.Danger, act?.Id, act?.Kind, act?.DueAt, d.AssignedTo) { Own = own.Of(d.OwnSubKind) };
            })], [.. mayGet ?? []])
            {
                Loads = query.Assigns ? await Loads.For(caller, zone, guard, ct) : Loads.None,
            };
        }

        public async Task<Turn> Handle(Command form, CancellationToken ct)
        {
            var act = form.Act!.Value;
            if (act == BulkAct.Assign && !caller.May(May.OpenAnyDossierOfTheZone)) throw new RefusedException("assign");
            var chosen = await Chosen(form.Dossiers, ct);
            var acts = await Next(chosen, ct);
            // Whatever the row said: who assigns, or puts off, looked at both.
            var shown = form.Rows.ToHashSet();
            chosen.RemoveAll(d => !shown.Contains(Shown.Of(d.Id, acts.GetValueOrDefault(d.Id)?.Id, acts.GetValueOrDefault(d.Id)?.DueAt, d.AssignedTo)));
            var left = form.Dossiers.Distinct().Count() - chosen.Count;
            List<BulkStep> steps;
            if (act == BulkAct.Assign)
            {
                var to = form.To == Guid.Empty ? null : form.To;
                steps = [.. chosen.Where(d => d.AssignedTo != to).Select(d => new BulkStep(d.Id, d.Id, BulkStep.Of(d.AssignedTo), BulkStep.Of(to)))];
            }
            else
            {
                var until = form.Until!.Value.ToUniversalTime();
                until = new DateTimeOffset(until.Ticks - until.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
                // Postponed is later, never earlier.
                steps = [.. chosen.Select(d => acts.GetValueOrDefault(d.Id)).OfType<FollowUp>().Where(a => a.DueAt < until).Select(a => new BulkStep(a.DossierId, a.Id, BulkStep.Of(a.DueAt), BulkStep.Of(until)))];
            }
            if (steps.Count == 0) throw new ValidationException([new ValidationFailure(nameof(Command.Act), left == 0 ? Words.BulkNothing : Words.BulkSkipped(left))]);
            var turn = BulkTurn.Take(act, steps, caller.Self, clock.GetUtcNow());
            zone.Add(turn);
            return new Turn(turn.Id, act, steps) { Left = left };
        }

        private async Task<List<Dossier>> Chosen(IReadOnlyList<Guid> ids, CancellationToken ct)
        {
            var some = ids.Distinct().Take(Rules.Most).ToList();
            return await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => some.Contains(d.Id) && d.Closed == null && d.Protection != Protection.Sealed).OrderBy(d => d.NextDue).ThenBy(d => d.Id).ToListAsync(ct);
        }

        private async Task<Dictionary<Guid, FollowUp>> Next(IReadOnlyList<Dossier> dossiers, CancellationToken ct)
        {
            var ids = dossiers.Select(d => d.Id).ToList();
            return (await zone.Set<FollowUp>().AsNoTracking().Where(f => ids.Contains(f.DossierId) && f.Done == null).ToListAsync(ct)).GroupBy(f => f.DossierId).ToDictionary(g => g.Key, g => g.MinBy(f => (f.DueAt, f.Id))!);
        }
    }
}
