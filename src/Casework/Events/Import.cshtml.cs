using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Lists;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Casework.Events;

/// <summary>A list of people from elsewhere, pasted or as a file: shown first, row by row, with what is wrong and who may stand in ours already; taken whole or not at all.</summary>
[Requires(May.LeadEvents)]
internal sealed class Import(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty] public Input Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>It was looked at, and nothing is wrong with it.</summary>
    public bool MayTake => View.Rows.Count > 0 && View.Rows.All(r => r.Row.Faults.Count == 0);

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Event, ""), ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Event, Form.Text ?? ""), ct);

    /// <summary>Shows what would be taken; nothing is saved.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await Read(ct);
        View = await pipeline.Send(new Query(Event, Form.Text ?? ""), ct);
        if (View.Unread is { } why) ModelState.AddModelError("Form.Text", Words.Of(why));
        foreach (var (row, _) in View.Rows)
        {
            foreach (var fault in row.Faults) ModelState.AddModelError("Form.Text", Words.PvRowFault(row.Number, fault));
        }
        if (!ModelState.IsValid) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        await Read(ct);
        TempData["Done"] = Words.EventTaken(await pipeline.Send(new Command(Event, Form.Text ?? "", Once), ct));
        return RedirectToPage("/Casework/Events/Show", new { Event });
    }

    // What was in the file stands in the box from now on, to be mended there.
    private async Task Read(CancellationToken ct)
    {
        if (Form.File is not { Length: > 0 } upload) return;
        await using var stream = upload.OpenReadStream();
        Form = Form with { Text = Design.Forms.PlainText.Of(await CellText.Read(stream, PvText.LargestBytes, ct)), File = null };
        ModelState.SetModelValue("Form.Text", new ValueProviderResult(Form.Text));
    }

    internal sealed record Input
    {
        public string? Text { get; init; }
        public IFormFile? File { get; init; }
    }

    /// <param name="Rows">Each with the number of the line that may be the same person; 0: none.</param>
    internal sealed record Answer(EventHead Head, IReadOnlyList<(ListRow Row, int Twin)> Rows, PvUnread? Unread);

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event, string Text) : IQuery<Answer>;

    /// <returns>How many lines there are more.</returns>
    [Requires(May.LeadEvents)]
    internal sealed record Command(Guid Event, string Text, Guid Once) : ICommand<int>;

    internal sealed class QueryHandler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var head = await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Import" };
            if (query.Text.Length == 0) return new Answer(head, [], null);
            var (rows, unread) = ListText.Read(query.Text, ev.Says.Value);
            var known = (await at.Lines(ev.Id, ct)).Where(l => l.SameAs is null).Select(l => new ReadLine(l)).ToList();
            return new Answer(head, [.. rows.Select(r => (r, known.Find(k => k.MayBe(Read(r)))?.Line.Number ?? 0))], unread);

            ReadLine Read(ListRow row) => new(EventLine.Add(ev.Id, 0, row.Form.Says(), row.Form.Role, row.Form.State, null, null, default, clock.GetUtcNow()));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Masonry masonry, Caller caller, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            await DossierCounter.TakeTurns(zone, now, ct);
            if (command.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == command.Once, ct)) return 0;
            var says = (await at.Read(command.Event, ct)).Says.Value;
            var (rows, unread) = ListText.Read(command.Text, says);
            if (unread is { } why) throw Wrong(Words.Of(why));
            if (rows.FirstOrDefault(r => r.Faults.Count > 0) is { } bad) throw Wrong(Words.PvRowFault(bad.Number, bad.Faults[0]));
            var (ev, number) = await at.Write(command.Event, rows.Count, ct);
            foreach (var row in rows)
            {
                var line = EventLine.Add(ev.Id, number++, row.Form.Says(), row.Form.Role, row.Form.State, row.Form.Place, string.IsNullOrEmpty(row.Form.Language) ? null : row.Form.Language, caller.Self, now);
                zone.Add(line);
                await masonry.Meets(line, ct);
            }
            if (command.Once != default) zone.Add(new Submission { Id = command.Once, Made = ev.Id });
            return rows.Count;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Input.Text), said)]);
        }
    }
}
