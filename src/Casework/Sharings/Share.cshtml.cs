using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Sharings;

/// <summary>Notes that something was shared outside the team without being a referral: to whom, what, on what ground, who decided, and whether the person was told. In a closed dossier too: orders come late.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Share(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Persons { get; private set; } = [];
    public IReadOnlyList<Choice> Grounds => Choice.All<SharingGround>(Words.Of);
    public IReadOnlyList<Choice> Tellings => [new("True", Words.PersonWasTold), new("False", Words.PersonWasNotTold)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { At = clock.GetUtcNow(), Persons = Concerned.TheOnlyOne(Persons.Select(p => Guid.Parse(p.Value))) };
    }

    public async Task ShowAgain(CancellationToken ct) => Persons = [.. (await pipeline.Send(new Query(Dossier), ct)).Select(p => new Choice(p.Id.ToString(), p.Name))];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        TempData["Done"] = Words.SharingNoted;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<(Guid Id, string Name)>>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public List<Guid> Persons { get; init; } = [];
        public SharingGround? Ground { get; init; }
        public string Recipient { get; init; } = "";
        public string What { get; init; } = "";
        public string DecidedBy { get; init; } = "";
        public string Reason { get; init; } = "";
        public bool? Told { get; init; }
        public string? WhyNotTold { get; init; }
        public DateTimeOffset? At { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.Ground).NotNull().WithMessage(_ => Words.ChooseGround).IsInEnum().WithMessage(_ => Words.ChooseGround);
            RuleFor(c => c.Recipient).Must(Said).WithMessage(_ => Words.EnterRecipient).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.What).Must(Said).WithMessage(_ => Words.EnterWhatWasShared).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.DecidedBy).Must(Said).WithMessage(_ => Words.EnterDecidedBy).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Reason).Must(Said).WithMessage(_ => Words.EnterSharingReason).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Told).NotNull().WithMessage(_ => Words.ChooseTold);
            RuleFor(c => c.WhyNotTold).Must(why => Said(why)).When(c => c.Told == false).WithMessage(_ => Words.EnterWhyNotTold).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.At).Must(at => at is null || at <= clock.GetUtcNow().AddMinutes(5)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Keyring keys) : IRequestHandler<Query, IReadOnlyList<(Guid Id, string Name)>>
    {
        public async Task<IReadOnlyList<(Guid Id, string Name)>> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            return [.. people.OrderByDescending(p => p.IsHelped).Select(p => (p.Id, p.Identity.Value.FullName))];
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            var words = new SharedWords(form.Recipient.Trim(), form.What.Trim(), form.DecidedBy.Trim(), form.Reason.Trim(), form.Told == true ? null : form.WhyNotTold!.Trim());
            var sharing = Sharing.Note(dossier.Id, persons, form.Ground!.Value, words, form.At!.Value, caller.Self, now);
            zone.Add(sharing);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.SharedOutside, caller.Self, form.At.Value, code: (int)sharing.Ground, about: sharing.Id));
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = sharing.Id });
            return sharing.Id;
        }
    }
}
