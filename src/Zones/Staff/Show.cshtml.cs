using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Conduct;

namespace VictimSupport.Zones.Staff;

/// <summary>One colleague: roles with their history, sessions, absence; give a role, end one, end all sessions.</summary>
[Requires(May.BringStaffIn)]
internal sealed class Show(IMediator pipeline, Standing standing) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Account { get; set; }
    [BindProperty] public GiveCommand Form { get; set; } = new();
    public View Person { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Person = await pipeline.Send(new Query { Account = Account }, ct);

    public async Task<IActionResult> OnPostGiveAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Account = Account }, ct);
        return Done(Words.ChangedDone);
    }

    public async Task<IActionResult> OnPostEndAsync(Guid grant, CancellationToken ct)
    {
        await pipeline.Send(new EndCommand { Account = Account, Grant = grant }, ct);
        standing.ForgetAll(); // the last role here: all of it
        await pipeline.Send(new Leave.ReleaseCommand { Account = Account }, ct);
        return Done(Words.RoleEndedDone);
    }

    public async Task<IActionResult> OnPostSessionsAsync(CancellationToken ct)
    {
        await pipeline.Send(new SessionsCommand { Account = Account }, ct);
        return Done(Words.SessionsEndedDone);
    }

    private RedirectToPageResult Done(string said)
    {
        standing.Forget(Account);
        TempData["Done"] = said;
        return RedirectToPage("/Zones/Staff/Show", new { Account });
    }

    internal sealed record RoleRow(Guid Id, Role Role, DateTimeOffset From, DateTimeOffset? To, string GivenBy, string ConfirmedBy, bool Waiting, bool Counts, bool MayEnd);

    /// <param name="WorksHere">Holds a role here, or will once it is confirmed.</param>
    internal sealed record View(Guid Account, string Name, string? Email, DateTimeOffset? LastSignIn, IReadOnlyList<RoleRow> Roles, Absence? Away, string? ReplacedBy, ConductAcceptance? Accepted, int Sessions, bool IsOneself, bool WorksHere);

    [Requires(May.BringStaffIn)]
    internal sealed record Query : ICatalogQuery<View>
    {
        internal Guid Account { get; init; }
    }

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record GiveCommand : ICatalogCommand<bool>, ISensitive
    {
        public Role? Role { get; init; }
        public DateOnly? Until { get; init; }
        internal Guid Account { get; init; }
    }

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record EndCommand : ICatalogCommand<Guid>, ISensitive
    {
        internal Guid Account { get; init; }
        internal Guid Grant { get; init; }
    }

    [Requires(May.BringStaffIn)]
    internal sealed record SessionsCommand : ICatalogCommand<int>, ISensitive
    {
        internal Guid Account { get; init; }
    }

    internal sealed class Rules : AbstractValidator<GiveCommand>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Role).Must(r => r is { } role && RoleTemplates.Given.Contains(role)).WithMessage(_ => Words.ChooseRole);
            RuleFor(c => c.Until).Custom((until, rule) =>
            {
                if (StaffRules.WrongUntil(until, Moment.Day(clock.GetUtcNow())) is { } wrong) rule.AddFailure(wrong);
            });
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, IAccounts accounts, ISessions sessions, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Account == query.Account).OrderByDescending(g => g.From).ToListAsync(ct);
            if (grants.Count == 0) throw new RefusedException("absent", query.Account);
            var away = await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.Account == query.Account && a.From <= now && a.To > now).FirstOrDefaultAsync(ct);
            var accepted = await house.Set<ConductAcceptance>().AsNoTracking().Where(a => a.Zone == zone && a.Account == query.Account).OrderByDescending(a => a.Version).FirstOrDefaultAsync(ct);
            var ids = grants.SelectMany(g => new[] { g.Account, g.GivenBy ?? g.Account, g.ConfirmedBy ?? g.Account }).Append(away?.Replacement ?? query.Account);
            var names = await accounts.Named(ids, ct);
            if (!names.TryGetValue(query.Account, out var self)) throw new RefusedException("absent", query.Account);
            // Where a former colleague works now, and when, is no longer this zone's to know.
            var (oneself, works) = (query.Account == caller.Account, grants.Any(g => g.Lives(now)));
            return new View(query.Account, self.DisplayName, works ? self.Email : null, works ? (await accounts.LastSignIns([query.Account], ct)).GetValueOrDefault(query.Account) : null,
                [.. grants.Select(g => new RoleRow(g.Id, g.Role, g.From, g.To, Name(g.GivenBy), Name(g.ConfirmedBy), g.IsWaiting(now), g.Counts(now), !oneself && g.Lives(now)))],
                away, away?.Replacement is { } by ? Name(by) : null, accepted, oneself || !works ? 0 : await sessions.AliveOf(query.Account, ct), oneself, works);

            string Name(Guid? id) => id is { } known && names.TryGetValue(known, out var colleague) ? colleague.DisplayName : "–";
        }
    }

    internal sealed class GiveHandler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<GiveCommand, bool>
    {
        public async Task<bool> Handle(GiveCommand form, CancellationToken ct)
        {
            var (zone, now, role) = (here.InZone.Id, clock.GetUtcNow(), form.Role!.Value);
            var held = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Account == form.Account).ToListAsync(ct)).Where(g => g.Lives(now)).ToList();
            if (held.Count == 0) throw new RefusedException("absent", form.Account);
            if (form.Account == caller.Account) throw new RefusedException("own", form.Account);
            if (held.Any(g => g.Role == role)) throw new ValidationException([new ValidationFailure(nameof(form.Role), Words.HasRole)]);
            if (!RoleTemplates.GoTogether(held.Select(g => g.Role).Append(role).ToHashSet())) throw new ValidationException([new ValidationFailure(nameof(form.Role), Words.OfficerAlone)]);
            var grant = RoleGrant.Give(form.Account, zone, role, Bringing.EndOf(form.Until), caller.Self, "given", now);
            house.Add(grant);
            Confirmations.Notices.Given(house, grant, now);
            return true;
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, UseCase here, Ending ending, Caller caller) : IRequestHandler<EndCommand, Guid>
    {
        public Task<Guid> Handle(EndCommand command, CancellationToken ct) => ending.One(house, here.InZone.Id, command.Grant, caller.Self, ct);
    }

    internal sealed class SessionsHandler(CatalogDbContext house, UseCase here, ISessions sessions, Caller caller, TimeProvider clock) : IRequestHandler<SessionsCommand, int>
    {
        public async Task<int> Handle(SessionsCommand command, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var works = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Account == command.Account).ToListAsync(ct)).Exists(g => g.Lives(now));
            if (command.Account == caller.Account || !works) throw new RefusedException("absent", command.Account);
            return await sessions.EndSessions(house, command.Account, now, ct);
        }
    }
}
