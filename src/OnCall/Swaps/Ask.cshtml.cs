using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Warnings;

namespace VictimSupport.OnCall.Swaps;

/// <summary>One's own shift is offered to a colleague, perhaps for one of theirs.</summary>
[Requires(May.TakeShifts)]
internal sealed class Ask(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Shift { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public View Now { get; private set; } = null!;
    public IReadOnlyList<Choice> People => [.. Now.People.Select(p => new Choice(p.Key, p.Shown))];
    public IReadOnlyList<Choice> Theirs => [.. Now.Theirs.Select(t => new Choice(t.Shift.Id.ToString(), $"{t.Name}, {Moment.Show(t.Shift.Start)} – {Moment.Show(t.Shift.End)}, {Words.Of(t.Shift.Rank)}"))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(Shift), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Shift = Shift, Once = Once }, ct);
        TempData["Done"] = Words.SwapAsked;
        return RedirectToPage("/OnCall/Swaps/Mine");
    }

    internal sealed record Other(Shift Shift, string Name);
    internal sealed record View(Pool Pool, Shift Shift, IReadOnlyList<OnCallColleague> People, IReadOnlyList<Other> Theirs);

    [Requires(May.TakeShifts)]
    internal sealed record Query(Guid Shift) : ICatalogQuery<View>;

    [Requires(May.TakeShifts)]
    internal sealed record Command : ICatalogCommand<Guid>
    {
        public string? Who { get; init; }

        /// <summary>A shift of that colleague, taken for one's own.</summary>
        public Guid? InReturn { get; init; }
        internal Guid Shift { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Who).NotEmpty().WithMessage(_ => Words.ChooseColleague);
    }

    // One's own and not over; anything else is not there.
    private static async Task<(Pool Pool, Shift Shift)> Own(CatalogDbContext house, OurPools pools, Guid id, Guid self, DateTimeOffset now, CancellationToken ct)
    {
        var shift = await house.Set<Shift>().SingleOrDefaultAsync(s => s.Id == id && s.Removed == null && s.Account == self && s.End > now, ct) ?? throw new RefusedException("absent", id);
        return (await pools.Get(shift.Pool, ct), shift);
    }

    internal sealed class QueryHandler(CatalogDbContext house, OurPools pools, Staff staff, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (pool, shift) = await Own(house, pools, query.Shift, caller.Self, clock.GetUtcNow(), ct);
            var people = (await staff.Of(pool.Id, ct)).Where(p => p.Account != caller.Self).ToList();
            var (now, ids) = (clock.GetUtcNow(), people.ConvertAll(p => p.Account));
            var theirs = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == pool.Id && s.Removed == null && s.Start > now && ids.Contains(s.Account)).OrderBy(s => s.Start).Take(100).ToListAsync(ct);
            return new View(pool, shift, people, [.. theirs.Select(t => new Other(t, people.First(p => p.Account == t.Account).Name))]);
        }
    }

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, OnTheBell bell, UseCase here, Foundation.Audit.Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var (pool, shift) = await Own(house, pools, form.Shift, caller.Self, now, ct);
            if (form.Once != default && await house.Set<Swap>().AsNoTracking().Where(s => s.Once == form.Once && s.AskedBy == caller.Self).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(ct) is { } before) return before;
            var who = (await staff.Of(pool.Id, ct)).FirstOrDefault(p => p.Key == form.Who && p.Account != caller.Self) ?? throw Book.Wrong(nameof(Command.Who), Words.ChooseColleague);
            if (form.InReturn is { } id && !await house.Set<Shift>().AnyAsync(s => s.Id == id && s.Pool == pool.Id && s.Removed == null && s.Account == who.Account && s.Start > now, ct)) throw Book.Wrong(nameof(Command.InReturn), Words.NotTheirShift);
            if (await house.Set<Swap>().AnyAsync(s => s.Shift == shift.Id && s.AskedOf == who.Account && s.State == SwapState.Asked, ct)) throw Book.Wrong(nameof(Command.Who), Words.AskedAlready);
            var swap = Swap.Ask(pool.Id, shift.Id, form.InReturn, (caller.Self, shift.Employer), (who.Account, who.Employer), form.Once, now);
            house.Add(swap);
            house.Add(SwapAskedMail.New(swap, now));
            pool.Touch(); // who asks twice at once asks one after the other
            trail.Because("swap", here.InZone.Id);
            bell.Forget();
            return swap.Id;
        }
    }
}
