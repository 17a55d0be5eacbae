using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Statistics.Report;

/// <summary>Totals of earlier years as a list: shown first, line by line, with what is wrong; taken whole or not at all.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class EarlierImport(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Input Form { get; set; } = new();

    /// <summary>Print of the list that was shown: another one is shown first.</summary>
    [BindProperty] public string? Seen { get; set; }
    public Answer View { get; private set; } = new([], null, []);
    public bool MayTake => View.Rows.Any(r => !r.IsSame) && View.Rows.All(r => r.Line.Faults.Count == 0);

    public void OnGet()
    {
        // Nothing was pasted yet.
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Form.Text ?? ""), ct);

    /// <summary>Shows what would be taken; nothing is saved.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await Read(ct);
        await ShowAgain(ct);
        if (View.Unread is { } why) ModelState.AddModelError("Form.Text", Words.Of(why));
        foreach (var row in View.Rows)
        {
            foreach (var fault in row.Line.Faults) ModelState.AddModelError("Form.Text", Words.EarlierLineFault(row.Line.Number, fault));
        }
        if (!ModelState.IsValid) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        await Read(ct);
        TempData["Done"] = Words.EarlierTaken(await pipeline.Send(new Command(Form.Text ?? "") { Seen = Seen ?? "" }, ct));
        return RedirectToPage("/Statistics/Report/Earlier");
    }

    // What was in the file stands in the box from now on, to be mended there.
    private async Task Read(CancellationToken ct)
    {
        if (Form.File is not { Length: > 0 } upload) return;
        await using var stream = upload.OpenReadStream();
        Form = Form with { Text = Design.Forms.PlainText.Of(await CellText.Read(stream, EarlierSheet.LargestBytes, ct)), File = null };
        ModelState.SetModelValue("Form.Text", new ValueProviderResult(Form.Text));
    }

    internal sealed record Input
    {
        public string? Text { get; init; }
        public IFormFile? File { get; init; }
    }

    /// <param name="Known">What stands there of that year; null: nothing.</param>
    internal sealed record Row(EarlierLine Line, EarlierYear? Known)
    {
        public bool IsSame => Known is not null && Known.Counts.Count == Line.Counts.Count && Line.Counts.All(c => Known.Counts.TryGetValue(c.Key, out var count) && count == c.Value);
    }

    /// <param name="Left">Columns that are not taken.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, EarlierUnread? Unread, IReadOnlyList<string> Left)
    {
        /// <summary>The same for the same years and totals, while the same stands there of them.</summary>
        public string Print => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Rows.Select(r => $"{r.Line.Year}/{r.Known?.Version}: {string.Join(' ', r.Line.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))}\n")))));
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(string Text) : IQuery<Answer>;

    /// <returns>How many years have other totals than before.</returns>
    [Requires(May.SetUpTheZone)]
    internal sealed record Command(string Text) : ICommand<int>
    {
        /// <summary>Print of the list as it was shown; null: it was shown to nobody.</summary>
        public string? Seen { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, int>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (lines, unread, left) = await Read(query.Text, ct);
            return new Answer(await Rows(lines, ct), unread, left);
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var (lines, unread, _) = await Read(command.Text, ct);
            if (unread is { } why) throw Wrong(Words.Of(why));
            if (lines.FirstOrDefault(l => l.Faults.Count > 0) is { } bad) throw Wrong(Words.EarlierLineFault(bad.Number, bad.Faults[0]));
            trail.Because("report earlier import");
            var rows = await Rows(lines, ct);
            var taken = rows.Where(r => !r.IsSame).ToList();
            // A file that was put in since, a page that the browser brought back, or a colleague who typed meanwhile: it is shown before it replaces anything. Pressed twice, it replaces nothing.
            if (taken.Count > 0 && command.Seen is { } seen && seen != new Answer(rows, null, []).Print) throw Wrong(Words.EarlierOtherThanShown);
            var part = (await OwnYears.Of(zone, here.InZone.Record, ct)).Part;
            foreach (var row in taken) zone.Add(EarlierYear.Next(row.Line.Year, row.Known?.Version ?? 0, row.Line.Counts, imported: true, caller.Self, clock.GetUtcNow(), row.Known?.IsInstead == true || row.Line.Year == part));
            return taken.Count;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Input.Text), said)]);
        }

        // Of a year that was counted here a list says nothing, but where the zone has said that it is a part.
        private async Task<(IReadOnlyList<EarlierLine> Lines, EarlierUnread? Unread, IReadOnlyList<string> Left)> Read(string text, CancellationToken ct)
        {
            var (lines, unread, left) = EarlierSheet.Read(text, Moment.Day(clock.GetUtcNow()).Year - 1);
            var (own, said) = (await OwnYears.Of(zone, here.InZone.Record, ct), (await EarlierYear.All(zone, ct)).Where(y => y.IsInstead).Select(y => y.Year).ToHashSet());
            return ([.. lines.Select(l => own.Has(l.Year) && !said.Contains(l.Year) ? l with { Faults = [.. l.Faults, Words.ReportEarlierOwn] } : l)], unread, left);
        }

        private async Task<IReadOnlyList<Row>> Rows(IReadOnlyList<EarlierLine> lines, CancellationToken ct)
        {
            var known = (await EarlierYear.All(zone, ct)).ToDictionary(y => y.Year);
            return [.. lines.Select(l => new Row(l, known.GetValueOrDefault(l.Year)))];
        }
    }
}
