using System.Text;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Reviews;

/// <summary>A signed review as a file: people and decisions, no dossier. How many somebody opened stays with whoever signed: for another reader the figure would tell by its difference.</summary>
[Requires(May.ReviewAccess), FreshFactor]
internal sealed class Csv(IMediator pipeline, IAccounts accounts) : PageModel
{
    public async Task<IActionResult> OnGetAsync(Guid review, CancellationToken ct)
    {
        var (signed, rows) = await pipeline.Send(new Query(review), ct);
        var names = await accounts.Named(rows.Select(r => r.Account).Append(signed.SignedBy!.Value), ct);
        var text = new StringBuilder();
        Line(Words.Quarter, Words.Name, Words.RolesHeading, Words.LastSignIn, Words.Decision, Words.SignedBy, Words.SignedOn);
        foreach (var row in rows.OrderBy(r => Name(r.Account), StringComparer.CurrentCulture))
        {
            Line(signed.Quarter, Name(row.Account), string.Join(", ", row.Roles.Split(';').Select(r => Words.Of(Enum.Parse<Role>(r)))), row.LastSignIn is { } at ? Design.Html.Moment.Show(at) : Words.NeverSignedIn,
                row.Keep == true ? Words.Keep : Words.Remove, Name(signed.SignedBy.Value), Design.Html.Moment.Show(signed.Signed!.Value));
        }
        return File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray(), "text/csv; charset=utf-8", $"review-{signed.Quarter}.csv");

        string Name(Guid id) => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
        void Line(params string[] cells) => text.AppendJoin(';', cells.Select(Cell)).Append("\r\n");
    }

    // A spreadsheet runs what begins like a formula: then it is made plain text.
    internal static string Cell(string value)
    {
        var inert = Staff.StaffRules.BeginsFormula(value) ? "'" + value : value;
        return "\"" + inert.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    [Requires(May.ReviewAccess)]
    internal sealed record Query(Guid Review) : ICatalogQuery<(AccessReview Review, IReadOnlyList<AccessReviewRow> Rows)>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Trail trail) : IRequestHandler<Query, (AccessReview Review, IReadOnlyList<AccessReviewRow> Rows)>
    {
        public async Task<(AccessReview Review, IReadOnlyList<AccessReviewRow> Rows)> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var review = await house.Set<AccessReview>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Review && r.Zone == zone && r.Signed != null, ct) ?? throw new RefusedException("absent", query.Review);
            trail.Because("review", review.Id);
            return (review, await house.Set<AccessReviewRow>().AsNoTracking().Where(r => r.Review == review.Id).ToListAsync(ct));
        }
    }
}
