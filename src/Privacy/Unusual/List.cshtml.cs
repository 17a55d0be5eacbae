using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Privacy.Audit;

namespace VictimSupport.Privacy.Unusual;

/// <summary>What the night's job found out of the ordinary: to look at, to note, to put away. Nobody sees what concerns them.</summary>
[Requires(May.ReviewUnusualOpenings)]
internal sealed class List(IMediator pipeline, People people) : PageModel, IShowAgain
{
    [BindProperty] public Review Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public Func<Guid?, string> Name { get; private set; } = _ => "";
    public IReadOnlyList<Choice> Waiting => [.. Rows.Where(r => !r.Finding.IsDone).Select(r => new Choice(r.Finding.Id.ToString(), string.Join(", ", new[] { Moment.Show(r.Finding.Day), Name(r.Finding.Actor), Words.Of(r.Finding.Kind), r.Number }.OfType<string>())))];

    /// <summary>Never a count: what is walled off from the reader is counted too, and the difference to what they see would tell.</summary>
    public string HowMany(Finding finding) => finding.Dossier is null && !Signs.SaysWhoseName(finding.Kind) ? Words.Several : "–";

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Rows = await pipeline.Send(new Query(), ct);
        Name = await people.Named(Rows.SelectMany(r => new[] { r.Finding.Actor, r.Finding.ReviewedBy }), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.Reviewed;
        return RedirectToPage();
    }

    internal sealed record Row(Finding Finding, string? Number, string? Note);

    [Requires(May.ReviewUnusualOpenings)]
    internal sealed record Query : IQuery<IReadOnlyList<Row>>;

    [Requires(May.ReviewUnusualOpenings)]
    internal sealed record Review : ICommand<bool>, ISensitive
    {
        public Guid Finding { get; init; }
        public string? Note { get; init; }
        public bool Done { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Review>
    {
        public Rules()
        {
            RuleFor(r => r.Note).MaximumLength(4000).WithMessage(_ => Words.TooLong).Must((r, note) => r.Done || !string.IsNullOrWhiteSpace(note)).WithMessage(_ => Words.NoteOrDone);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Reviewers reviewers, IEnumerable<INameDossiers> names, Keyring keys, Caller caller, Trail trail) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        private const int Most = 200;

        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            trail.Because("unusual");
            var mine = new List<Finding>();
            foreach (var finding in await zone.Set<Finding>().AsNoTracking().OrderBy(f => f.IsDone).ThenByDescending(f => f.Id).ToListAsync(ct))
            {
                // Others' findings take no place from the reader's own.
                if (mine.Count == Most) break;
                if (await reviewers.IsMine(finding, ct)) mine.Add(finding);
            }
            var numbers = new Dictionary<Guid, string>();
            // An administrator manages people and reads no files.
            foreach (var name in names.Where(_ => caller.Is(Role.DataProtectionOfficer) || caller.Is(Role.Coordinator) || caller.Is(Role.OutsideStandIn)))
            {
                foreach (var (id, number) in await name.Numbers(mine.Select(f => f.Dossier).OfType<Guid>().Distinct(), ct)) numbers[id] = number;
            }
            await keys.Fetch(mine.Where(f => f.Note is not null).Select(f => f.KeyOwner), ct);
            return [.. mine.Select(f => new Row(f, f.Dossier is { } dossier ? numbers.GetValueOrDefault(dossier) : null, f.Note?.Value))];
        }
    }

    internal sealed class ReviewHandler(ZoneDbContext zone, Reviewers reviewers, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Review, bool>
    {
        public async Task<bool> Handle(Review review, CancellationToken ct)
        {
            trail.Because("unusual");
            var finding = await zone.Set<Finding>().SingleOrDefaultAsync(f => f.Id == review.Finding, ct);
            if (finding is null || !await reviewers.IsMine(finding, ct)) throw new RefusedException("absent", review.Finding);
            finding.Review(review.Note, review.Done, caller.Self, clock.GetUtcNow());
            return true;
        }
    }
}
