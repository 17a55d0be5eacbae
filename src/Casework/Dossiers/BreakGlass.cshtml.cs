using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>"I need a dossier that I cannot see": a number and a reason open it for an hour, coordinator and data-protection officer are told at once. A number that is nobody's,
/// a walled dossier and a sealed one give one answer.</summary>
[Requires(May.BreakGlass)]
internal sealed class BreakGlass(IMediator pipeline) : PageModel
{
    /// <summary>The reason in the audit.</summary>
    public const string Why = "break-glass";

    [BindProperty] public Command Form { get; set; } = new();

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) => RedirectToPage("/Casework/Dossiers/Show", new { dossier = await pipeline.Send(Form, ct) });

    [Requires(May.BreakGlass)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public string Number { get; init; } = "";
        public string Reason { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Number).Must(n => DossierNumber.TryParse(n, out _)).WithMessage(_ => Words.NoDossierNumber);
            RuleFor(c => c.Reason).Must(r => r.Trim().Length >= 10).WithMessage(_ => Words.SayWhy).MaximumLength(2000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Caller caller, Trail trail, IStaff staff, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            _ = DossierNumber.TryParse(form.Number, out var typed);
            var (number, now, self) = (typed.Text, clock.GetUtcNow(), caller.Self);
            var seen = zone.Set<Dossier>().Where(await guard.Visible(ct));
            // One question whatever is there, so that every "no" takes the same way.
            var found = await zone.Set<Dossier>().Where(d => d.Number == number)
                .Select(d => new { d.Id, d.Protection, Walled = zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id), Seen = seen.Any(s => s.Id == d.Id) }).SingleOrDefaultAsync(ct);
            if (found is null or { Walled: true } or { Protection: Protection.Sealed, Seen: false })
            {
                if (found is not null) trail.Concerns(found.Id, found.Walled ? "wall" : "seal");
                throw new ValidationException([new ValidationFailure(nameof(Command.Number), Words.NoSuchDossier)]);
            }
            trail.Concerns(found.Id, Why);
            if (found.Seen) return found.Id;
            var grant = Grant.Give(found.Id, self, GrantKind.BreakGlass, now, now + Grant.Emergency, self, form.Reason);
            zone.Add(grant);
            foreach (var told in await WhoIsTold(found.Id, ct)) zone.Add(OutboxMessage.New($"{Notices.BrokenGlass} {grant.Id} {told}", Notices.BrokenGlass, null, told, now));
            return found.Id;
        }

        // Not whoever did it, nobody behind the wall; where nobody is left, the administrators.
        private async Task<IReadOnlyList<Guid>> WhoIsTold(Guid dossier, CancellationToken ct)
        {
            var walled = (await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == dossier).Select(w => w.Account).ToListAsync(ct)).ToHashSet();
            foreach (var roles in new Role[][] { [Role.Coordinator, Role.DataProtectionOfficer], [Role.ZoneAdministrator] })
            {
                var told = (await staff.Holding(here.InZone.Id, roles, ct)).Where(a => a != caller.Account && !walled.Contains(a)).ToList();
                if (told.Count > 0) return told;
            }
            return [];
        }
    }
}

/// <summary>Puts the glass back before the hour is over.</summary>
[Requires(May.BreakGlass)]
internal sealed class EndBreakGlass(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Dossier), ct);
        TempData["Done"] = Words.GlassEnded;
        return RedirectToPage("/Casework/Worklist/Mine");
    }

    [Requires(May.BreakGlass)]
    internal sealed record Command(Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Read(command.Dossier, ct), clock.GetUtcNow());
            var open = (await zone.Set<Grant>().Where(g => g.DossierId == dossier.Id && g.Account == caller.Self && g.Kind == GrantKind.BreakGlass).ToListAsync(ct)).Where(g => g.Counts(now)).ToList();
            foreach (var grant in open) grant.End(now);
            return open.Count > 0;
        }
    }
}

/// <summary>The red band round every page of a dossier that is open because a glass was broken.</summary>
internal sealed class GlassIsBroken : IWarn
{
    public ValueTask<IReadOnlyList<Warning>> Of(WhereAndWho who, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<Warning>>(who.Opened is { Why: BreakGlass.Why, Until: { } until } opened
        ? [new Warning(Words.GlassBand(Design.Html.Moment.Show(until)), $"/dossiers/{opened.Dossier}/end-break-glass", Words.EndNow)] : []);
}
