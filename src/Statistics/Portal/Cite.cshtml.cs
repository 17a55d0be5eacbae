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

    /// <summary>The release, where it is there and cannot be read here: then nothing else is shown.</summary>
    public Release? Unreadable { get; private set; }

    public async Task<IActionResult> OnGetAsync(string release, string table, string cell, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(release, table, cell), ct) is not { } found) return NotFound();
        if (found.Unreadable is { } unreadable) (Unreadable, Response.StatusCode) = (unreadable, Microsoft.AspNetCore.Http.StatusCodes.Status404NotFound);
        else Shown = found;
        return Page();
    }

    internal sealed record Answer(Release Release, Figure Figure, IReadOnlyList<(Release Release, Figure Figure)> Others)
    {
        /// <summary>A release whose programme of tables is not known: there is no figure then.</summary>
        public Release? Unreadable { get; init; }
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(string Release, string Table, string Cell) : ICatalogQuery<Answer?>;

    internal sealed class Handler(Shelf shelf) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var releases = await shelf.Releases(ct);
            if (releases.FirstOrDefault(r => r.Id == query.Release && !Published.CanRead(r)) is { } unreadable) return new Answer(unreadable, null!, []) { Unreadable = unreadable };
            if (await shelf.Of(query.Release, ct) is not { } found || found.Find(query.Table, query.Cell) is not { } figure) return null;
            var others = new List<(Release, Figure)>();
            foreach (var release in releases.Where(r => r.Id != query.Release && figure.Table.Releases.Contains(r.Kind.ToString()) && Shelf.Holds(r, figure.Period)))
            {
                if (await shelf.Of(release.Id, ct) is { } other && other.Find(query.Table, query.Cell) is { } same) others.Add((release, same));
            }
            return new Answer(found.Release, figure, others);
        }
    }
}
