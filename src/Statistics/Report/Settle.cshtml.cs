using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Statistics.Report;

/// <summary>Settles the public edition of a year that is over. Its figures once: they never change afterwards, so two prints held against each other say nothing. The zone's words with them; what was written since is put out here as a new version.</summary>
[Requires(May.SettlePublicFigures)]
internal sealed class Settle(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public int Year { get; set; }

    /// <summary>What there is to do about the year.</summary>
    public Standing Stands { get; private set; }

    // Asks before it is done.
    public async Task OnGetAsync(CancellationToken ct) => Stands = await pipeline.Send(new Query(Year), ct);

    public Task ShowAgain(CancellationToken ct) => OnGetAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Year), ct);
        return Done(Words.ReportIsSettled);
    }

    public async Task<IActionResult> OnPostAnewAsync(CancellationToken ct)
    {
        return Done(await pipeline.Send(new Anew(Year), ct) ? Words.ReportSaidAnew : Words.ReportSaysTheSame);
    }

    private RedirectToPageResult Done(string said)
    {
        TempData["Done"] = said;
        return RedirectToPage("/Statistics/Report/Show", new { Year, Edition = Show.PublicEdition });
    }

    /// <summary>Open: its figures are to be settled. Behind: they are, and the zone's words were changed since. Same: nothing was.</summary>
    internal enum Standing { Open = 1, Behind, Same }

    [Requires(May.SettlePublicFigures)]
    internal sealed record Query(int Year) : IQuery<Standing>;

    /// <returns>false: it was settled before, and stays as it was.</returns>
    [Requires(May.SettlePublicFigures)]
    internal sealed record Command(int Year) : ICommand<bool>;

    /// <summary>Prints the zone's words, earlier totals and names as they are now, beside the same figures.</summary>
    /// <returns>false: the year is not settled, or nothing was changed.</returns>
    [Requires(May.SettlePublicFigures)]
    internal sealed record Anew(int Year) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock) => RuleFor(c => c.Year).Must(year => year >= 2000 && year < Moment.Day(clock.GetUtcNow()).Year).WithMessage(_ => Words.ReportChooseYear);
    }

    internal sealed class Handler(ReadReport reading, ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Standing>, IRequestHandler<Command, bool>, IRequestHandler<Anew, bool>
    {
        public async Task<Standing> Handle(Query query, CancellationToken ct) =>
            await zone.Set<SettledYear>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == query.Year, ct) is not { } settled ? Standing.Open : settled.IsBehind(await reading.WordsNow(query.Year, ct)) ? Standing.Behind : Standing.Same;

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            trail.Because($"report {command.Year} settled");
            if (await zone.Set<SettledYear>().AnyAsync(y => y.Year == command.Year, ct)) return false;
            zone.Add(SettledYear.Of(command.Year, await reading.Round(command.Year, ct), await reading.WordsNow(command.Year, ct), caller.Self, clock.GetUtcNow()));
            return true;
        }

        public async Task<bool> Handle(Anew command, CancellationToken ct)
        {
            trail.Because($"report {command.Year} said anew");
            var words = await reading.WordsNow(command.Year, ct);
            if (await zone.Set<SettledYear>().SingleOrDefaultAsync(y => y.Year == command.Year, ct) is not { } settled || !settled.IsBehind(words)) return false;
            settled.SayAnew(words, clock.GetUtcNow());
            return true;
        }
    }
}
