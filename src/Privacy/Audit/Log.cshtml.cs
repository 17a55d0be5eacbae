using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Privacy.Audit;

/// <summary>The zone's audit: who did what, when. Dossiers only for those who answer for them; nothing that stands behind a wall for its reader.</summary>
[Requires(May.ReadTheAudit)]
internal sealed class Log(IMediator pipeline, People people) : PageModel, IShowAgain
{
    [BindProperty] public Query Form { get; set; } = new();
    public Answer? Shown { get; private set; }
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public Func<Guid?, string> Name { get; private set; } = _ => "";
    public IReadOnlyList<Choice> Kinds => Choice.All<LineKind>(Words.Of);
    public IReadOnlyList<Choice> Reasons => Choice.All<ExportReason>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => Show(ct);
    public Task OnPostAsync(CancellationToken ct) => Show(ct);

    public async Task ShowAgain(CancellationToken ct) => Colleagues = [.. await people.Choices(ct), new Choice(Filter.Platform.ToString(), Words.ThePlatform)];

    public async Task<IActionResult> OnPostExportAsync(CancellationToken ct) =>
        File(await pipeline.Send(new Export.Command { Person = Form.Person, From = Form.From, To = Form.To, Kind = Form.Kind, Dossier = Form.Dossier, Reason = Form.Reason }, ct), "text/csv; charset=utf-8", "audit.csv");

    private async Task Show(CancellationToken ct)
    {
        await ShowAgain(ct);
        Shown = await pipeline.Send(Form, ct);
        Name = await people.Named(Shown.Rows.SelectMany(r => new[] { r.Line.Actor, Acts.Replaced(r.Line.Why) }).Distinct(), ct);
    }

    /// <param name="Dossier">The number of the dossier it was about; null where there is none, or none for this reader.</param>
    /// <param name="Listed">How many dossiers were listed that this reader may know of; null where the reader sees no dossiers.</param>
    internal sealed record Row(Line Line, string? Dossier, int? Listed);

    /// <param name="Next">Where the next page begins; null: this was the last.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, Mark? Next, bool SeesDossiers);

    [Requires(May.ReadTheAudit)]
    internal sealed record Query : Filter, IQuery<Answer>
    {
        /// <summary>The last record of the page before.</summary>
        public string? Before { get; init; }

        /// <summary>Asked for only where a file is made.</summary>
        public ExportReason? Reason { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules() => Include(new FilterRules());
    }

    internal sealed class Handler(Lens lens, Trail trail) : IRequestHandler<Query, Answer>
    {
        private const int PerPage = 50;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            trail.Because("audit");
            Guid? dossier = null;
            if (!string.IsNullOrWhiteSpace(query.Dossier))
            {
                if ((dossier = await lens.Find(query.Dossier, ct)) is not { } found) return new Answer([], null, lens.SeesDossiers);
                trail.Because("audit", found);
            }
            var before = Mark.Read(query.Before);
            var rows = await Lens.After(await lens.Rows(query, dossier, ct), before).Take(PerPage + 1).ToListAsync(ct);
            var lines = await lens.Read(rows.Take(PerPage), ct);
            return new Answer(await Rows(lens, lines, ct), rows.Count > PerPage ? Mark.After(lines, before) : null, lens.SeesDossiers);
        }

        internal static async Task<IReadOnlyList<Row>> Rows(Lens lens, IReadOnlyList<Line> lines, CancellationToken ct)
        {
            var numbers = await lens.Numbers(lines.Select(l => l.Subject).OfType<Guid>(), ct);
            var hidden = await lens.Hidden(ct);
            return [.. lines.Select(l => new Row(l, l.Subject is { } id ? numbers.GetValueOrDefault(id) : null, lens.SeesDossiers ? l.Listed.Count(d => !hidden.Contains(d)) : null))];
        }
    }
}

/// <summary>What a file of the audit is for: a code, kept with the record of the export.</summary>
internal enum ExportReason { OwnCheck = 1, PersonAsked = 2, Complaint = 3, Supervisor = 4, Justice = 5 }
