using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <summary>One shift, freely entered or changed; removing it stands apart on the same page.</summary>
[Requires(May.KeepRota)]
internal sealed class Edit(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }

    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Shift { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public View Now { get; private set; } = null!;

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> People => [.. Now.People.Select(p => new Choice(p.Key, p.Shown))];
    public IReadOnlyList<Choice> Ranks => Choice.All<Rank>(Words.Of);
    public string NameOf(string? key) => Now.People.FirstOrDefault(p => p.Key == key)?.Shown ?? "–";

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Pool, Shift), ct);
        Form = Now.Known ?? new Command { Rank = Rank.Duty };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Pool, Shift), ct);
        if (Now.Known is { } now && now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var start = await pipeline.Send(Form with { Pool = Pool, Shift = Shift, Once = Once }, ct);
        TempData["Done"] = Words.ShiftSaved;
        return RedirectToPage("/OnCall/Rotas/Show", new { Pool, from = Show.Text(Moment.Day(start)) });
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await pipeline.Send(new Remove { Pool = Pool, Shift = Shift ?? Guid.Empty }, ct);
        TempData["Done"] = Words.ShiftRemoved;
        return RedirectToPage("/OnCall/Rotas/Show", new { Pool });
    }

    /// <param name="Known">As it stands; null: a new one.</param>
    internal sealed record View(Pool Pool, IReadOnlyList<OnCallColleague> People, Command? Known);

    [Requires(May.KeepRota)]
    internal sealed record Query(Guid Pool, Guid? Shift) : ICatalogQuery<View>;

    [Requires(May.KeepRota)]
    internal sealed record Command : ICatalogCommand<DateTimeOffset>
    {
        public DateTimeOffset? Start { get; init; }
        public DateTimeOffset? End { get; init; }
        public Rank? Rank { get; init; }

        /// <summary>A colleague and the zone whose colleague they are in this shift.</summary>
        public string? Who { get; init; }
        public string? Number { get; init; }
        public int Version { get; init; }
        internal Guid Pool { get; init; }
        internal Guid? Shift { get; init; }
        internal Guid Once { get; init; }
    }

    [Requires(May.KeepRota)]
    internal sealed record Remove : ICatalogCommand<bool>
    {
        internal Guid Pool { get; init; }
        internal Guid Shift { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        private const int DaysBack = 62, DaysAhead = 400;

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Start).NotNull().WithMessage(_ => Words.EnterStart).Must(s => s is null || (s > clock.GetUtcNow().AddDays(-DaysBack) && s < clock.GetUtcNow().AddDays(DaysAhead))).WithMessage(_ => Words.StartTooFar);
            RuleFor(c => c.End).NotNull().WithMessage(_ => Words.EnterEnd).Must((c, e) => e is null || c.Start is null || (e > c.Start && e - c.Start <= Rotas.Shift.Longest)).WithMessage(_ => Words.EndAfterStart);
            RuleFor(c => c.Rank).NotNull().WithMessage(_ => Words.ChooseRank).IsInEnum().WithMessage(_ => Words.ChooseRank);
            RuleFor(c => c.Who).NotEmpty().WithMessage(_ => Words.ChooseColleague);
            RuleFor(c => c.Number).Must(Numbers.IsOne).WithMessage(_ => Words.NoTelephone);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, OurPools pools, Staff staff) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var pool = await pools.Get(query.Pool, ct);
            var people = await staff.Of(pool.Id, ct);
            if (query.Shift is not { } id) return new View(pool, people, null);
            var shift = await house.Set<Shift>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.Pool == pool.Id && s.Removed == null, ct) ?? throw new RefusedException("absent", id);
            return new View(pool, people, new Command { Start = shift.Start, End = shift.End, Rank = shift.Rank, Who = people.FirstOrDefault(p => p.Account == shift.Account && p.Employer == shift.Employer)?.Key, Number = shift.Number, Version = shift.Version });
        }
    }

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, Book rota, TimeProvider clock) : IRequestHandler<Command, DateTimeOffset>, IRequestHandler<Remove, bool>
    {
        public async Task<DateTimeOffset> Handle(Command form, CancellationToken ct)
        {
            var pool = await pools.Get(form.Pool, ct);
            var known = form.Shift is { } id ? await Find(pool, id, ct) : null;
            if (known is null && form.Once != default && await house.Set<Shift>().AsNoTracking().FirstOrDefaultAsync(s => s.Pool == pool.Id && s.Once == form.Once, ct) is { } before) return before.Start;
            if (known is not null && known.Version != form.Version) throw Book.Wrong(nameof(Command.Who), Words.ChangedMeanwhile);
            var who = (await staff.Of(pool.Id, ct)).FirstOrDefault(p => p.Key == form.Who) ?? throw Book.Wrong(nameof(Command.Who), Words.ChooseColleague);
            var what = new Shift.What(form.Rank!.Value, who.Account, who.Employer, form.Start!.Value.ToUniversalTime(), form.End!.Value.ToUniversalTime(), form.Number);
            if (what.Start < pool.Begins || what.End > pool.Ends) throw Book.Wrong(nameof(Command.Start), Words.OutsideThePool);
            if (await rota.InTheWay(pool.Id, what, known is null ? [] : [known.Id], ct) is { } other)
                throw Book.Wrong(other.Rank == what.Rank ? nameof(Command.Start) : nameof(Command.Who), other.Rank == what.Rank ? Words.TakenAlready(Moment.Show(other.Start), Moment.Show(other.End)) : Words.InBothRanks(Moment.Show(other.Start), Moment.Show(other.End)));
            if (known is null)
            {
                rota.Add(pool, Rotas.Shift.New(pool.Id, what, form.Once, clock.GetUtcNow()));
                rota.Tell(pool, News.Entered, [what]);
                return what.Start;
            }
            var was = known.Says();
            known.Change(what);
            rota.Note(pool, known, Turn.Changed);
            if (was.Account != what.Account)
            {
                rota.Tell(pool, News.Removed, [was]);
                rota.Tell(pool, News.Entered, [known.Says()]);
            }
            else if (was != known.Says()) rota.Tell(pool, News.Changed, [known.Says()]);
            await rota.LapseSwaps(pool, known, null, ct);
            return what.Start;
        }

        public async Task<bool> Handle(Remove command, CancellationToken ct)
        {
            var pool = await pools.Get(command.Pool, ct);
            var shift = await Find(pool, command.Shift, ct);
            shift.Remove(clock.GetUtcNow());
            rota.Note(pool, shift, Turn.Removed);
            rota.Tell(pool, News.Removed, [shift.Says()]);
            await rota.LapseSwaps(pool, shift, null, ct);
            return true;
        }

        private async Task<Shift> Find(Pool pool, Guid id, CancellationToken ct) => await house.Set<Shift>().SingleOrDefaultAsync(s => s.Id == id && s.Pool == pool.Id && s.Removed == null, ct) ?? throw new RefusedException("absent", id);
    }
}

/// <summary>What a number to call looks like; short numbers are numbers too.</summary>
internal static class Numbers
{
    public static bool IsOne(string? typed) => string.IsNullOrWhiteSpace(typed) || (typed.Length <= 40 && typed.Count(char.IsAsciiDigit) is >= 3 and <= 15 && typed.All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '/' or '.' or '-' or '(' or ')'));
}
