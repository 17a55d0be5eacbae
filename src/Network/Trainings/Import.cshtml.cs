using System.Security.Cryptography;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Network.Trainings;

/// <summary>A list of colleagues for a training, pasted or as a file: shown first, row by row, with what is wrong and who is entered already; taken whole or not at all.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Import(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty] public Input Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Print of the list that was shown: another one is shown first.</summary>
    [BindProperty] public string? Seen { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>It was looked at, nothing is wrong with it, and somebody in it is new.</summary>
    public bool MayTake => View.MayTake;

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Training, ""), ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Training, Form.Text ?? ""), ct);

    /// <summary>Shows what would be taken; nothing is saved.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await Read(ct);
        await ShowAgain(ct);
        foreach (var fault in View.Faults) ModelState.AddModelError("Form.Text", fault);
        if (!ModelState.IsValid) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        await Read(ct);
        var (taken, waiting) = await pipeline.Send(new Command(Training, Form.Text ?? "", Once) { Seen = Seen ?? "" }, ct);
        TempData["Done"] = waiting > 0 ? Words.TrainingTakenWaiting(taken, waiting) : Words.TrainingTaken(taken);
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    // What was in the file stands in the box from now on, to be mended there.
    private async Task Read(CancellationToken ct)
    {
        if (Form.File is null) return;
        Form = await Form.Read(ct);
        ModelState.SetModelValue("Form.Text", new ValueProviderResult(Form.Text));
    }

    internal sealed record Input
    {
        public string? Text { get; init; }
        public IFormFile? File { get; init; }

        /// <summary>The file's text in place of what was pasted, where there is a file with something in it.</summary>
        public async Task<Input> Read(CancellationToken ct)
        {
            if (File is not { Length: > 0 } upload) return this;
            await using var stream = upload.OpenReadStream();
            return this with { Text = Design.Forms.PlainText.Of(await CellText.Read(stream, ParticipantText.LargestBytes, ct)), File = null };
        }
    }

    /// <summary>What becomes of a row. One that is entered already, or stands above, is left out.</summary>
    internal enum ParticipantRowIs { New = 1, Entered, Twice }

    /// <param name="Left">Columns that are not taken.</param>
    internal sealed record Answer(string Subject, IReadOnlyList<(ParticipantRow Row, ParticipantRowIs Is)> Rows, ParticipantsUnread? Unread, IReadOnlyList<string> Left)
    {
        /// <summary>The same for the same rows.</summary>
        public string Print => Convert.ToHexString(PrintOf(Rows.Select(r => r.Row)));

        /// <summary>Nothing is wrong with it, and somebody in it is new.</summary>
        public bool MayTake => Rows.Any(r => r.Is == ParticipantRowIs.New) && Rows.All(r => r.Row.Faults.Count == 0);

        /// <summary>Whatever is wrong, in words.</summary>
        public IEnumerable<string> Faults => (Unread ?? (Rows.Count == 0 ? ParticipantsUnread.Nothing : null)) is { } why ? [Words.Of(why)] : Rows.SelectMany(r => r.Row.Faults.Select(f => Words.TrainingRowFault(r.Row.Number, f)));
    }

    /// <summary>What is to be taken of a list.</summary>
    /// <param name="seen">Print of the list as it was shown; null: it was shown to nobody.</param>
    /// <exception cref="ValidationException">It is no list, something is wrong in it, or it is another than was shown.</exception>
    internal static IReadOnlyList<ParticipantRow> Taken(string text, string language, string? seen)
    {
        var (rows, unread, _) = ParticipantText.Read(text, language);
        if (unread is { } why) throw Wrong(Words.Of(why));
        if (rows.FirstOrDefault(r => r.Faults.Count > 0) is { } bad) throw Wrong(Words.TrainingRowFault(bad.Number, bad.Faults[0]));
        // A file that was put in since, or a page that the browser brought back: it is shown before it is taken.
        return seen is null || seen == Convert.ToHexString(PrintOf(rows)) ? rows : throw Wrong(Words.ListOtherThanShown);
    }

    /// <summary>What the first of those taken carries, so that the same press again takes nobody twice. Another list in the same form is another press.</summary>
    internal static Guid OnceOf(Guid form, string text, string language) =>
        form == default ? default : new Guid(SHA256.HashData([.. form.ToByteArray(), .. PrintOf(ParticipantText.Read(text, language).Rows)]).AsSpan(0, 16));

    internal static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Input.Text), said)]);

    /// <summary>What becomes of each row.</summary>
    /// <param name="isKnown">Is somebody entered already?</param>
    internal static IReadOnlyList<(ParticipantRow Row, ParticipantRowIs Is)> Judged(IReadOnlyList<ParticipantRow> rows, Func<Participant.Person, bool> isKnown)
    {
        var (names, boxes) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        return [.. rows.Select(row => (row, isKnown(row.Person) ? ParticipantRowIs.Entered : IsFirst(row.Person) ? ParticipantRowIs.New : ParticipantRowIs.Twice))];

        bool IsFirst(Participant.Person who)
        {
            var (name, box) = (names.Add(Participant.Same(who.FullName, who.Unit)), who.Mailbox is null || boxes.Add(who.Mailbox));
            return name && box;
        }
    }

    private static byte[] PrintOf(IEnumerable<ParticipantRow> rows) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(rows.Select(r => r.Person)));

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training, string Text) : IQuery<Answer>;

    /// <returns>How many there are more, and how many of them wait.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Command(Guid Training, string Text, Guid Once) : ICommand<(int Taken, int Waiting)>
    {
        /// <summary>Print of the list as it was shown; null: it was shown to nobody.</summary>
        public string? Seen { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, (int Taken, int Waiting)>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            if (query.Text.Length == 0) return new Answer(training.Subject, [], null, []);
            var (rows, unread, left) = ParticipantText.Read(query.Text, here.InZone.Record.FirstLanguage);
            return new Answer(training.Subject, Judged(rows, IsKnown(await Seats.Of(zone, training, ct))), unread, left);
        }

        public async Task<(int Taken, int Waiting)> Handle(Command command, CancellationToken ct)
        {
            if (!await Trainings.Training.TakeTurn(zone, command.Training, clock.GetUtcNow(), ct)) throw new RefusedException("absent", command.Training);
            var (training, now) = (await zone.Set<Training>().SingleAsync(t => t.Id == command.Training, ct), clock.GetUtcNow());
            var language = here.InZone.Record.FirstLanguage;
            var once = OnceOf(command.Once, command.Text, language);
            if (once != default && await zone.Set<Participant>().AnyAsync(p => p.Once == once, ct)) return (0, 0);
            if (training.Cancelled is not null) throw Wrong(Words.TrainingIsCancelled);
            var rows = Taken(command.Text, language, command.Seen);
            var seats = await Seats.Of(zone, training, ct);
            List<ParticipantRow> added = [.. Judged(rows, IsKnown(seats)).Where(r => r.Is == ParticipantRowIs.New).Select(r => r.Row)];
            if (seats.All.Count + added.Count > Trainings.Training.MostSeats * 2) throw Wrong(Words.TrainingTooMany(Trainings.Training.MostSeats * 2));
            if (await Show.IsOpen(zone, training, now, ct)) seats.Fill(zone, now); // nobody comes in before those who wait
            var waiting = 0;
            foreach (var (row, i) in added.Select((row, i) => (row, i)))
            {
                var one = seats.Enter(row.Person, i == 0 ? once : default, now);
                zone.Add(one);
                if (one.State == ParticipantState.Waiting) waiting++;
            }
            return (added.Count, waiting);
        }

        private static Func<Participant.Person, bool> IsKnown(Seats seats) => who => seats.Known(who) is not null;
    }
}
