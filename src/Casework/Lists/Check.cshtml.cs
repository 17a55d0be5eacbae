using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Lists;

/// <summary>Which rows are shown.</summary>
internal enum PvShow { All, ToDecide, Made }

/// <summary>A list before it is taken: each row with what would happen, what is wrong at its field, and who may be known. What is put right stays on the server; taking makes one intake a row, each once.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Check(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    // Nobody waits longer for an answer; what is not taken by then is taken by the next press.
    private static readonly TimeSpan AsLong = TimeSpan.FromSeconds(20);

    [BindProperty(SupportsGet = true)] public Guid List { get; set; }
    [BindProperty(SupportsGet = true)] public PvShow Show { get; set; }
    [BindProperty(SupportsGet = true, Name = "at")] public int At { get; set; } = 1;
    [BindProperty] public Input Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<int, IReadOnlyList<PossibleDuplicate>> Alike { get; private set; } = new Dictionary<int, IReadOnlyList<PossibleDuplicate>>();
    public bool MayWrite => who.Caller.May(May.ChangeDossiers);

    /// <summary>Which rows stand where in the form.</summary>
    public IReadOnlyDictionary<int, int> Place { get; private set; } = new Dictionary<int, int>();

    /// <summary>Names these very rows: what is typed over them is never filled in over others, as boxes go by their place on the page.</summary>
    public Guid RowsShown => new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(',', Form.Rows.Select(r => r.Row))))[..16]);

    // Wherever these rows stand by now; null: as the tab and the page have it.
    private IReadOnlyList<int>? only;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    // What was typed stays in its boxes: they stand where they stood.
    public async Task ShowAgain(CancellationToken ct)
    {
        At = Math.Clamp(At, 1, 10_000);
        View = await pipeline.Send(new Query(List, Enum.IsDefined(Show) ? Show : PvShow.All, At, only), ct);
        var open = View.Rows.Where(r => r.Made is null).ToList();
        Form = new Input { Rows = [.. open.Select(r => RowForm.Of(r.Number, r.Cells, r.Reading, r.Choice, r.AddTo)).Select(f => f with { Was = f.Mark })] };
        Place = open.Select((r, place) => (r.Number, place)).ToDictionary(r => r.Number, r => r.place);
        foreach (var row in open)
        {
            foreach (var (field, wrong) in row.Reading.Faults) ModelState.AddModelError($"Form.Rows[{Place[row.Number]}].{field}", Words.PvRowFault(row.Number, wrong));
        }
        if (open.Any(r => r.Known)) Alike = (await pipeline.Send(new Cards.Command(List, [.. open.Where(r => r.Known).Select(r => r.Number)]), ct)).Rows;
    }

    /// <summary>Keeps what was put right and chosen on this page.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await Save(ct) is { } otherwise) return otherwise;
        TempData["Done"] = Words.PvSaved;
        return RedirectToPage(new { List, Show, at = At });
    }

    /// <summary>One intake for each row that is in order and was not left; one after the other, so that what a kill leaves undone is done by the next press.</summary>
    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        if (await Save(ct) is { } otherwise) return otherwise;
        var (made, added, refused, began) = (0, 0, 0, Stopwatch.GetTimestamp());
        foreach (var row in await pipeline.Send(new Ready.Query(List), ct))
        {
            if (Stopwatch.GetElapsedTime(began) > AsLong) break;
            try
            {
                if (row.AddTo is { } dossier)
                {
                    await pipeline.Send(new AddReport.Command(List, row.Number, dossier), ct);
                    added++;
                }
                else if ((await pipeline.Send(row.Intake!, ct)).IsNew)
                {
                    made++;
                }
            }
            catch (Exception e) when (e is RefusedException or FluentValidation.ValidationException or StaleFactorException)
            {
                refused++; // it stays in the list and is shown again
            }
        }
        var left = (await pipeline.Send(new Ready.Query(List), ct)).Count - refused;
        TempData["Done"] = string.Join(' ', new[] { Words.PvTaken(made, added), refused > 0 ? Words.PvRefused(refused) : null, left > 0 ? Words.PvGoOn(left) : null }.OfType<string>());
        return RedirectToPage(new { List, Show = PvShow.Made });
    }

    /// <summary>Plans a first letter for each person of the list to whom one may go unasked, and leads to the letters.</summary>
    public async Task<IActionResult> OnPostLettersAsync(CancellationToken ct)
    {
        var (planned, already, closed) = (0, 0, 0);
        foreach (var (dossier, person) in await pipeline.Send(new Ready.Made(List), ct))
        {
            try
            {
                var outcome = person is { } whom ? await pipeline.Send(new FirstLetter.Command(dossier, whom), ct) : new FirstLetter.Outcome(Bar.Nowhere, IsNew: false);
                if (outcome.IsNew) planned++;
                else if (outcome.Bar == Bar.None) already++;
                else closed++;
            }
            catch (RefusedException)
            {
                closed++; // not theirs any more
            }
        }
        TempData["Done"] = already == 0 ? Words.PvLetters(planned, closed) : $"{Words.PvLetters(planned, closed)} {Words.PvLettersAlready(already)}";
        return RedirectToPage("/Casework/Letters/List");
    }

    public async Task<IActionResult> OnPostThrowAsync(CancellationToken ct)
    {
        await pipeline.Send(new Away.Command(List), ct);
        TempData["Done"] = Words.PvThrown;
        return RedirectToPage("/Casework/Lists/Paste");
    }

    /// <summary>The facts there are; what was typed and not understood stands first, as it was typed.</summary>
    public IReadOnlyList<Choice> FactsFor(RowForm row) => With(row.Facts, View.Facts.Any(o => o.Value == row.Facts || o.Value == PvReading.FactsOf(row.Facts)), View.Facts);
    public IReadOnlyList<Choice> LanguagesFor(RowForm row) => With(row.Language, PvReading.LanguageOf(row.Language) is not null, Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l))));

    public IReadOnlyList<Choice> ChoicesFor(Row row) =>
    [
        new(nameof(PvChoice.Take), Words.Of(PvChoice.Take)), new(nameof(PvChoice.Leave), Words.Of(PvChoice.Leave)),
        .. Alike.GetValueOrDefault(row.Number, []).Where(a => a.Dossier is not null).DistinctBy(a => a.Dossier).Select(a => new Choice(a.Dossier!.Value.ToString(), Words.PvAddTo(a.Number!))),
    ];

    private static IReadOnlyList<Choice> With(string typed, bool understood, IEnumerable<Choice> all) => typed.Length == 0 || understood ? [.. all] : [new Choice(typed, Words.PvAsTyped(typed)), .. all];

    // null: it is kept. Otherwise the page again: rows that say something else by now, each with what it says, and what was typed in its boxes.
    private async Task<IActionResult?> Save(CancellationToken ct)
    {
        var changed = Form.Rows.Where(r => r.Row > 0).DistinctBy(r => r.Row).Take(Answer.PerPage).ToList();
        var known = changed.Count == 0 ? [] : await pipeline.Send(new KnownRows.Query([.. changed.Select(r => r.Cells)]), ct);
        var otherwise = await pipeline.Send(new Command(List, [.. changed.Select((r, i) => new Changed(r.Row, r.Cells, r.Choice, known[i], r.Was, r.Mark))]), ct);
        if (otherwise.Count == 0) return null;
        ModelState.Clear();
        only = [.. changed.Select(r => r.Row)];
        await ShowAgain(ct);
        foreach (var row in View.Rows.Where(r => r.Made is null && otherwise.Contains(r.Number)))
            ModelState.AddModelError($"Form.Rows[{Place[row.Number]}].Choice", Words.PvOtherwise(row.Number, ChoicesFor(row).FirstOrDefault(c => c.Value == Form.Rows[Place[row.Number]].Choice)?.Text ?? Words.Of(PvChoice.Undecided)));
        var typed = changed.ToDictionary(r => r.Row);
        Form = new Input { Rows = [.. Form.Rows.Select(r => typed.TryGetValue(r.Row, out var mine) ? mine with { Was = r.Was } : r)] };
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    /// <summary>What is typed on this page.</summary>
    internal sealed record Input
    {
        public List<RowForm> Rows { get; init; } = [];
    }

    /// <param name="Number">Counted from 1.</param>
    /// <param name="Twin">The earlier row with the same name; 0: none.</param>
    /// <param name="Made">The dossier it became or was added to.</param>
    /// <param name="MadeNumber">Its number; null: it is not the caller's to see.</param>
    internal sealed record Row(int Number, PvCells Cells, PvReading Reading, PvChoice Choice, Guid? AddTo, bool Known, int Twin, Guid? Made, string? MadeNumber);

    /// <param name="Facts">What facts there are to choose from.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, IReadOnlyList<Choice> Facts, int Total, int InOrder, int ToDecide, int Left, int Made) : IListDossiers
    {
        public const int PerPage = 25;
        public int Pages => Math.Max(1, (Total + PerPage - 1) / PerPage);
        IEnumerable<Guid> IListDossiers.Listed => Rows.Where(r => r.MadeNumber is not null).Select(r => r.Made!.Value);
    }

    [Requires(May.OpenCallOuts)]
    internal sealed record Query(Guid List, PvShow Show, int Page, IReadOnlyList<int>? Only = null) : IQuery<Answer>;

    /// <param name="Was">The mark of the row as it was shown; null: whatever it says is replaced.</param>
    /// <param name="Mark">Of what it is to say now.</param>
    internal sealed record Changed(int Row, PvCells Cells, string? Choice, bool Known, string? Was = null, string Mark = "");

    /// <returns>The rows that say something else since they were shown, and were to be changed: with one of them nothing is kept.</returns>
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid List, IReadOnlyList<Changed> Rows) : ICommand<IReadOnlyList<int>>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, IReadOnlyList<int>>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var list = await PvList.Own(zone.Set<PvList>().AsNoTracking(), query.List, caller.Self, now, ct);
            var (sheet, usual) = (list.Sheet!.Value, here.InZone.Record.FirstLanguage);
            var (made, twins, owns) = (await Ready.Handler.MadeOf(zone, list, ct), sheet.Twins(), await OwnFacts.In(zone, now, ct));
            var all = sheet.Rows.Select((r, i) => (Row: i + 1, Of: r, Reading: PvReading.Of(r.Cells, usual, owns, now), Made: made.TryGetValue(i + 1, out var dossier) ? dossier : (Guid?)null)).ToList();
            var open = all.Where(r => r.Made is null).ToList();
            var waiting = open.Where(r => r.Of.Choice != PvChoice.Leave && (r.Of.Choice == PvChoice.Undecided || r.Reading.Faults.Count > 0)).ToList();
            var shown = query.Show switch { PvShow.ToDecide => waiting, PvShow.Made => [.. all.Where(r => r.Made is not null)], _ => all };
            var page = query.Only is { } these ? all.FindAll(r => these.Contains(r.Row)) : shown.Skip((query.Page - 1) * Answer.PerPage).Take(Answer.PerPage).ToList();
            var ids = page.Select(r => r.Made).OfType<Guid>().ToList();
            var numbers = ids.Count == 0 ? [] : await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Number, ct);
            return new Answer([.. page.Select(r => new Row(r.Row, r.Of.Cells, r.Reading, r.Of.Choice, r.Of.AddTo, r.Of.Known, twins[r.Row - 1], r.Made, r.Made is { } id ? numbers.GetValueOrDefault(id) : null))],
                await Offered.Handler.On(zone, Moment.Day(now), new Offered.Query(CodeList.SubKind), ct), shown.Count, open.Count(r => r.Of.Choice is PvChoice.Take or PvChoice.Add && r.Reading.Faults.Count == 0), waiting.Count, open.Count(r => r.Of.Choice == PvChoice.Leave), made.Count);
        }

        public async Task<IReadOnlyList<int>> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var list = await PvList.Own(zone.Set<PvList>(), command.List, caller.Self, now, ct);
            var (rows, made, owns, otherwise) = (list.Sheet!.Value.Rows.ToList(), await Ready.Handler.MadeOf(zone, list, ct), await OwnFacts.In(zone, now, ct), new List<int>());
            foreach (var change in command.Rows.Where(c => c.Row <= rows.Count && !made.ContainsKey(c.Row)))
            {
                var before = rows[change.Row - 1];
                var says = RowForm.Of(change.Row, before.Cells, PvReading.Of(before.Cells, here.InZone.Record.FirstLanguage, owns, now), before.Choice, before.AddTo).Mark;
                if (change.Was is { } was && was != says)
                {
                    // An older page that changes nothing in a row leaves it as it is.
                    if (change.Mark != was && change.Mark != says) otherwise.Add(change.Row);
                    continue;
                }
                var to = Guid.TryParse(change.Choice, out var dossier) ? dossier : (Guid?)null;
                var choice = to is not null ? PvChoice.Add : change.Choice switch { nameof(PvChoice.Take) => PvChoice.Take, nameof(PvChoice.Leave) => PvChoice.Leave, _ => PvChoice.Undecided };
                // What nobody asked about when it was chosen is asked now: put right, it is about somebody else, who may be known too, and whose dossier is another.
                var isAnother = (change.Cells.GivenName, change.Cells.FamilyName) != (before.Cells.GivenName, before.Cells.FamilyName);
                if ((change.Known && choice == PvChoice.Take && (!before.Known || isAnother)) || (choice == PvChoice.Add && isAnother)) (choice, to) = (PvChoice.Undecided, null);
                rows[change.Row - 1] = new PvRow(change.Cells, choice, change.Known, to);
            }
            if (otherwise.Count == 0) list.Change(new PvSheet(rows));
            return otherwise;
        }
    }
}
