using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>When figures come out, every edition that is out with the programme it was made by, and what was spent of the privacy budget on the cases of each month.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Dates(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => Shown = await pipeline.Send(new Query(), ct);

    /// <param name="Spent">For each month what was spent on its cases, and with which releases.</param>
    internal sealed record Answer(DateOnly Today, IReadOnlyList<Coming> Coming, IReadOnlyList<Release> Out, IReadOnlyList<(string Month, Rho Spent, string Releases)> Spent)
    {
        public Rho Cap => TableProgramme.Shipped.Cap;
        public Rho Total => TableProgramme.Shipped.Total;
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query : ICatalogQuery<Answer>;

    internal sealed class Handler(Shelf shelf) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var releases = await shelf.Releases(ct);
            var spent = (await shelf.Ledger(ct)).GroupBy(l => l.Month, StringComparer.Ordinal).OrderByDescending(g => g.Key, StringComparer.Ordinal)
                .Select(g => (g.Key, g.Aggregate(Rho.None, (sum, l) => sum + l.Rho), string.Join(", ", g.Select(l => l.Release).Distinct(StringComparer.Ordinal)))).ToList();
            return new Answer(shelf.Today, Coming.Of(releases, shelf.Today), releases, spent);
        }
    }
}
