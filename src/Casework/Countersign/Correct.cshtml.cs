using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Countersign;

/// <summary>A trainee corrects what they wrote, as long as nobody countersigned it; then it waits again.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Correct(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Entry { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Services => ShippedCodes.Choices<ServiceKind>(Moment.Day(clock.GetUtcNow()), View.Form.Services);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = View.Form;
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Entry), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Entry = Entry }, ct);
        TempData["Done"] = Words.CorrectedWaits;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal sealed record Answer(bool IsContact, bool Held, string? Remark, Command Form)
    {
        /// <summary>A contact with somebody else, for the person.</summary>
        public bool ForThem { get; init; }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Entry) : IQuery<Answer>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public string Text { get; init; } = "";
        public int? Minutes { get; init; }
        public List<ServiceKind> Services { get; init; } = [];
        public string? Question { get; init; }
        public string? Answer { get; init; }
        public DateOnly? ToldOn { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Entry { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Question).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Answer).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ToldOn).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.Text).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Minutes).Must(m => m is null or (>= 0 and <= 24 * 60)).WithMessage(_ => Words.NoMinutes);
            RuleForEach(c => c.Services).IsInEnum().WithMessage(_ => Words.ChooseService);
        }
    }

    internal sealed class QueryHandler(Entries entries) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (_, entry) = await entries.ToCorrect(query.Dossier, query.Entry, reads: true, ct);
            return entry is Contact contact
                ? new Answer(true, contact.Held, entry.Remark?.Value, new Command { Text = contact.Note?.Value ?? "", Minutes = contact.Minutes, Services = contact.Services, Question = contact.Question?.Value, Answer = contact.Answer?.Value, ToldOn = contact.ToldOn }) { ForThem = contact.ForThem }
                : new Answer(false, false, entry.Remark?.Value, new Command { Text = ((Note)entry).Text.Value });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Entries entries, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, entry) = await entries.ToCorrect(form.Dossier, form.Entry, reads: false, ct);
            switch (entry)
            {
                case Contact contact:
                    if (contact.Held && form.Services.Count == 0) throw new ValidationException([new ValidationFailure(nameof(Command.Services), Words.ChooseService)]);
                    ShippedCodes.Must(Moment.Day(clock.GetUtcNow()), nameof(Command.Services), Words.ChooseService, form.Services, contact.Services);
                    ContactChange.Keep(zone, contact, caller.Self, clock.GetUtcNow(), () => contact.Correct(form.Text, form.Minutes ?? contact.Minutes, form.Services, asked: new AskedForThem(form.Question, form.Answer, form.ToldOn)));
                    break;
                case Note note:
                    if (string.IsNullOrWhiteSpace(form.Text)) throw new ValidationException([new ValidationFailure(nameof(Command.Text), Words.WriteSomething)]);
                    // A copy stays one: it says what its origin says.
                    if (note.CopyOf is { } origin && !Copy.Shortens(form.Text, await Copy.TextOf(zone, dossier.Id, origin, ct) ?? "")) throw new ValidationException([new ValidationFailure(nameof(Command.Text), Words.OnlyShorten)]);
                    note.Correct(form.Text.Trim());
                    break;
            }
            entry.WaitAgain();
            dossier.Touch();
            return true;
        }
    }
}
