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
    public string TotpSecret => Totp.Show(secrets.Open(Form.Totp));

    public void OnGet() => Form = new Command { Totp = secrets.Protect(Totp.NewSecret()) };

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!secrets.AreOurs(Form.Totp)) return NotFound();
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.AppChanged;
        return RedirectToPage("/Identity/Security/Show");
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Code { get; init; } = "";
        public string Totp { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TotpSecrets secrets, TimeProvider clock) =>
            this.NewTotp(c => c.Code, c => c.Totp, secrets, clock);
    }

    internal sealed class Handler(CatalogDbContext house, TotpSecrets secrets, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            await house.SignedInHere(caller, ct);
            var now = clock.GetUtcNow();
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            account.TakeTotp(form.Totp, Totp.StepOf(secrets.Open(form.Totp), form.Code, now)!.Value);
            house.Add(Notice.To(account.Id, NoticeKind.AppChanged, now));
            return true;
        }
    }
}
