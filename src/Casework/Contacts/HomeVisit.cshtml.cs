using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>Somebody goes to where people live: in, out, and by when they mean to be out. Late, the whole zone sees it in red; nobody is called, and the page says so.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class HomeVisit(IMediator pipeline, UnderWay underWay, WhereAndWho who, ISendSms sms, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Contact { get; set; }
    [BindProperty] public In Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What happens when somebody is late, and what does not.</summary>
    public string NoAlarm => sms.IsReady ? Words.NoAlarmTexted : Words.NoAlarm;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new In { Minutes = View.Minutes };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Contact), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await pipeline.Send(Form with { Dossier = Dossier, Contact = Contact }, ct);
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; the page says why.
            ModelState.AddModelError("Form.Minutes", bar == Bar.Never ? Words.NeverAtHome : Words.Of(bar));
            await ShowAgain(ct);
            return Page();
        }
        return Again(Words.CheckedInDone);
    }

    public async Task<IActionResult> OnPostLongerAsync(CancellationToken ct)
    {
        await pipeline.Send(new Longer(Dossier, Contact), ct);
        return Again(Words.Noted);
    }

    public async Task<IActionResult> OnPostOutAsync(CancellationToken ct)
    {
        await pipeline.Send(new Out(Dossier, Contact), ct);
        return Again(Words.CheckedOutDone);
    }

    private RedirectToPageResult Again(string done)
    {
        underWay.Forget(who);
        TempData["Done"] = done;
        return RedirectToPage(new { Dossier, Contact });
    }

    /// <param name="AtTheDoor">What other dossiers tell of the address.</param>
    /// <param name="MayBeThereStill">Check-out was pressed a moment ago.</param>
    internal sealed record Answer(Place Place, DateTimeOffset At, int Minutes, Danger Danger, Danger AtTheDoor, DateTimeOffset? CheckedIn, DateTimeOffset? ExpectedOut, DateTimeOffset? CheckedOut, bool MayBeThereStill);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Contact) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record In : ICommand<bool>
    {
        /// <summary>How long it will take.</summary>
        public int? Minutes { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Contact { get; init; }
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Longer(Guid Dossier, Guid Contact) : ICommand<bool>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Out(Guid Dossier, Guid Contact) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<In>
    {
        public Rules() => RuleFor(c => c.Minutes).Must(m => m is > 0 and <= 24 * 60).WithMessage(_ => Words.NoMinutes);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Doors doors, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var visit = await Appointments.Find(zone.Set<Contact>(), dossier.Id, query.Contact, ct);
            if (!visit.IsVisit && visit.CheckedIn is null) throw new RefusedException("absent", dossier.Id);
            return new Answer(visit.Place, visit.At, visit.Minutes, dossier.Danger, await AtTheDoor(dossier, visit, ct), visit.CheckedIn, visit.ExpectedOut, visit.CheckedOut, visit.MayBeThereStill(clock.GetUtcNow()));
        }

        private async Task<Danger> AtTheDoor(Dossier dossier, Contact visit, CancellationToken ct)
        {
            var persons = visit.Persons.ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && persons.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            return await doors.Of(dossier, people, ct);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, TimeProvider clock) : IRequestHandler<In, bool>, IRequestHandler<Longer, bool>, IRequestHandler<Out, bool>
    {
        public Task<bool> Handle(In form, CancellationToken ct) => Change(form.Dossier, form.Contact, async (dossier, visit) =>
        {
            visit.MustStand(nameof(In.Minutes));
            if (!visit.IsVisit) throw new ValidationException([new ValidationFailure(nameof(In.Minutes), Words.NoVisit)]);
            if (visit.CheckedIn is null && visit.At - clock.GetUtcNow() > Contacts.Contact.Early) throw new ValidationException([new ValidationFailure(nameof(In.Minutes), Words.VisitIsLater)]);
            // Since it was planned they may have said never. Late by some minutes it is still the time that was agreed.
            if (visit.CheckedIn is null) await gate.PassVisit(dossier, visit.Persons, visit.Place, visit.ForThem, visit.At, ct);
            visit.CheckIn(TimeSpan.FromMinutes(form.Minutes!.Value), clock.GetUtcNow());
        }, ct);

        public Task<bool> Handle(Longer command, CancellationToken ct) => Change(command.Dossier, command.Contact, (_, visit) =>
        {
            visit.Stay(clock.GetUtcNow());
            return Task.CompletedTask;
        }, ct);

        public Task<bool> Handle(Out command, CancellationToken ct) => Change(command.Dossier, command.Contact, (_, visit) =>
        {
            visit.CheckOut(clock.GetUtcNow());
            return Task.CompletedTask;
        }, ct);

        private async Task<bool> Change(Guid id, Guid contact, Func<Dossier, Contact, Task> how, CancellationToken ct)
        {
            var dossier = await guard.Open(id, ct);
            var visit = await Appointments.Find(zone.Set<Contact>(), dossier.Id, contact, ct);
            var before = visit.Version;
            await how(dossier, visit);
            return visit.Version != before;
        }
    }
}
