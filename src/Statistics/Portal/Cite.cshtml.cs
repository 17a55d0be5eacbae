using MediatR;
using Microsoft.AspNetCore.Mvc;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>One figure as it is quoted: release, table, cell, margin. The same figure in other releases stands beside it.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Cite(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string release, string table, string cell, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(release, table, cell), ct) is not { } found) return NotFound();
        Shown = found;
        return Page();
    }

    internal sealed record Answer(Release Release, Figure Figure, IReadOnlyList<(Release Release, Figure Figure)> Others);

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(string Release, string Table, string Cell) : ICatalogQuery<Answer?>;

    internal sealed class Handler(Shelf shelf) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            if (await shelf.Of(query.Release, ct) is not { } found || found.Find(query.Table, query.Cell) is not { } figure) return null;
            var others = new List<(Release, Figure)>();
            foreach (var release in (await shelf.Releases(ct)).Where(r => r.Id != query.Release && figure.Table.Releases.Contains(r.Kind.ToString()) && Shelf.Holds(r, figure.Period)))
            {
                if (await shelf.Of(release.Id, ct) is { } other && other.Find(query.Table, query.Cell) is { } same) others.Add((release, same));
            }
            return new Answer(found.Release, figure, others);
        }
    }
}
