using FluentValidation;
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
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Contacts;

/// <summary>An appointment does not take place: why, and what comes next instead.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Cancel(IMediator pipeline, UnderWay underWay, IAccounts accounts, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Contact { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Reasons => [.. Choice.All<CancelReason>(Words.Of).Where(c => c.Value != nameof(CancelReason.DossierClosed))];
    public IReadOnlyList<Choice> Acts => Choice.All<ActKind>(Words.Of);

    /// <summary>The appointment as it stands now, where somebody changed it while this form was filled in.</summary>
    public Meanwhile? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        Form = Form with { Version = View.Planned.Version };
    }

    // What was chosen stays; the next press cancels what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        if (View.Planned is var now && now.Version != Form.Version) (Meanwhile, Form) = (await Contacts.Meanwhile.Of(now, View.Persons, accounts, ct), Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Contact = Contact }, ct);
        underWay.Forget(who);
        TempData["Done"] = Words.AppointmentCancelled;
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    /// <param name="Persons">Who was to be met.</param>
    internal sealed record Answer(Contact Planned, IReadOnlyList<string> Persons);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Contact) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public CancelReason? Reason { get; init; }
        public ActKind? Next { get; init; }
        public DateTimeOffset? Due { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Contact { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Reason).NotNull().WithMessage(_ => Words.ChooseReason).IsInEnum().WithMessage(_ => Words.ChooseReason).NotEqual(CancelReason.DossierClosed).WithMessage(_ => Words.ChooseReason);
            RuleFor(c => c.Next).IsInEnum().WithMessage(_ => Words.NextActLabel).Must((c, next) => next is not null || c.Due is null).WithMessage(_ => Words.ActForThisDate);
            RuleFor(c => c.Due).NotNull().When(c => c.Next is not null).WithMessage(_ => Words.EnterDue);
            RuleFor(c => c.Due).Must(due => due is null || due > clock.GetUtcNow().AddMinutes(-5)).When(c => c.Next is not null).WithMessage(_ => Words.DueInPast);
            RuleFor(c => c.Due).Must(due => due is null || due < clock.GetUtcNow().AddYears(3)).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Keyring keys) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var planned = await Appointments.Find(zone.Set<Contact>().AsNoTracking(), dossier.Id, query.Contact, ct);
            var persons = planned.Persons.ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && persons.Contains(p.Id)).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
            return new Answer(planned, [.. people.Select(p => p.Identity.Value.FullName)]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Going going, AppointmentReminders reminders, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var planned = await Appointments.Find(zone.Set<Contact>(), dossier.Id, form.Contact, ct);
            if (planned.State == ContactState.Cancelled && planned.Cancelled == form.Reason) return false; // pressed twice: what came next was planned the first time
            planned.MustStand(nameof(Command.Reason));
            planned.MustNotBeGoingOn(caller.Self, nameof(Command.Reason));
            planned.MustBeAsRead(form.Version, nameof(Command.Reason));
            dossier.MayPlan(form.Next);
            var before = Going.Agreement.Of(planned);
            planned.Cancel(form.Reason!.Value, caller.Self, now);
            await going.Tell(planned, before, ct);
            await going.Settle(dossier, ct);
            await AppointmentReminders.TakeBack(zone, planned.Id, now, ct);
            if (planned.At > now) await reminders.TellAnew(planned, null, ct);
            if (form.Next is { } kind) zone.Add(FollowUp.Plan(dossier.Id, planned.Persons, kind, null, form.Due!.Value, caller.Self, now));
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            return true;
        }
    }
}
