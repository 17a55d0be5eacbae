using FluentValidation;
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

/// <summary>Another authenticator app: the old one's codes are worth nothing from then on.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class ChangeApp(IMediator pipeline, TotpSecrets secrets) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();

    public void OnGet() => Form = new Command { Totp = secrets.Offer() };

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (secrets.Offered(Form.Totp) is null) return RedirectToPage();
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.AppChanged;
        return RedirectToPage("/Identity/Security/Show");
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive, INewApp
    {
        public string Code { get; init; } = "";
        public string Totp { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TotpSecrets secrets, TimeProvider clock) => this.NewTotp(secrets, clock);
    }

    internal sealed class Handler(CatalogDbContext house, TotpSecrets secrets, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            await house.SignedInHere(caller, ct);
            var now = clock.GetUtcNow();
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            account.TakeTotp(secrets, form, now);
            house.Add(Notice.To(account.Id, NoticeKind.AppChanged, now));
            return true;
        }
    }
}
