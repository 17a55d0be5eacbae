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

/// <summary>Settles the public figures of a year that is over, once: what leaves the house never changes afterwards, so two prints held against each other say nothing.</summary>
[Requires(May.SettlePublicFigures)]
internal sealed class Settle(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public int Year { get; set; }

    public void OnGet()
    {
        // Asks before it is done.
    }

    public Task ShowAgain(CancellationToken ct) => Task.CompletedTask;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Year), ct);
        TempData["Done"] = Words.ReportIsSettled;
        return RedirectToPage("/Statistics/Report/Show", new { Year, Edition = Show.PublicEdition });
    }

    /// <returns>false: it was settled before, and stays as it was.</returns>
    [Requires(May.SettlePublicFigures)]
    internal sealed record Command(int Year) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock) => RuleFor(c => c.Year).Must(year => year >= 2000 && year < Moment.Day(clock.GetUtcNow()).Year).WithMessage(_ => Words.ReportChooseYear);
    }

    internal sealed class Handler(ReadReport reading, ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            trail.Because($"report {command.Year} settled");
            if (await zone.Set<SettledYear>().AnyAsync(y => y.Year == command.Year, ct)) return false;
            zone.Add(SettledYear.Of(command.Year, await reading.Round(command.Year, ct), caller.Self, clock.GetUtcNow()));
            return true;
        }
    }
}
