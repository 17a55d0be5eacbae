using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Activities;

/// <summary>What was done with whom in a year.</summary>
[Requires(May.SeePartners)]
internal sealed class List(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    /// <summary>null: with whomever.</summary>
    [BindProperty(SupportsGet = true)] public Guid? With { get; set; }

    /// <summary>null: this one.</summary>
    [BindProperty(SupportsGet = true)] public int? Year { get; set; }
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepPartners);
    public int Shown { get; private set; }
    public IReadOnlyList<Choice> Years => [.. Enumerable.Range(View.First, Math.Max(1, ThisYear - View.First + 1)).Reverse().Select(y => y.ToString(CultureInfo.InvariantCulture)).Select(y => new Choice(y, y))];
    private int ThisYear => Moment.Day(clock.GetUtcNow()).Year;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Year = Shown = Year is >= 1990 and <= 2099 ? Year.Value : ThisYear;
        View = await pipeline.Send(new Query(With, Shown), ct);
    }

    /// <param name="First">The first year of which there is anything.</param>
    internal sealed record Answer(IReadOnlyList<ActivityRow> Rows, IReadOnlyList<Choice> Partners, int First);

    [Requires(May.SeePartners)]
    internal sealed record Query(Guid? With, int Year) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        private const int Most = 1000;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var first = await zone.Set<Activity>().Where(a => a.Gone == null).OrderBy(a => a.On).Select(a => (DateOnly?)a.On).FirstOrDefaultAsync(ct);
            var names = await PartnerNames.Of(zone, ct);
            return new Answer(await ActivityRow.Of(zone, keys, query.With, query.Year, Most, ct), names.Choices([.. names.All.Keys]), Math.Min(first?.Year ?? int.MaxValue, Moment.Day(clock.GetUtcNow()).Year));
        }
    }
}
