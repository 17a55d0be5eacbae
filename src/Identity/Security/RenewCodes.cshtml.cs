using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Notices;

namespace VictimSupport.Identity.Security;

/// <summary>Eight new recovery codes, shown once; those of before are void.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class RenewCodes(IMediator pipeline) : PageModel
{
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public void OnGet() => Codes = (TempData["RecoveryCodes"] as string)?.Split(' ') ?? [];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        TempData["RecoveryCodes"] = string.Join(' ', await pipeline.Send(new Command(), ct));
        return RedirectToPage();
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<IReadOnlyList<string>>, ISensitive;

    internal sealed class Handler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<Command, IReadOnlyList<string>>
    {
        public async Task<IReadOnlyList<string>> Handle(Command command, CancellationToken ct)
        {
            await house.SignedInHere(caller, ct);
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            var codes = Totp.NewRecoveryCodes();
            account.TakeRecoveryCodes(codes);
            house.Add(Notice.To(account.Id, NoticeKind.CodesRenewed, clock.GetUtcNow()));
            return codes;
        }
    }
}
