using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Contacts;

/// <summary>What was written down of a contact is put right, when and where it was too: delays are counted from it. With whom it was stays as it is, and so does what a second name stands under.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Correct(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Contact { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Places => Choice.All<Place>(Words.Of);
    public IReadOnlyList<Choice> Services => Choice.All<ServiceKind>(Words.Of);
    public IReadOnlyList<Choice> Topics => Choice.All<Topic>(Words.Of);

    /// <summary>The contact as it stands now, where somebody else corrected it while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        Form = View.Form;
    }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        if (View.Form.Version != Form.Version) (Meanwhile, Form) = (View.Form, Form with { Version = View.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Contact = Contact }, ct);
        TempData["Done"] = Words.ContactSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal sealed record Answer(bool Held, bool ForThem, Command Form);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Contact) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public Place? Place { get; init; }
        public DateTimeOffset? At { get; init; }
        public int? Minutes { get; init; }
        public List<ServiceKind> Services { get; init; } = [];
        public List<Topic> Informed { get; init; } = [];
        public string? Note { get; init; }
        public string? Question { get; init; }
        public string? Answer { get; init; }
        public DateOnly? ToldOn { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Contact { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Question).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Answer).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ToldOn).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.Place).NotNull().WithMessage(_ => Words.ChoosePlace).IsInEnum().WithMessage(_ => Words.ChoosePlace);
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.At).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Minutes).Must(m => m is >= 0 and <= 24 * 60).WithMessage(_ => Words.NoMinutes);
            RuleForEach(c => c.Services).IsInEnum().WithMessage(_ => Words.ChooseService);
            RuleForEach(c => c.Informed).IsInEnum().WithMessage(_ => Words.ChooseTopic);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var contact = await Find(zone.Set<Contact>().AsNoTracking(), dossier.Id, query.Contact, ct);
            return new Answer(contact.Held, contact.ForThem, new Command { Place = contact.Place, At = contact.At, Question = contact.Question?.Value, Answer = contact.Answer?.Value, ToldOn = contact.ToldOn, Minutes = contact.Minutes, Services = contact.Services, Informed = contact.Informed, Note = contact.Note?.Value, Version = contact.Version });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Tally tally) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Open(form.Dossier, ct);
            var contact = await Find(zone.Set<Contact>(), dossier.Id, form.Contact, ct);
            if (contact.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Note), Words.ChangedMeanwhile)]);
            if (contact.Held && form.Services.Count == 0) throw new ValidationException([new ValidationFailure(nameof(Command.Services), Words.ChooseService)]);
            contact.Correct(form.Note, form.Minutes!.Value, form.Services, form.Informed, new AskedForThem(form.Question, form.Answer, form.ToldOn));
            await tally.Corrected(contact, ct);
            if (contact.At != form.At || contact.Place != form.Place) await Was(dossier, contact, form.At!.Value, form.Place!.Value, ct);
            dossier.Touch();
            return true;
        }

        // The wait for a first contact ended with the earliest that was held.
        private async Task Was(Dossier dossier, Contact contact, DateTimeOffset at, Place place, CancellationToken ct)
        {
            contact.Was(at, place);
            var others = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id && c.Id != contact.Id && c.State == ContactState.Held && !c.ForThem).ToListAsync(ct);
            if (others.Append(contact).Where(c => c.Held && !c.ForThem && c.Counts()).Select(c => (DateTimeOffset?)c.At).Min() is { } first) dossier.FirstContactWas(first);
        }
    }

    /// <exception cref="RefusedException">There is none, it has not taken place, or it has, needs or had a second name.</exception>
    private static async Task<Contact> Find(IQueryable<Contact> contacts, Guid dossier, Guid id, CancellationToken ct) =>
        await contacts.SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier && c.Signing == Signing.NotNeeded && (c.State == ContactState.Held || c.State == ContactState.Missed), ct) ?? throw new RefusedException("absent", dossier);
}
