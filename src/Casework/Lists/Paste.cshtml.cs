using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Casework.Lists;

/// <summary>The night's official reports, pasted from a spreadsheet or as a file. Nothing is made of them yet: they are read, kept sealed for a day, and shown row by row.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Paste(IMediator pipeline) : PageModel, IShowAgain
{
    // As many rows in one question as leave room for others.
    private const int AtOnce = 50;

    [BindProperty] public Input Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>One's own lists that are not done with.</summary>
    public IReadOnlyList<(Guid List, DateTimeOffset At)> Open { get; private set; } = [];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Open = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (rows, unread) = PvText.Read(await Said(ct));
        if (unread is { } why) throw new ValidationException([new ValidationFailure(nameof(Input.Text), Words.Of(why))]);
        var known = new List<bool>();
        foreach (var some in rows.Chunk(AtOnce)) known.AddRange(await pipeline.Send(new KnownRows.Query(some), ct));
        return RedirectToPage("/Casework/Lists/Check", new { list = await pipeline.Send(new Command(rows, known, Once), ct) });
    }

    // A file that is chosen goes before what was pasted.
    private async Task<string> Said(CancellationToken ct)
    {
        if (Form.File is not { Length: > 0 } upload) return Form.Text ?? "";
        await using var stream = upload.OpenReadStream();
        return await CellText.Read(stream, PvText.LargestBytes, ct);
    }

    internal sealed record Input
    {
        public string? Text { get; init; }
        public IFormFile? File { get; init; }
    }

    [Requires(May.OpenCallOuts)]
    internal sealed record Query : IQuery<IReadOnlyList<(Guid List, DateTimeOffset At)>>;

    /// <summary>Keeps what was read; nothing is made of it.</summary>
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(IReadOnlyList<PvCells> Rows, IReadOnlyList<bool> Known, Guid Once) : ICommand<Guid>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<(Guid List, DateTimeOffset At)>>, IRequestHandler<Command, Guid>
    {
        public async Task<IReadOnlyList<(Guid List, DateTimeOffset At)>> Handle(Query query, CancellationToken ct)
        {
            var since = clock.GetUtcNow() - PvList.Kept;
            return [.. (await zone.Set<PvList>().Where(l => l.Account == caller.Self && l.Gone == null && l.At > since).OrderByDescending(l => l.At).Select(l => new { l.Id, l.At }).ToListAsync(ct)).Select(l => (l.Id, l.At))];
        }

        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            if (command.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == command.Once, ct) is { } before) return before.Made;
            var twins = new PvSheet([.. command.Rows.Select(r => new PvRow(r, PvChoice.Undecided, false))]).Twins();
            // What may be known, or stands there twice, is decided by somebody; the rest is taken unless it is left.
            var list = PvList.Of(new PvSheet([.. command.Rows.Select((cells, i) => new PvRow(cells, command.Known[i] || twins[i] > 0 ? PvChoice.Undecided : PvChoice.Take, command.Known[i]))]), caller.Self, clock.GetUtcNow());
            zone.Add(list);
            if (command.Once != default) zone.Add(new Submission { Id = command.Once, Made = list.Id });
            return list.Id;
        }
    }
}

/// <summary>Which rows are about somebody, or a report, that this zone knows. Shows nothing and tells nobody.</summary>
internal static class KnownRows
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Query(IReadOnlyList<PvCells> Rows) : IQuery<IReadOnlyList<bool>>;

    internal sealed class Handler(Duplicates duplicates) : IRequestHandler<Query, IReadOnlyList<bool>>
    {
        public async Task<IReadOnlyList<bool>> Handle(Query query, CancellationToken ct)
        {
            var known = new List<bool>();
            foreach (var row in query.Rows) known.Add(await duplicates.Any(row.FamilyName, row.GivenName, row.Number, named: !PvReading.IsUnknown(row), ct));
            return known;
        }
    }
}
