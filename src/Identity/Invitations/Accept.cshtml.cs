using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Invitations;

/// <summary>A colleague takes an invitation up: name, password, second factor. Opening the page uses nothing up; the button does.</summary>
[Open("the link is the key")]
internal sealed class Accept(IMediator pipeline, TotpSecrets secrets) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";
    public bool IsOpen { get; private set; }
    public string TotpSecret => Totp.Show(secrets.Open(Form.Totp));

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (IsOpen) Form = new Command { Totp = secrets.Protect(Totp.NewSecret()), DisplayName = (await pipeline.Send(new Query { Token = Token }, ct))!.DisplayName };
    }

    public async Task ShowAgain(CancellationToken ct) => IsOpen = await pipeline.Send(new Query { Token = Token }, ct) is not null;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!secrets.AreOurs(Form.Totp)) return NotFound();
        var codes = await pipeline.Send(Form with { Token = Token }, ct);
        TempData["RecoveryCodes"] = string.Join(' ', codes);
        return RedirectToPage("/Identity/Invitations/Accepted");
    }

    [Open("shows whether the link is still good")]
    internal sealed record Query : ICatalogQuery<Invitation?>
    {
        internal string Token { get; init; } = "";
    }

    [Open("the link is the key")]
    internal sealed record Command : ICatalogCommand<IReadOnlyList<string>>, ISensitive
    {
        public string DisplayName { get; init; } = "";
        public string Secret { get; init; } = "";
        public string Again { get; init; } = "";
        public string Code { get; init; } = "";

        /// <summary>The new second factor's secret, protected, as the page showed it.</summary>
        public string Totp { get; init; } = "";
        internal string Token { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TotpSecrets secrets, TimeProvider clock)
        {
            RuleFor(c => c.DisplayName).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Secret).MinimumLength(Passwords.Shortest).WithMessage(_ => Words.PasswordTooShort).MaximumLength(512).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Again).Equal(c => c.Secret).WithMessage(_ => Words.PasswordsDiffer);
            RuleFor(c => c.Code).Must((c, code) => Totp.StepOf(secrets.Open(c.Totp), code, clock.GetUtcNow()) is not null).WithMessage(_ => Words.WrongCode);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Query, Invitation?>
    {
        public async Task<Invitation?> Handle(Query query, CancellationToken ct)
        {
            var hash = Invitation.Hash(query.Token);
            return await house.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(i => i.TokenHash == hash, ct) is { } found && found.IsOpen(clock.GetUtcNow()) ? found : null;
        }
    }

    internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, TotpSecrets secrets, IHearOfInvitations told, TimeProvider clock) : IRequestHandler<Command, IReadOnlyList<string>>
    {
        public async Task<IReadOnlyList<string>> Handle(Command form, CancellationToken ct)
        {
            var (now, hash) = (clock.GetUtcNow(), Invitation.Hash(form.Token));
            var invitation = await house.Set<Invitation>().SingleOrDefaultAsync(i => i.TokenHash == hash, ct) ?? throw new RefusedException("absent");
            invitation.TakeUp(now);
            var codes = Totp.NewRecoveryCodes();
            var secret = secrets.Open(form.Totp);
            var account = new Account
            {
                Id = Guid.CreateVersion7(now), UserName = invitation.Email, Email = invitation.Email, EmailConfirmed = true, DisplayName = form.DisplayName.Trim(), LockoutEnabled = true, Created = now,
                Language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, TotpSecret = form.Totp, LastTotpStep = Totp.StepOf(secret, form.Code, now)!.Value, RecoveryCodes = [.. codes.Select(Totp.Hash)],
            };
            var made = await accounts.CreateAsync(account, form.Secret);
            if (!made.Succeeded) throw new ValidationException([.. made.Errors.Select(e => Say(e.Code))]);
            await told.TakenUp(house, account.Id, invitation.Promise, invitation.By, ct);
            return codes;
        }

        private static ValidationFailure Say(string code) => code.StartsWith("Duplicate", StringComparison.Ordinal)
            ? new ValidationFailure(nameof(Command.DisplayName), Words.AccountExists)
            : new ValidationFailure(nameof(Command.Secret), Words.PasswordTooCommon);
    }
}
