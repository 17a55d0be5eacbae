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

/// <summary>Fills a period by a weekly pattern. What stands there already stays.</summary>
[Requires(May.KeepRota)]
internal sealed class Fill(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Edit.View Now { get; private set; } = null!;
    public IReadOnlyList<Choice> People => [.. Now.People.Select(p => new Choice(p.Key, p.Shown))];
    public IReadOnlyList<Choice> Ranks => Choice.All<Rank>(Words.Of);
    public IReadOnlyList<Choice> Rhythms => Choice.All<Rhythm>(Words.Of);
    public IReadOnlyList<Choice> Days => [.. Week.Select(d => new Choice(d.ToString(), System.Globalization.CultureInfo.CurrentCulture.DateTimeFormat.GetDayName(d)))];

    internal static readonly DayOfWeek[] Week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Rank = Rank.Duty, Rhythm = Rhythm.Week, Days = [DayOfWeek.Monday], From = new TimeOnly(8, 0), To = new TimeOnly(8, 0) };
    }

    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Edit.Query(Pool, null), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var filled = await pipeline.Send(Form with { Pool = Pool, Once = Once }, ct);
        TempData["Done"] = Words.Filled(filled.Entered, filled.Taken);
        return RedirectToPage("/OnCall/Rotas/Show", new { Pool, from = Form.First is { } day ? Show.Text(day) : null });
    }

    /// <param name="Taken">Not entered because somebody is on call then.</param>
    internal sealed record Answer(int Entered, int Taken);

    [Requires(May.KeepRota)]
    internal sealed record Command : ICatalogCommand<Answer>
    {
        public const int MostInTurn = 8;

        public DateOnly? First { get; init; }
        public DateOnly? Last { get; init; }
        public Rank? Rank { get; init; }
        public Rhythm? Rhythm { get; init; }
        public List<DayOfWeek> Days { get; init; } = [];
        public TimeOnly? From { get; init; }
        public TimeOnly? To { get; init; }

        /// <summary>In their turn, a week each; empty places are passed over.</summary>
        public string? Who1 { get; init; }
        public string? Who2 { get; init; }
        public string? Who3 { get; init; }
        public string? Who4 { get; init; }
        public string? Who5 { get; init; }
        public string? Who6 { get; init; }
        public string? Who7 { get; init; }
        public string? Who8 { get; init; }
        internal IReadOnlyList<string> Turns => [.. new[] { Who1, Who2, Who3, Who4, Who5, Who6, Who7, Who8 }.OfType<string>().Where(w => w.Length > 0)];
        internal Guid Pool { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        private const int LongestDays = 190;

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.First).NotNull().WithMessage(_ => Words.EnterDay).Must(d => d is null || (d >= Moment.Day(clock.GetUtcNow()).AddDays(-31) && d <= Moment.Day(clock.GetUtcNow()).AddDays(366))).WithMessage(_ => Words.StartTooFar);
            RuleFor(c => c.Last).NotNull().WithMessage(_ => Words.EnterDay).Must((c, d) => d is null || c.First is null || (d >= c.First && d.Value.DayNumber - c.First.Value.DayNumber < LongestDays)).WithMessage(_ => Words.PeriodTooLong);
            RuleFor(c => c.Rank).NotNull().WithMessage(_ => Words.ChooseRank).IsInEnum().WithMessage(_ => Words.ChooseRank);
            RuleFor(c => c.Rhythm).NotNull().WithMessage(_ => Words.ChooseRhythm).IsInEnum().WithMessage(_ => Words.ChooseRhythm);
            RuleFor(c => c.Days).Must((c, d) => c.Rhythm == Rotas.Rhythm.Week ? d.Distinct().Count() == 1 : d.Count > 0).WithMessage(c => c.Rhythm == Rotas.Rhythm.Week ? Words.ChooseOneDay : Words.ChooseDays);
            RuleForEach(c => c.Days).IsInEnum().WithMessage(_ => Words.ChooseDays);
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.EnterStart);
            RuleFor(c => c.To).NotNull().When(c => c.Rhythm == Rotas.Rhythm.Days).WithMessage(_ => Words.EnterEnd);
            RuleFor(c => c.Who1).Must((c, _) => c.Turns.Count > 0).WithMessage(_ => Words.ChooseColleague);
        }
    }

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, Book rota, TimeProvider clock) : IRequestHandler<Command, Answer>
    {
        public async Task<Answer> Handle(Command form, CancellationToken ct)
        {
            var pool = await pools.Get(form.Pool, ct);
            // The same form sent again enters nothing twice: what it entered stands in the way of itself, and is not said to be another's.
            if (form.Once != default && await house.Set<Shift>().CountAsync(s => s.Pool == pool.Id && s.Once == form.Once, ct) is > 0 and var before) return new Answer(before, 0);
            var people = (await staff.Of(pool.Id, ct)).ToDictionary(p => p.Key);
            if (form.Turns.FirstOrDefault(w => !people.ContainsKey(w)) is not null) throw Book.Wrong(nameof(Command.Who1), Words.ChooseColleague);
            var pattern = new Pattern(form.Rhythm!.Value, [.. form.Days.Distinct().OrderBy(d => Array.IndexOf(Week, d))], form.From!.Value, form.To ?? form.From.Value);
            var spans = pattern.Between(form.First!.Value, form.Last!.Value).Where(s => s.Span.Start >= pool.Begins && s.Span.End <= pool.Ends && s.Span.Start < s.Span.End).ToList();
            if (spans.Count == 0) throw Book.Wrong(nameof(Command.First), Words.NothingToFill);
            var (there, entered) = (await rota.Between(pool.Id, spans[0].Span.Start, spans.Max(s => s.Span.End), ct), new List<Shift>());
            foreach (var (span, turn) in spans)
            {
                var who = people[form.Turns[turn % form.Turns.Count]];
                if (there.Exists(s => s.Meets(span.Start, span.End) && (s.Rank == form.Rank || s.Account == who.Account))) continue;
                var shift = Shift.New(pool.Id, new Shift.What(form.Rank!.Value, who.Account, who.Employer, span.Start, span.End, null), form.Once, clock.GetUtcNow());
                rota.Add(pool, shift);
                there.Add(shift);
                entered.Add(shift);
            }
            rota.Tell(pool, News.Entered, entered.Select(s => s.Says()));
            return new Answer(entered.Count, spans.Count - entered.Count);
        }
    }
}
