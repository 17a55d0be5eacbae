using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>Proposes people of a dossier to another zone: who, which fields and which notes, each ticked; what goes is seen first, and just that goes. The rules of safe contact always go.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class Propose(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>What would go; null: it was not asked for yet.</summary>
    public HandedOver? Preview { get; private set; }
    public string To { get; private set; } = "";
    public IReadOnlyList<Choice> Zones { get; private set; } = [];
    public IReadOnlyList<Choice> Persons => [.. View.Persons.Select(p => new Choice(p.Id.ToString(), p.Name))];
    public IReadOnlyList<Choice> Fields => Choice.All<HandedField>(Words.Of);
    public IReadOnlyList<Choice> Notes => [.. View.Notes.Select(n => new Choice(n.Id.ToString(), $"{Moment.Show(n.At)} {n.Begins}"))];
    public IReadOnlyList<Choice> Grounds => Choice.All<HandoverBasis>(Words.Of);
    public IReadOnlyList<Choice> Tellings => [new("True", Words.PersonWasTold), new("False", Words.ZoneHandoverToBeTold)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Persons = [.. View.Persons.Select(p => p.Id)], Fields = [.. View.Minimum] };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier), ct);
        var zones = await pipeline.Send(new Neighbours.Query(), ct);
        Zones = zones.But(who.Zone!.Code);
        To = Form.Zone.Length > 0 ? zones.Say(Form.Zone) : "";
    }

    /// <summary>Shows what would go; nothing is sent.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken ct)
    {
        Preview = await pipeline.Send(new Look { Dossier = Dossier, What = Form with { Dossier = Dossier } }, ct);
        await ShowAgain(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var made = await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        TempData["Done"] = Words.ZoneHandoverProposedDone;
        return RedirectToPage("/Casework/Handovers/Show", new { handover = made });
    }

    /// <param name="At">When it was written, or when the contact was.</param>
    /// <param name="Begins">The first words.</param>
    internal sealed record NoteLine(Guid Id, DateTimeOffset At, string Begins);

    /// <param name="Barred">Why nothing can be handed over now, in words; null: it can.</param>
    internal sealed record Answer(string Number, IReadOnlyList<(Guid Id, string Name)> Persons, IReadOnlyList<HandedField> Minimum, IReadOnlyList<NoteLine> Notes, string? Barred);

    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Dossier) : IQuery<Answer>;

    /// <summary>What would go.</summary>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Look : IQuery<HandedOver>
    {
        internal Guid Dossier { get; init; }
        internal Command What { get; init; } = new();
    }

    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<Guid>
    {
        /// <summary>Code of the other zone.</summary>
        public string Zone { get; init; } = "";
        public List<Guid> Persons { get; init; } = [];
        public List<HandedField> Fields { get; init; } = [];
        public List<Guid> Notes { get; init; } = [];
        public string Reason { get; init; } = "";
        public HandoverBasis? Basis { get; init; }
        public string? WithoutAgreement { get; init; }

        /// <summary>Were the persons told?</summary>
        public bool? Told { get; init; }

        /// <summary>The print of what was shown; what goes must be just that.</summary>
        public string? Shown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
        internal HandoverReason Why => new(Reason.Trim(), Basis == HandoverBasis.WithoutAgreement ? WithoutAgreement!.Trim() : null);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Zone).Must(z => z.Length == 4 && z.All(char.IsAsciiDigit)).WithMessage(_ => Words.ZoneHandoverChooseZone);
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleForEach(c => c.Fields).IsInEnum().WithMessage(_ => Words.TickSomething);
            RuleFor(c => c.Notes).Must(n => n.Count <= Most).WithMessage(_ => Words.ZoneHandoverTooManyNotes);
            RuleFor(c => c.Reason).Must(Said).WithMessage(_ => Words.ZoneHandoverEnterReason).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Basis).NotNull().WithMessage(_ => Words.ChooseGround).IsInEnum().WithMessage(_ => Words.ChooseGround);
            RuleFor(c => c.WithoutAgreement).Must(why => Said(why)).When(c => c.Basis == HandoverBasis.WithoutAgreement).WithMessage(_ => Words.ZoneHandoverEnterWithout).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Told).NotNull().WithMessage(_ => Words.ChooseTold);
        }

        /// <summary>As many as a handover has room to name.</summary>
        private const int Most = 100;

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class LookRules : AbstractValidator<Look>
    {
        public LookRules() => RuleFor(l => l.What).Custom((what, context) =>
        {
            foreach (var fault in new Rules().Validate(what).Errors) context.AddFailure(fault);
        });
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Gate gate, Nevers nevers, Keyring keys, UseCase here, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Look, HandedOver>, IRequestHandler<Command, Guid>
    {
        private const int Shown = 80;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            var people = await Handing.People(zone, keys, dossier, ct);
            var notes = await Handing.Notes(zone, dossier, [.. people.Select(p => p.Id)], ct);
            return new Answer(dossier.Number, [.. people.Select(p => (p.Id, p.Identity.Value.FullName))], Handing.Minimum(dossier), [.. notes.Select(n => new NoteLine(n.Id, n.At, Begin(n.Text.Value)))], await Bar(dossier, people.Count, ct));
        }

        public async Task<HandedOver> Handle(Look query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            return await Write(dossier, query.What, ct);
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } sent) return sent.Made;
            var content = await Write(dossier, form, ct);
            if (content.Print() != form.Shown) throw Wrong(nameof(Command.Fields), Words.LookAtItFirst);
            var handover = Handover.Propose(dossier.Id, form.Zone, form.Why, form.Basis!.Value, form.Told == true, content.People.Select(p => p.Key), form.Fields, form.Notes, caller.Self, (await settings.Of(here.InZone.Id, ct)).HandoverAnswerWithin, now);
            try
            {
                await proposals.Propose(handover, content, ct);
            }
            catch (NoSuchZoneException)
            {
                throw Wrong(nameof(Command.Zone), Words.ZoneHandoverChooseZone);
            }
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = handover.Id });
            return handover.Id;
        }

        private async Task<HandedOver> Write(Dossier dossier, Command form, CancellationToken ct)
        {
            if (await Bar(dossier, 1, ct) is { } barred) throw Wrong(nameof(Command.Zone), barred);
            var notes = await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier.Id).Select(n => new { n.Id, n.Persons }).ToListAsync(ct);
            var contacts = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id).Select(c => new { c.Id, c.Persons }).ToListAsync(ct);
            var content = await Handing.Write(zone, keys, gate, nevers, clock.GetUtcNow(), dossier, form.Persons, form.Fields, form.Notes, form.Why, form.Basis!.Value, form.Told == true, ct);
            // What was noted about several goes only where all of them go.
            if (notes.Concat(contacts).Any(n => form.Notes.Contains(n.Id) && n.Persons.Exists(p => !form.Persons.Contains(p)))) throw Wrong(nameof(Command.Notes), Words.ZoneHandoverNoteOfOthers);
            return content;
        }

        private async Task<string?> Bar(Dossier dossier, int people, CancellationToken ct)
        {
            if (dossier.Protection == Protection.Sealed) return Words.ZoneHandoverSealed;
            if (dossier.Protection == Protection.Restricted && !await guard.Leads(dossier, ct)) return Words.ZoneHandoverRestricted;
            if (!dossier.IsOpen) return Words.ClosedNoAct;
            if (people == 0) return Words.ZoneHandoverNobody;
            return await zone.Set<Handover>().AnyAsync(h => h.DossierId == dossier.Id && !h.CameIn && (h.State == HandoverState.Proposed || h.State == HandoverState.Delivered || h.State == HandoverState.Asked || h.State == HandoverState.Withdrawing), ct) ? Words.ZoneHandoverGoesOn : null;
        }

        private static string Begin(string text) => text.ReplaceLineEndings(" ") is { Length: > Shown } line ? line[..Shown] + "…" : text.ReplaceLineEndings(" ");
        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
