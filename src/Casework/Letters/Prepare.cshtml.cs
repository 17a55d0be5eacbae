using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Letters;

/// <summary>A letter to one person of a dossier, from the zone's text in their language, to be changed before it is prepared.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Prepare(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>A text of its own for each kind and language: another that is asked for is another letter.</summary>
    public string Draft => DraftOf(View.Kind, View.Language);

    public static string DraftOf(LetterKind kind, string language) => $"letter{kind}{language}".ToLowerInvariant();

    public async Task OnGetAsync(LetterKind? kind, string? language, CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person, kind is { } asked && LetterKinds.Letters.Contains(asked) ? asked : null, Wording.Languages.Contains(language) ? language : null), ct);
        Form = new Command { Kind = View.Kind, Language = View.Language, Text = View.Text, Shown = View.Revision };
    }

    // What was typed stays, over the rules as they are now.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person, LetterKinds.Letters.Contains(Form.Kind) ? Form.Kind : null, Wording.Languages.Contains(Form.Language) ? Form.Language : null), ct);
        ModelState.Remove("Form.Shown");
        Form = Form with { Shown = View.Revision };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await pipeline.Send(Form with { Dossier = Dossier, Person = Person, Once = Once }, ct);
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; the page says why.
            ModelState.AddModelError("Form.Text", Words.Of(bar));
            await ShowAgain(ct);
            return Page();
        }
        TempData["Done"] = Words.LetterPrepared;
        return RedirectToPage("/Casework/Letters/List");
    }

    /// <param name="Text">The proposal.</param>
    /// <param name="Revision">Of the rules shown.</param>
    internal sealed record Answer(string Name, Rule Rule, Passage Passage, Bar Bar, SafeDetails Details, bool AskAgain, int Revision, LetterKind Kind, string Language, string Text);

    /// <param name="Kind">null: what comes next for this person.</param>
    /// <param name="Language">null: the person's.</param>
    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person, LetterKind? Kind, string? Language) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public LetterKind Kind { get; init; }
        public string Language { get; init; } = "";
        public string Text { get; init; } = "";

        /// <summary>The revision of the rules that stood above the text.</summary>
        public int? Shown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Kind).Must(LetterKinds.Letters.Contains).WithMessage(_ => Words.ChooseLetterKind);
            RuleFor(c => c.Language).Must(Wording.Languages.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Text).Must(t => t.Trim().Length > 0).WithMessage(_ => Words.WriteALetter).MaximumLength(LetterTemplate.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Text).Must(t => Wording.Gap(t) is null).WithMessage(c => Words.FillTheGap(Wording.Gap(c.Text)));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Wording wording, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Read(query.Dossier, ct), clock.GetUtcNow());
            var kind = query.Kind ?? await Next(dossier, query.Person, ct);
            var first = kind == LetterKind.First && await IsFirst(dossier, query.Person, ct);
            var whom = await gate.Of(dossier, query.Person, first, ct);
            var language = query.Language ?? wording.LanguageOf(whom.Person.Language);
            var (passage, bar) = Clearance.Look(whom, new Outgoing(Channel.Letter, First: first), now);
            var name = whom.Person.Identity.Value.FullName;
            return new Answer(name, whom.Of(Channel.Letter), passage, bar, whom.Agreed, whom.Safe.MustBeAskedAgain(now), whom.Safe.Revision, kind, language, bar == Bar.None ? await wording.Compose(kind, language, name, ct) : "");
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var leave = await gate.Pass(dossier, form.Person, new Outgoing(Channel.Letter, First: form.Kind == LetterKind.First && await IsFirst(dossier, form.Person, ct), Read: form.Shown is not null), ct);
            if (form.Shown != (await gate.Of(dossier, form.Person, first: false, ct)).Safe.Revision) throw new ValidationException([new ValidationFailure(nameof(Command.Text), Words.RulesChangedRead)]);
            var letter = Letter.Prepare(leave, form.Kind, form.Language, form.Text.Trim(), await ActFor(dossier, form.Person, ct), caller.Self, now);
            zone.Add(letter);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = letter.Id });
            return letter.Id;
        }

        // Unasked one letter goes, and no second.
        private async Task<bool> IsFirst(Dossier dossier, Guid person, CancellationToken ct)
        {
            if (await zone.Set<Letter>().AnyAsync(l => l.PersonId == person && l.State == LetterState.Printed, ct)) return false;
            if (dossier.FirstContact is null) return true;
            var rules = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person && s.DossierId == dossier.Id, ct);
            return rules is not null && !DueLetters.IsReached(dossier, person, rules, await DueLetters.Met(zone, [dossier.Id], ct));
        }

        // Nobody was reached yet and nothing was written: the first.
        private async Task<LetterKind> Next(Dossier dossier, Guid person, CancellationToken ct) =>
            await IsFirst(dossier, person, ct) ? await zone.Set<Handovers.Handover>().AnyAsync(h => h.CameIn && h.DossierId == dossier.Id, ct) ? LetterKind.HandedOver : LetterKind.First : LetterKind.Recontact;

        /// <summary>The planned letter that this one is; one that this person got already is not planned any more.</summary>
        private async Task<Guid?> ActFor(Dossier dossier, Guid person, CancellationToken ct)
        {
            var got = await zone.Set<Letter>().Where(l => l.PersonId == person && l.State == LetterState.Printed).Select(l => l.Act).ToListAsync(ct);
            return (await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.Letter && f.Done == null).OrderBy(f => f.DueAt).ToListAsync(ct)).Find(f => f.Persons.Contains(person) && !got.Contains(f.Id))?.Id;
        }
    }
}
