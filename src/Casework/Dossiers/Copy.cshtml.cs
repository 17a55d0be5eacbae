using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Copies an entry into the other layer: what exactly, and on what ground. The copy is a note of its own and says only what its origin says; nothing is copied by itself.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Copy(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Entry { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Grounds => Choice.All<CopyGround>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Text = View.Text };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Entry), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Entry = Entry, Once = Once }, ct);
        TempData["Done"] = Words.Copied;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Into">The layer that it is copied into.</param>
    internal sealed record Answer(string Number, DateTimeOffset At, Layer Into, string Text);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Entry) : IQuery<Answer>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Text { get; init; } = "";
        public CopyGround? Ground { get; init; }
        public string? Why { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Entry { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(_ => Words.WriteSomething).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Ground).NotNull().WithMessage(_ => Words.ChooseGround).IsInEnum().WithMessage(_ => Words.ChooseGround);
            RuleFor(c => c.Why).Must(w => !string.IsNullOrWhiteSpace(w)).When(c => c.Ground == CopyGround.Other).WithMessage(_ => Words.SayWhy).MaximumLength(2000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var origin = await Find(dossier, query.Entry, ct);
            return new Answer(dossier.Number, origin.Entry.At, origin.Into, origin.Text);
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var origin = await Find(dossier, form.Entry, ct);
            var text = form.Text.Trim();
            if (!Shortens(text, origin.Text)) throw new ValidationException([new ValidationFailure(nameof(Command.Text), Words.OnlyShorten)]);
            var copy = Note.Copy(origin.Entry, origin.Persons, origin.Into, text, form.Ground!.Value, string.IsNullOrWhiteSpace(form.Why) ? null : form.Why.Trim(), caller.Self, now, Countersigning.Of(caller));
            zone.Add(copy);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = copy.Id });
            return copy.Id;
        }

        /// <exception cref="RefusedException">There is no such entry, it holds no words, it waits for a second name, or the dossier is closed.</exception>
        private async Task<(ICountersigned Entry, Layer Into, string Text, IReadOnlyList<Guid> Persons)> Find(Dossier dossier, Guid id, CancellationToken ct)
        {
            if (!dossier.IsOpen) throw new RefusedException("closed", dossier.Id);
            if (await zone.Set<Note>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == id && n.DossierId == dossier.Id, ct) is { } note && note.Counts()) return (note, Other(note.Layer), note.Text.Value, note.Persons);
            if (await zone.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier.Id && c.State != ContactState.Planned, ct) is { Note: { } said } contact && contact.Counts()) return (contact, Other(contact.Layer), said.Value, contact.Persons);
            throw new RefusedException("absent", dossier.Id);
        }

        private static Layer Other(Layer layer) => layer == Layer.Police ? Layer.Assistance : Layer.Police;
    }

    /// <summary>What an entry of a dossier says; null: there is none, or it says nothing.</summary>
    internal static async Task<string?> TextOf(ZoneDbContext zone, Guid dossier, Guid entry, CancellationToken ct) =>
        await zone.Set<Note>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == entry && n.DossierId == dossier, ct) is { } note ? note.Text.Value
        : (await zone.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == entry && c.DossierId == dossier, ct))?.Note?.Value;

    /// <summary>Does a copy say only what its origin says: its words, in their order, some left out?</summary>
    internal static bool Shortens(string copy, string origin)
    {
        var (words, at) = (WordsOf(origin), 0);
        foreach (var word in WordsOf(copy))
        {
            while (at < words.Count && words[at] != word) at++;
            if (at++ >= words.Count) return false;
        }
        return true;
    }

    // Where a sentence is cut its punctuation changes; that is no new word.
    private static List<string> WordsOf(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => string.Concat(w.Where(char.IsLetterOrDigit)).ToUpperInvariant()).Where(w => w.Length > 0)];
}
