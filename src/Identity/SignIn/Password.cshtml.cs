using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.SignIn;

/// <summary>First factor. Nothing in the answer, nor the time it takes, tells whether there is such an account.</summary>
[Open("the way in")]
internal sealed class Password(IMediator pipeline, HalfWay halfWay) : PageModel
{
    [BindProperty] public Query Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var verdict = await pipeline.Send(Form, ct);
        var account = await pipeline.Send(new Count { Verdict = verdict }, ct);
        if (account is null) throw new ValidationException([new ValidationFailure(nameof(Query.Email), Words.WrongSignIn)]);
        halfWay.Begin(HttpContext, account.Value);
        return RedirectToPage("/Identity/SignIn/SecondFactor", new { To });
    }

    /// <summary>Looks the password up and hashes it, outside any transaction: a slow hash must hold nobody up.</summary>
    [Open("checks a password")]
    internal sealed record Query : ICatalogQuery<Verdict>
    {
        public string Email { get; init; } = "";
        public string Secret { get; init; } = "";
    }

    internal sealed record Verdict(Guid? Account, bool Right);

    /// <summary>Counts the attempt; after five wrong ones the account rests for a quarter of an hour.</summary>
    [Open("counts an attempt")]
    internal sealed record Count : ICatalogCommand<Guid?>
    {
        public Verdict Verdict { get; init; } = new(null, false);
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules()
        {
            RuleFor(q => q.Email).NotEmpty().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.WrongSignIn);
            RuleFor(q => q.Secret).NotEmpty().WithMessage(_ => Words.EnterPassword).MaximumLength(512).WithMessage(_ => Words.WrongSignIn);
        }
    }

    internal sealed class Handler(UserManager<Account> accounts, IPasswordHasher<Account> hasher) : IRequestHandler<Query, Verdict>
    {
        // Hashed once per process, so that an unknown address costs the same work as a known one.
        private static string? nobodys;

        public async Task<Verdict> Handle(Query query, CancellationToken ct)
        {
            var account = await accounts.FindByEmailAsync(query.Email.Trim());
            if (account is { PasswordHash: { } hash }) return new Verdict(account.Id, hasher.VerifyHashedPassword(account, hash, query.Secret) != PasswordVerificationResult.Failed);
            nobodys ??= hasher.HashPassword(new Account(), Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(new Account(), nobodys, query.Secret);
            return new Verdict(account?.Id, false);
        }
    }

    internal sealed class CountHandler(UserManager<Account> accounts) : IRequestHandler<Count, Guid?>
    {
        public async Task<Guid?> Handle(Count command, CancellationToken ct)
        {
            if (command.Verdict.Account is not { } id || await accounts.FindByIdAsync(id.ToString()) is not { } account) return null;
            if (await accounts.IsLockedOutAsync(account)) return null;
            if (command.Verdict.Right) return account.Id;
            await accounts.AccessFailedAsync(account);
            return null;
        }
    }
}
