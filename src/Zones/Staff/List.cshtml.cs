using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Staff;

/// <summary>The administrator's list of people: roles, invitations, invite, end. Never a dossier.</summary>
[Requires(May.BringStaffIn)]
internal sealed class List(IMediator pipeline, IAccounts accounts, Standing standing, ISendMail mail, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    private static readonly Role[] Given = [Role.ZoneAdministrator, Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee, Role.FrontDesk, Role.DataProtectionOfficer];

    [BindProperty] public InviteCommand Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public IReadOnlyList<InvitationState> Invitations { get; private set; } = [];
    public DateTimeOffset Now => clock.GetUtcNow();
    public string? Link { get; private set; }
    public IReadOnlyList<Choice> Roles => [.. Given.Select(r => new Choice(r.ToString(), Words.Of(r)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var (grants, invitations) = await pipeline.Send(new Query(), ct);
        var names = await accounts.Named(grants.Select(g => g.Account), ct);
        Rows = [.. grants.Select(g => new Row(g.Id, names.TryGetValue(g.Account, out var c) ? c.DisplayName : "–", g.Role, g.From, g.To, g.IsWaiting(Now), g.Counts(Now), g.To is null && g.Account != who.Caller.Account)).OrderBy(r => r.Name, StringComparer.CurrentCulture)];
        Invitations = invitations;
    }

    public async Task<IActionResult> OnPostInviteAsync(CancellationToken ct)
    {
        var path = await pipeline.Send(Form, ct);
        Link = $"{Request.Scheme}://{Request.Host}{path}";
        await mail.Send(new Letter("invitation " + path, Form.Email, Words.MailSubject, Words.MailText(Link)), ct);
        Form = new InviteCommand();
        ModelState.Clear();
        await ShowAgain(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(Guid grant, CancellationToken ct)
    {
        standing.Forget(await pipeline.Send(new EndCommand { Grant = grant }, ct));
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid invitation, CancellationToken ct)
    {
        await pipeline.Send(new RevokeCommand { Invitation = invitation }, ct);
        return RedirectToPage();
    }

    internal sealed record Row(Guid Id, string Name, Role Role, DateTimeOffset From, DateTimeOffset? To, bool Waiting, bool Counts, bool MayEnd);

    [Requires(May.BringStaffIn)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<RoleGrant>, IReadOnlyList<InvitationState>)>;

    [Requires(May.BringStaffIn)]
    internal sealed record InviteCommand : ICatalogCommand<string>, ISensitive
    {
        public string Name { get; init; } = "";
        public string Email { get; init; } = "";
        public Role? Role { get; init; }
        public DateOnly? Until { get; init; }
    }

    [Requires(May.BringStaffIn)]
    internal sealed record EndCommand : ICatalogCommand<Guid>, ISensitive
    {
        internal Guid Grant { get; init; }
    }

    [Requires(May.BringStaffIn)]
    internal sealed record RevokeCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Invitation { get; init; }
    }

    internal sealed class Rules : AbstractValidator<InviteCommand>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Email).EmailAddress().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Role).Must(r => r is { } role && Given.Contains(role)).WithMessage(_ => Words.ChooseRole);
            RuleFor(c => c.Until).Must(d => d is null || d > DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)).WithMessage(_ => Words.UntilInPast);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, IInvite invitations) : IRequestHandler<Query, (IReadOnlyList<RoleGrant>, IReadOnlyList<InvitationState>)>
    {
        public async Task<(IReadOnlyList<RoleGrant>, IReadOnlyList<InvitationState>)> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            return (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).ToListAsync(ct), await invitations.Of(house, zone, ct));
        }
    }

    internal sealed class InviteHandler(CatalogDbContext house, UseCase here, Caller caller, IInvite invitations, TimeProvider clock) : IRequestHandler<InviteCommand, string>
    {
        public Task<string> Handle(InviteCommand form, CancellationToken ct) =>
            Task.FromResult(invitations.Invite(house, form.Email, form.Name, new Promise(here.InZone.Id, form.Role!.Value, form.Until), caller.Self, clock.GetUtcNow()));
    }

    internal sealed class EndHandler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<EndCommand, Guid>
    {
        public async Task<Guid> Handle(EndCommand command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var grant = await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Zone == zone, ct) ?? throw new RefusedException("absent", command.Grant);
            grant.End(caller.Self, clock.GetUtcNow());
            return grant.Account;
        }
    }

    internal sealed class RevokeHandler(CatalogDbContext house, UseCase here, IInvite invitations, TimeProvider clock) : IRequestHandler<RevokeCommand, bool>
    {
        public async Task<bool> Handle(RevokeCommand command, CancellationToken ct)
        {
            await invitations.Revoke(house, command.Invitation, here.InZone.Id, clock.GetUtcNow(), ct);
            return true;
        }
    }
}

internal sealed class StaffInMenu : IInMenu
{
    public int Order => 800;
    public May Deed => May.BringStaffIn;
    public string Path => "/admin/staff";
    public string Text => Words.StaffTitle;
}
