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
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.Security;

/// <summary>Another password, by whoever knows the present one; other sessions end with it.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class ChangePassword(IMediator pipeline, SessionBook book, WhereAndWho who) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await pipeline.Send(Form, ct)) throw new ValidationException([new ValidationFailure(nameof(Command.Present), Words.WrongPassword)]);
        book.ForgetAllOf(who.Caller.Self);
        TempData["Done"] = Words.PasswordChanged;
        return RedirectToPage("/Identity/Security/Show");
    }

    /// <returns>false: the present one is wrong, or was tried too often.</returns>
    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Present { get; init; } = "";
        public string Secret { get; init; } = "";
        public string Again { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Present).NotEmpty().WithMessage(_ => Words.EnterPassword).MaximumLength(512).WithMessage(_ => Words.TooLong);
            this.NewPassword(c => c.Secret, c => c.Again);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            var attempts = await Attempts.At(house, "password", account.NormalizedEmail!, now, ct);
            if (attempts.Resting(now) is not null) return false;
            if (account.PasswordHash is null || !await accounts.CheckPasswordAsync(account, form.Present))
            {
                attempts.Wrong(now);
                return false;
            }
            account.PasswordHash = null;
            if (!(await accounts.AddPasswordAsync(account, form.Secret)).Succeeded) throw new ValidationException([new ValidationFailure(nameof(Command.Secret), Words.PasswordTooCommon)]);
            foreach (var other in await house.Set<Session>().Where(s => s.Account == account.Id && s.Ended == null && s.Id != caller.Session).ToListAsync(ct)) other.End(now);
            house.Add(Notice.To(account.Id, NoticeKind.PasswordChanged, now));
            return true;
        }
    }
}
