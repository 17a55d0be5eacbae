using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Zones.Contracts;
using Staff = VictimSupport.OnCall.Rotas.Staff;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Called out: one press on the zone of the facts, and whoever is on duty stands there, for that call-out and no longer than the zone lets it be seen. First the zone from which they go has it on record, then
/// the one to which they come, with the visit itself.</summary>
[Requires(May.TakeShifts)]
internal sealed class Open(IMediator pipeline, IVisits visits, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public View Now { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var begun = await pipeline.Send(Form with { Once = Once }, ct);
        if (begun.Visits) await pipeline.Send(new Admit(begun.Id), ct);
        visits.Kept(begun.Account);
        if (begun.Account == who.Caller.Account) return LocalRedirect($"/{begun.Code}/call-outs/enter/{begun.Id}");
        // A mail alone would be read in the morning.
        TempData["Done"] = begun.Number is { } number ? Words.CalledOutRing(number) : Words.CalledOutNoNumber;
        return RedirectToPage("/OnCall/Now/Show");
    }

    /// <param name="People">Whom a coordinator may call out; empty: oneself alone.</param>
    internal sealed record View(IReadOnlyList<Destination> To, int Pools, IReadOnlyList<Choice> People);

    /// <param name="Code">Of the zone of the facts.</param>
    /// <param name="Visits">It is not their own zone.</param>
    /// <param name="Number">At which whoever goes is called in this shift; null: none is known.</param>
    internal sealed record Begun(Guid Id, Guid Account, string Code, bool Visits, string? Number);

    [Requires(May.TakeShifts)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.TakeShifts)]
    internal sealed record Command : ICatalogCommand<Begun>
    {
        public string To { get; init; } = "";

        /// <summary>null or empty: oneself.</summary>
        public string? Who { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>Lets them in: recorded under the zone to which they come.</summary>
    [Requires(May.TakeShifts)]
    internal sealed record Admit(Guid CallOut) : ICatalogCommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.To).NotEmpty().WithMessage(_ => Words.ChooseZone).MaximumLength(80).WithMessage(_ => Words.ChooseZone);
            RuleFor(c => c.Who).MaximumLength(80).WithMessage(_ => Words.ChooseColleague);
        }
    }

    internal sealed class QueryHandler(Goes goes, Staff staff, Caller caller) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var all = await goes.All(ct);
            var mine = (await goes.For(caller.Self, all, ct)).Select(g => g.To).ToList();
            var people = new List<OnCallColleague>();
            if (goes.CallsOut)
                foreach (var pool in all.Select(d => d.Pool.Id).Distinct()) people.AddRange(await staff.Of(pool, ct));
            return new View(mine, mine.Select(d => d.Pool.Id).Distinct().Count(), [.. people.Where(p => p.Account != caller.Account).DistinctBy(p => p.Key).Select(p => new Choice(p.Key, p.Shown))]);
        }
    }

    internal sealed class Handler(CatalogDbContext house, Goes goes, Staff staff, IVisits visits, UseCase here, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Command, Begun>, IRequestHandler<Admit, bool>
    {
        public async Task<Begun> Handle(Command form, CancellationToken ct)
        {
            var (now, self, zone) = (clock.GetUtcNow(), caller.Self, here.InZone.Id);
            trail.Because("call-out", zone);
            if (form.Once != default && await house.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Once == form.Once && c.By == self && c.Zone != null, ct) is { } before) return await Said(before, ct);
            OnCallColleague? other = null;
            if (!string.IsNullOrEmpty(form.Who))
            {
                if (!goes.CallsOut) throw new RefusedException("role", zone);
                var pool = (await goes.All(ct)).FirstOrDefault(d => d.Key == form.To)?.Pool ?? throw new RefusedException("absent", zone);
                other = (await staff.Of(pool.Id, ct)).FirstOrDefault(p => p.Key == form.Who) ?? throw Book.Wrong(nameof(Command.Who), Words.ChooseColleague);
            }
            var (to, employer, until) = await goes.Must(form.To, other?.Account ?? self, other?.Employer, ct);
            if (to.Zone is not { } facts) throw new RefusedException("absent", zone);
            var callOut = CallOut.Begin(to.Pool.Id, other?.Account ?? self, employer, facts, until, self, zone, form.Once, now);
            house.Add(callOut);
            // Whoever presses for themselves knows; whom another sends learns of it here.
            if (callOut.Account != self) house.Add(OutboxMessage.New($"{CalledOutMail.KindName} {callOut.Id}", CalledOutMail.KindName, callOut.Id, callOut.Account, now, zone));
            return new Begun(callOut.Id, callOut.Account, to.Code, employer != facts, await Number(callOut, now, ct));
        }

        public async Task<bool> Handle(Admit command, CancellationToken ct)
        {
            var self = caller.Self;
            var callOut = await house.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == command.CallOut && c.By == self, ct) ?? throw new RefusedException("absent", command.CallOut);
            await visits.Begin(house, new VisitAsked(callOut.Account, callOut.Zone!.Value, callOut.Employer, VisitKind.CallOut, callOut.Id, callOut.Until), self, ct);
            trail.Because("call-out", callOut.Zone.Value);
            return true;
        }

        private async Task<Begun> Said(CallOut callOut, CancellationToken ct) =>
            new(callOut.Id, callOut.Account, await house.Set<ZoneRecord>().Where(z => z.Id == callOut.Zone).Select(z => z.Code).SingleAsync(ct), callOut.Employer != callOut.Zone, await Number(callOut, clock.GetUtcNow(), ct));

        private async Task<string?> Number(CallOut callOut, DateTimeOffset now, CancellationToken ct)
        {
            var (pool, account) = (callOut.Pool, callOut.Account);
            var shift = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == pool && s.Account == account && s.Removed == null && s.Start <= now && now < s.End).OrderBy(s => s.Rank).FirstOrDefaultAsync(ct);
            return shift?.Number ?? (shift is { Rank: Rank.Duty } ? await house.Set<Pool>().Where(p => p.Id == pool).Select(p => p.Number).SingleAsync(ct) : null);
        }
    }
}
