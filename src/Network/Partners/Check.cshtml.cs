using System.Globalization;
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

namespace VictimSupport.Network.Partners;

/// <summary>The yearly look through the directory: what nobody looked at for so many months, the oldest first; one press says that an entry holds, or that several do.</summary>
[Requires(May.KeepPartners)]
internal sealed class Check(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>Months after which the whole directory is to be looked through: a task on the worklist of the coordinators.</summary>
    internal const int Year = 12;

    private static readonly int[] Spans = [3, 6, Year, 24];

    /// <summary>3, 6, 12 or 24; anything else is 12.</summary>
    [BindProperty(SupportsGet = true)] public int Months { get; set; } = Year;
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Partner> Rows { get; private set; } = [];
    public IReadOnlyList<Choice> Since => [.. Spans.Select(m => new Choice(m.ToString(CultureInfo.InvariantCulture), Words.PartnerCheckSince(m)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        if (!Spans.Contains(Months)) Months = Year;
        Rows = await pipeline.Send(new Query(Months), ct);
    }

    /// <summary>All that are ticked.</summary>
    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Turn(Form, ct);

    /// <summary>The one whose button was pressed, whatever is ticked.</summary>
    public Task<IActionResult> OnPostOneAsync(Guid partner, CancellationToken ct) => Turn(new Command { Partners = [partner] }, ct);

    private async Task<IActionResult> Turn(Command turn, CancellationToken ct)
    {
        TempData["Done"] = Words.PartnersChecked(await pipeline.Send(turn, ct));
        return RedirectToPage(new { Months });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(int Months) : IQuery<IReadOnlyList<Partner>>;

    /// <returns>How many were looked at.</returns>
    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<int>
    {
        public List<Guid> Partners { get; init; } = [];
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Partners).NotEmpty().WithMessage(_ => Words.ChoosePartners);
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Partner>>, IRequestHandler<Command, int>
    {
        public async Task<IReadOnlyList<Partner>> Handle(Query query, CancellationToken ct)
        {
            var (now, before) = (clock.GetUtcNow(), Moment.Day(clock.GetUtcNow()).AddMonths(-query.Months));
            var open = zone.Set<Partner>().AsNoTracking().Where(p => p.Ended == null);
            // Those of six months are those the bell counts: on 28 February also what was looked at on 31 August.
            return [.. (await open.Where(p => query.Months == Partner.MonthsGood ? p.StaleAt <= now : p.CheckedOn <= before).ToListAsync(ct)).OrderBy(p => p.CheckedOn).ThenBy(p => p.Organisation, StringComparer.CurrentCulture)];
        }

        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            var ids = form.Partners.Distinct().ToList();
            var partners = await zone.Set<Partner>().Where(p => ids.Contains(p.Id) && p.Ended == null).ToListAsync(ct);
            if (partners.Count < ids.Count) throw new RefusedException("absent", ids.Except(partners.Select(p => p.Id)).First());
            foreach (var partner in partners) partner.Checked(caller.Self, clock.GetUtcNow());
            return partners.Count;
        }
    }
}
