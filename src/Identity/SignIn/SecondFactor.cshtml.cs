using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Second factor: a code of the app, good once, or a recovery code. Begins the session.</summary>
[Open("the way in")]
internal sealed class SecondFactor(IMediator pipeline, HalfWay halfWay) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }

    public IActionResult OnGet() => halfWay.Account(HttpContext) is null ? RedirectToPage("/Identity/SignIn/Password", new { To }) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (halfWay.Account(HttpContext) is not { } account) return RedirectToPage("/Identity/SignIn/Password", new { To });
        var session = await pipeline.Send(Form with { Account = account }, ct);
        if (session is null) throw new ValidationException([new ValidationFailure(nameof(Command.Code), Words.WrongCode)]);
        halfWay.End(HttpContext);
        await Cookies.SignIn(HttpContext, session);
        return Url.IsLocalUrl(To) ? RedirectToPage("/Identity/SignIn/Enter", new { To }) : RedirectToPage("/Identity/Home/Show");
    }

    [Open("begins a session")]
    internal sealed record Command : ICatalogCommand<Session?>
    {
        public string Code { get; init; } = "";
        internal Guid Account { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Code).NotEmpty().WithMessage(_ => Words.EnterCode).MaximumLength(40).WithMessage(_ => Words.WrongCode);
    }

    internal sealed class Handler(UserManager<Account> accounts, CatalogDbContext house, TotpSecrets secrets, TimeProvider clock) : IRequestHandler<Command, Session?>
    {
        public async Task<Session?> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await accounts.FindByIdAsync(form.Account.ToString()) is not { } account || await accounts.IsLockedOutAsync(account)) return null;
            var factor = account.TotpSecret is { } secret && account.UseTotp(secrets.Open(secret), form.Code, now) ? "totp" : account.UseRecoveryCode(form.Code) ? "recovery" : null;
            if (factor is null)
            {
                await accounts.AccessFailedAsync(account);
                return null;
            }
            await accounts.ResetAccessFailedCountAsync(account);
            account.LastSignIn = now;
            var session = Session.Begin(account.Id, factor, now);
            house.Add(session);
            return session;
        }
    }
}
