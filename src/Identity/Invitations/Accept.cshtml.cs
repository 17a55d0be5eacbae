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

/// <summary>A colleague takes an invitation up: name, password, second factor; or, signed in, with the account there is. Opening the page uses nothing up; a button does.</summary>
[Open("the link is the key")]
internal sealed class Accept(IMediator pipeline, TotpSecrets secrets, IHearOfInvitations told, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";

    /// <summary>null: the link is no longer good.</summary>
    public View? Shown { get; private set; }

    /// <summary>Where it may be taken up by signing in.</summary>
    public IReadOnlyList<Federations.Federation> Providers { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (Shown is not { } shown) return;
        if (!shown.WasOpened) await pipeline.Send(new NoteOpened { Token = Token }, ct);
        Form = new Command { Totp = secrets.Offer(), DisplayName = shown.DisplayName };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Shown = await pipeline.Send(new Query { Token = Token }, ct);
        Providers = await pipeline.Send(new Federations.Find.ForInvitation { Token = Token }, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (secrets.Offered(Form.Totp) is null) return RedirectToPage();
        if (await pipeline.Send(Form with { Token = Token }, ct) is not { } codes) return NotFound();
        TempData["RecoveryCodes"] = string.Join(' ', codes);
        return RedirectToPage("/Identity/Invitations/Accepted");
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        if (who.Caller.Account is not { } account) return NotFound();
        ModelState.Clear(); // the form of a new account is not filled in
        await pipeline.Send(new Mine.TakeUp { Token = Token }, ct);
        told.Kept(account);
        TempData["Done"] = Words.TakenUpDone;
        return RedirectToPage("/Identity/Home/Show");
    }

    /// <param name="SignedInAs">The name of the account that reads this; null: nobody is signed in.</param>
    /// <param name="Fits">The invitation is for the address of that account.</param>
    internal sealed record View(string DisplayName, string Zone, string? SignedInAs, bool Fits, bool WasOpened);

    [Open("shows whether the link is still good")]
    internal sealed record Query : ICatalogQuery<View?>
    {
        internal string Token { get; init; } = "";
    }

    [Open("notes that the link was opened; it stays good")]
    internal sealed record NoteOpened : ICatalogCommand<bool>
    {
        internal string Token { get; init; } = "";
    }

    /// <summary>Answers null where nothing came of it and the try is counted.</summary>
    [Open("the link is the key")]
    internal sealed record Command : ICatalogCommand<IReadOnlyList<string>?>, ISensitive, INewApp
    {
        public string DisplayName { get; init; } = "";
        public string Secret { get; init; } = "";
        public string Again { get; init; } = "";
        public string Code { get; init; } = "";

        public string Totp { get; init; } = "";
        internal string Token { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TotpSecrets secrets, TimeProvider clock)
        {
            RuleFor(c => c.DisplayName).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            this.NewPassword(c => c.Secret, c => c.Again);
            this.NewTotp(secrets, clock);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, Door door, IHearOfInvitations told, Caller caller) : IRequestHandler<Query, View?>
    {
        public async Task<View?> Handle(Query query, CancellationToken ct)
        {
            if (await door.Find(house, query.Token, ct) is not { } found) return null;
            var self = caller.Account is { } id ? await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) : null;
            return new View(found.Invitation.DisplayName, await told.NameOf(house, found.Invitation.Promise, ct), self?.DisplayName, self?.NormalizedEmail == found.Invitation.NormalizedEmail, found.Invitation.Opened is not null);
        }
    }

    internal sealed class NoteHandler(CatalogDbContext house, Door door, TimeProvider clock) : IRequestHandler<NoteOpened, bool>
    {
        public async Task<bool> Handle(NoteOpened command, CancellationToken ct)
        {
            if (await door.Find(house, command.Token, ct) is not { } found) return false;
            found.Invitation.Open(clock.GetUtcNow());
            return true;
        }
    }

    internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, TotpSecrets secrets, Door door, IHearOfInvitations told, TimeProvider clock) : IRequestHandler<Command, IReadOnlyList<string>?>
    {
        public async Task<IReadOnlyList<string>?> Handle(Command form, CancellationToken ct)
        {
            var (invitation, onPaper) = await door.Find(house, form.Token, ct) ?? throw new RefusedException("absent");
            var now = clock.GetUtcNow();
            if (onPaper && await house.Set<Account>().AnyAsync(a => a.NormalizedEmail == invitation.NormalizedEmail, ct))
            {
                // Whoever made the code must not learn who has an account: answered like a dead ticket, and not for ever.
                invitation.Miss();
                return null;
            }
            invitation.TakeUp(now);
            var codes = Totp.NewRecoveryCodes();
            var account = new Account
            {
                // The mailed link proves the address; a code on paper does not.
                Id = Guid.CreateVersion7(now), UserName = invitation.Email, Email = invitation.Email, EmailConfirmed = !onPaper, DisplayName = form.DisplayName.Trim(), LockoutEnabled = true, Created = now,
                Language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName,
            };
            account.TakeTotp(secrets, form, now);
            account.TakeRecoveryCodes(codes);
            var made = await accounts.CreateAsync(account, form.Secret);
            if (!made.Succeeded) throw new ValidationException([.. made.Errors.Select(e => Say(e.Code))]);
            await told.TakenUp(house, account.Id, invitation.Promise, invitation.By, onPaper ? invitation.CodeBy!.Value : null, ct);
            return codes;
        }

        private static ValidationFailure Say(string code) => code.StartsWith("Duplicate", StringComparison.Ordinal)
            ? new ValidationFailure(nameof(Command.DisplayName), Words.AccountExists)
            : new ValidationFailure(nameof(Command.Secret), Words.PasswordTooCommon);
    }
}
