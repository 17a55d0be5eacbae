using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Staff;

/// <summary>What became of each invitation, and what can be done about it: another link, a code on paper, withdraw.</summary>
[Requires(May.BringStaffIn)]
internal sealed class Invitations(IMediator pipeline, PortalAddress portal, TimeProvider clock) : PageModel
{
    public IReadOnlyList<InvitationState> Rows { get; private set; } = [];
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The code that was just made; shown once.</summary>
    public (string Name, string Code, string Address)? Code { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Rows = await pipeline.Send(new Query(), ct);
        if (TempData["PaperCode"] is string code && TempData["PaperCodeFor"] is Guid of && Rows.FirstOrDefault(r => r.Id == of) is { } row)
            Code = (row.DisplayName, code, portal.To("/account/invitation"));
    }

    public async Task<IActionResult> OnPostResendAsync(Guid invitation, CancellationToken ct)
    {
        await pipeline.Send(new ResendCommand { Invitation = invitation }, ct);
        TempData["Done"] = Words.ResentDone;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostPaperAsync(Guid invitation, CancellationToken ct)
    {
        TempData["PaperCode"] = await pipeline.Send(new PaperCommand { Invitation = invitation }, ct);
        TempData["PaperCodeFor"] = invitation;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid invitation, CancellationToken ct)
    {
        await pipeline.Send(new RevokeCommand { Invitation = invitation }, ct);
        TempData["Done"] = Words.RevokedDone;
        return RedirectToPage();
    }

    public string StateOf(InvitationState row) => row.TakenUp is not null ? Words.TakenUp : row.Revoked is not null ? Words.Revoked : row.IsOpen(Now) ? Words.Open : Words.Expired;

    public string ColourOf(InvitationState row) => row.TakenUp is not null ? "green" : row.Revoked is not null ? "grey" : !row.IsOpen(Now) ? "orange" : row.Mail == InvitationMail.Failed ? "red" : "blue";

    [Requires(May.BringStaffIn)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<InvitationState>>;

    [Requires(May.BringStaffIn)]
    internal sealed record ResendCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Invitation { get; init; }
    }

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record PaperCommand : ICatalogCommand<string>, ISensitive
    {
        internal Guid Invitation { get; init; }
    }

    [Requires(May.BringStaffIn)]
    internal sealed record RevokeCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Invitation { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, IInvite invitations) : IRequestHandler<Query, IReadOnlyList<InvitationState>>
    {
        public Task<IReadOnlyList<InvitationState>> Handle(Query query, CancellationToken ct) => invitations.Of(house, here.InZone.Id, ct);
    }

    internal sealed class ResendHandler(CatalogDbContext house, UseCase here, IInvite invitations, TimeProvider clock) : IRequestHandler<ResendCommand, bool>
    {
        public async Task<bool> Handle(ResendCommand command, CancellationToken ct)
        {
            await invitations.Resend(house, command.Invitation, here.InZone.Id, clock.GetUtcNow(), ct);
            return true;
        }
    }

    internal sealed class PaperHandler(CatalogDbContext house, UseCase here, IInvite invitations, Caller caller, TimeProvider clock) : IRequestHandler<PaperCommand, string>
    {
        public Task<string> Handle(PaperCommand command, CancellationToken ct) => invitations.CodeForPaper(house, command.Invitation, here.InZone.Id, caller.Self, clock.GetUtcNow(), ct);
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
