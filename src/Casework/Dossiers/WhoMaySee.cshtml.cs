using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Who may see a dossier: as the zone works, restricted, or sealed; who is named; who has it for a time; who is walled off.</summary>
[Requires(May.DecideWhoSees)]
internal sealed class WhoMaySee(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public View Now { get; private set; } = null!;

    /// <summary>Somebody saved while this form was filled in: what holds now is shown beside what was chosen, and the next press saves over it.</summary>
    public bool ChangedMeanwhile { get; private set; }
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Protections => [.. Enum.GetValues<Protection>().Select(p => new Choice(p.ToString(), Words.Of(p), Words.Of($"Protection_{p}_Hint")))];
    public IReadOnlyList<Choice> Readers => [.. Now.Candidates.Where(Names.ContainsKey).Select(c => new Choice(c.ToString(), Names[c].DisplayName)).OrderBy(c => c.Text, StringComparer.CurrentCulture)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        ChangedMeanwhile = false;
        Form = new Command { Protection = Now.Protection, Readers = [.. Now.Named], Version = Now.Version };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Dossier), ct);
        (ChangedMeanwhile, Form) = (Form.Version != Now.Version, Form with { Version = Now.Version });
        Names = await accounts.Named(Now.Candidates.Concat(Now.Named).Concat(Now.ForATime.Select(g => g.Account)).Concat(Now.WalledOff), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier }, ct);
        TempData["Done"] = Words.SightSaved;
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage(new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    public string Name(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    internal sealed record ForATime(Guid Account, GrantKind Kind, DateTimeOffset? Until);

    /// <param name="Candidates">Whom one may name: who works here and is not walled off.</param>
    internal sealed record View(string Number, int Version, Protection Protection, IReadOnlyList<Guid> Named, IReadOnlyList<Guid> Candidates, IReadOnlyList<ForATime> ForATime, IReadOnlyList<Guid> WalledOff);

    [Requires(May.DecideWhoSees)]
    internal sealed record Query(Guid Dossier) : IQuery<View>;

    [Requires(May.DecideWhoSees), FreshFactor]
    internal sealed record Command : ICommand<bool>, ISensitive
    {
        public Protection Protection { get; init; }
        public List<Guid> Readers { get; init; } = [];
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Protection).IsInEnum().WithMessage(_ => Words.ChooseProtection);
            RuleFor(c => c.Readers).NotEmpty().When(c => c.Protection == Protection.Sealed).WithMessage(_ => Words.NameAReader);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Colleagues colleagues, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Read(query.Dossier, ct), clock.GetUtcNow());
            if (!await guard.Leads(dossier, ct)) throw new RefusedException("absent", dossier.Id);
            var (named, walled) = (await colleagues.Named(dossier.Id, ct), await colleagues.KeptAway(dossier.Id, ct));
            var others = (await zone.Set<Grant>().AsNoTracking().Where(g => g.DossierId == dossier.Id && g.Kind != GrantKind.Named && g.Kind != GrantKind.Trainee).ToListAsync(ct)).Where(g => g.Counts(now));
            return new View(dossier.Number, dossier.Version, dossier.Protection, [.. named.Select(g => g.Account).Distinct()], [.. (await colleagues.Holding(Colleagues.Nameable, ct)).Keys.Where(a => !walled.Contains(a))],
                [.. others.Select(g => new ForATime(g.Account, g.Kind, g.Until))], [.. walled]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Going going, LastResort lastResort, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (!await guard.Leads(dossier, ct)) throw new RefusedException("absent", dossier.Id);
            if (form.Version != dossier.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Protection), Words.ChangedMeanwhile)]);
            var (staff, walled) = (await colleagues.Holding(Colleagues.Nameable, ct), await colleagues.KeptAway(dossier.Id, ct));
            var readers = form.Readers.ToHashSet();
            if (readers.Any(r => walled.Contains(r) || (!staff.ContainsKey(r) && r != caller.Account))) throw new RefusedException("absent", dossier.Id);
            if (form.Protection == Protection.Sealed && readers.All(r => KindOf(r) != GrantKind.Named)) throw new ValidationException([new ValidationFailure(nameof(Command.Readers), Words.NameAReader)]);
            // The worker of a restricted dossier is named by having it; of a sealed one only whom somebody chose.
            if (dossier.AssignedTo is { } worker)
            {
                if (form.Protection == Protection.Restricted) readers.Add(worker);
                if (form.Protection == Protection.Sealed && !readers.Contains(worker)) dossier.Assign(null);
            }
            var grants = await zone.Set<Grant>().Where(g => g.DossierId == dossier.Id).ToListAsync(ct);
            var named = grants.Where(g => g.Kind is GrantKind.Named or GrantKind.Trainee && g.Counts(now)).ToList();
            foreach (var gone in named.Where(g => !readers.Contains(g.Account))) gone.End(now);
            // Who goes to an appointment was let in while all might be; whoever is to read it now is said here.
            if (form.Protection != Protection.None) foreach (var goes in grants.Where(g => g.Kind == GrantKind.Going && g.Counts(now) && !readers.Contains(g.Account))) goes.End(now);
            foreach (var reader in readers.Where(r => named.All(g => g.Account != r)))
            {
                var grant = Grant.Give(dossier.Id, reader, KindOf(reader), now, null, caller.Self);
                grants.Add(grant);
                zone.Add(grant);
            }
            if (dossier.Protection != form.Protection) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Protected, caller.Self, now, code: (int)form.Protection));
            dossier.Protect(form.Protection);
            if (form.Protection == Protection.None) await going.Settle(dossier, ct);
            await lastResort.Reach(dossier, walled, grants, ct);
            return true;

            GrantKind KindOf(Guid account) => staff.TryGetValue(account, out var roles) ? Grant.NamingOf(roles) : GrantKind.Named;
        }
    }
}
