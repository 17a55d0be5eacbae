using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Handovers;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>Notes that a risk was assessed: of whom, when, how high, by whom. The assessment itself stays with its author.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class NoteRisk(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Persons => [.. View.People.Select(p => new Choice(p.Id.ToString(), p.Name))];
    public IReadOnlyList<Choice> Levels => Choice.All<RiskLevel>(Words.Of);
    public IReadOnlyList<Choice> Authors => Choice.All<RiskAuthor>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { On = View.Today, Persons = Concerned.TheOnlyOne(View.People.Select(p => p.Id)) };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier), ct);
        Names = await accounts.Named(View.History.SelectMany(r => new[] { r.By, r.WithdrawnBy ?? r.By }), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        TempData["Done"] = Words.RiskSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid risk, CancellationToken ct)
    {
        await pipeline.Send(new Withdraw(Dossier, risk), ct);
        TempData["Done"] = Words.RiskWithdrawn;
        return RedirectToPage(new { Dossier });
    }

    public string Name(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <param name="People">The helped persons of the dossier.</param>
    /// <param name="History">All that was ever noted, the latest first.</param>
    internal sealed record Answer(IReadOnlyList<(Guid Id, string Name)> People, IReadOnlyList<Risk> History, DateOnly Today)
    {
        public string Concerned(Risk risk) => string.Join(", ", People.Where(p => risk.Persons.Contains(p.Id)).Select(p => p.Name));
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public List<Guid> Persons { get; init; } = [];
        public DateOnly? On { get; init; }
        public RiskLevel? Level { get; init; }
        public RiskAuthor? Author { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>It was noted in error; it stays to be seen.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Withdraw(Guid Dossier, Guid Risk) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.On).NotNull().WithMessage(_ => Words.RiskWhen).Must(d => d is null || (d <= Moment.Day(clock.GetUtcNow()) && d > new DateOnly(2000, 1, 1))).WithMessage(_ => Words.RiskWhen);
            RuleFor(c => c.Level).NotNull().WithMessage(_ => Words.RiskHowHigh).IsInEnum().WithMessage(_ => Words.RiskHowHigh);
            RuleFor(c => c.Author).NotNull().WithMessage(_ => Words.RiskByWhom).IsInEnum().WithMessage(_ => Words.RiskByWhom);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>, IRequestHandler<Withdraw, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped).Select(p => (p.Id, p.Identity.Value.FullName)).ToList();
            return new Answer(people, await zone.Set<Risk>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderByDescending(r => r.At).ThenByDescending(r => r.Id).ToListAsync(ct), Moment.Day(clock.GetUtcNow()));
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var helped = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct)).Where(p => p.IsHelped).Select(p => p.Id).ToList();
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            if (persons.Except(helped).Any()) throw new RefusedException("absent", dossier.Id);
            var risk = Risk.Note(dossier.Id, persons, form.On!.Value, form.Level!.Value, form.Author!.Value, caller.Self, now);
            zone.AddRange(risk, Milestone.Reached(dossier.Id, MilestoneKind.RiskNoted, caller.Self, now, code: (int)risk.Level));
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = risk.Id });
            dossier.Assessed([.. await zone.Set<Risk>().Where(r => r.DossierId == dossier.Id).ToListAsync(ct), risk]);
            dossier.Touch();
            await proposals.AskBack(risk.Persons, ct); // what another zone was told of them says less than is known
            return risk.Id;
        }

        public async Task<bool> Handle(Withdraw command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            var all = await zone.Set<Risk>().Where(r => r.DossierId == dossier.Id).ToListAsync(ct);
            var risk = all.Find(r => r.Id == command.Risk) ?? throw new RefusedException("absent", dossier.Id);
            if (risk.Withdrawn is not null) return true;
            risk.Withdraw(caller.Self, clock.GetUtcNow());
            dossier.Assessed(all);
            dossier.Touch();
            await proposals.AskBack(risk.Persons, ct);
            return true;
        }
    }
}
