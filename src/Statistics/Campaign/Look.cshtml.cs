using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Before the final figures of a year a coordinator looks at what the zone gives, completes what is missing, and says that these are its figures. It is a mark of quality: what comes out does not wait for it.</summary>
[Requires(May.SettlePublicFigures)]
internal sealed class Look(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    public Answer? Now { get; private set; }

    /// <summary>The digest of the figures that the form showed.</summary>
    [BindProperty] public string? Seen { get; set; }

    /// <summary>null: for this reader a wall stands, and exact figures are not for them.</summary>
    public Drawing? Figures { get; private set; }

    /// <summary>Who said that these are the figures.</summary>
    public string? By { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(), ct);
        if (Now is null) return;
        if (Now.By is { } by) By = (await accounts.Named([by], ct)).GetValueOrDefault(by)?.DisplayName ?? Words.UnknownColleague;
        try
        {
            Figures = await Draw.Of(pipeline, new Exact.Query { From = Now.Period.From, To = Now.Period.Until, Ages = true }, ct);
        }
        catch (RefusedException refused) when (refused.Code == ITellOwnFigures.Walled)
        {
            Figures = null;
        }
    }

    public Task ShowAgain(CancellationToken ct) => OnGetAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new ValidateCommand { Seen = Seen ?? "" }, ct)) TempData["Done"] = Words.CampaignDone;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostBackAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new TakeBackCommand(), ct)) TempData["Done"] = Words.CampaignTakenBack;
        return RedirectToPage();
    }

    /// <summary>The last year the zone was asked about; null: it never was.</summary>
    [Requires(May.SettlePublicFigures)]
    internal sealed record Query : IQuery<Answer?>;

    /// <param name="IsOut">The final figures of the year are out: nothing changes any more.</param>
    /// <param name="Changed">What the zone gives has changed since it said that these are its figures.</param>
    /// <param name="Digest">Of the figures as they are now.</param>
    internal sealed record Answer(int Year, Interval Period, string ProgrammeHash, DateOnly Deadline, DateTimeOffset? Validated, Guid? By, bool IsOut, bool Changed, string Digest, Lacking Lacking);

    /// <returns>false: there is nothing to say it of, or the final figures are out.</returns>
    [Requires(May.SettlePublicFigures)]
    internal sealed record ValidateCommand : ICommand<bool>
    {
        /// <summary>The digest of the figures that were looked at: others are not what was meant.</summary>
        public string Seen { get; init; } = "";
    }

    /// <returns>false: nothing was said, or the final figures are out.</returns>
    [Requires(May.SettlePublicFigures)]
    internal sealed record TakeBackCommand : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, ITellWhatIsLacking lacking, Published published, Caller caller, Trail trail, TimeProvider clock)
        : IRequestHandler<Query, Answer?>, IRequestHandler<ValidateCommand, bool>, IRequestHandler<TakeBackCommand, bool>
    {
        private const int MostLacking = 200;

        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            if (await zone.Set<YearAsked>().AsNoTracking().OrderByDescending(y => y.Year).FirstOrDefaultAsync(ct) is not { } year) return null;
            trail.Because($"campaign {year.Year}");
            var now = await Digest.Of(figures, structural, year.Period, ct);
            return new Answer(year.Year, year.Period, year.ProgrammeHash, year.Deadline, year.Validated, year.ValidatedBy, await IsOut(year, ct), year.Digest is { } looked && looked != now, now, await lacking.Of(year.From, year.Until, MostLacking, ct));
        }

        public async Task<bool> Handle(ValidateCommand command, CancellationToken ct)
        {
            if (await Open(ct) is not { } year) return false;
            trail.Because($"campaign {year.Year} validated");
            var now = clock.GetUtcNow();
            var digest = await Digest.Of(figures, structural, year.Period, ct);
            if (digest != command.Seen) throw new ValidationException([new ValidationFailure(nameof(ValidateCommand.Seen), Words.CampaignMoved)]);
            year.Validate(digest, caller.Self, now);
            zone.Add(TellThatWeLooked.New(year, now));
            return true;
        }

        public async Task<bool> Handle(TakeBackCommand command, CancellationToken ct)
        {
            if (await Open(ct) is not { Validated: not null } year) return false;
            trail.Because($"campaign {year.Year} taken back");
            var now = clock.GetUtcNow();
            year.TakeBack(now);
            zone.Add(TellThatWeLooked.New(year, now));
            return true;
        }

        private async Task<YearAsked?> Open(CancellationToken ct) =>
            await zone.Set<YearAsked>().OrderByDescending(y => y.Year).FirstOrDefaultAsync(ct) is { } year && !await IsOut(year, ct) ? year : null;

        private async Task<bool> IsOut(YearAsked year, CancellationToken ct)
        {
            var final = Edition.OfYear(year.Year).Id;
            return (await published.Releases(ct)).Any(r => r.Id == final);
        }
    }
}
