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
using VictimSupport.Identity.Passkeys;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>The way in: a passkey, which is both factors in one, or the first of two. Nothing in the answer, nor the time it takes, tells whether there is such an account.</summary>
[Open("the way in")]
internal sealed class Password(IMediator pipeline, HalfWay halfWay) : PageModel, IShowAgain
{
    [BindProperty] public Query Form { get; set; } = new();
    [BindProperty] public Answer Passkey { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }

    /// <summary>A form that came too late, sealed for who typed it.</summary>
    [BindProperty(Name = "kept")] public string? Kept { get; set; }
    public Asked Asked { get; private set; } = new("", "");

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Asked = await pipeline.Send(new AskAnyone(), ct);

    /// <summary>With a form in hand that came too late.</summary>
    public Task OnPostKeptAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var right = await pipeline.Send(Form, ct);
        var (account, rests) = await pipeline.Send(new Count { Email = Form.Email, Right = right }, ct);
        if (rests is { } wait) return await Rest(wait, ct);
        if (account is null) throw new ValidationException([new ValidationFailure(nameof(Query.Email), Words.WrongSignIn)]);
        halfWay.Begin(HttpContext, account.Value);
        return Kept is { Length: > 0 } ? RedirectToPagePreserveMethod("/Identity/SignIn/SecondFactor", "Kept") : RedirectToPage("/Identity/SignIn/SecondFactor", new { To });
    }

    public async Task<IActionResult> OnPostPasskeyAsync(CancellationToken ct)
    {
        var session = await pipeline.Send(new Show { Answer = Passkey.Json, Challenge = Passkey.Challenge, Origin = Request.Origin(), Device = Device.Of(Request.Headers.UserAgent) }, ct);
        return session is not null ? await this.Lead(session, To, Kept) : throw new ValidationException([new ValidationFailure(nameof(Query.Email), Words.WrongPasskey)]);
    }

    private async Task<IActionResult> Rest(TimeSpan wait, CancellationToken ct)
    {
        ModelState.AddModelError("Form.Email", Words.SignInRests);
        await ShowAgain(ct);
        Response.Rests(wait);
        return Page();
    }

    /// <summary>What the browser's authenticator said.</summary>
    internal sealed record Answer
    {
        public string Json { get; init; } = "";
        public string Challenge { get; init; } = "";
    }

    /// <summary>Looks the password up and hashes it, outside any transaction: a slow hash must hold nobody up.</summary>
    [Open("checks a password")]
    internal sealed record Query : ICatalogQuery<Guid?>
    {
        public string Email { get; init; } = "";
        public string Secret { get; init; } = "";
    }

    /// <summary>Counts the attempt; after five wrong ones the name rests for a quarter of an hour, whether anybody has it or not.</summary>
    [Open("counts an attempt")]
    internal sealed record Count : ICatalogCommand<(Guid? Account, TimeSpan? Rests)>
    {
        internal string Email { get; init; } = "";
        internal Guid? Right { get; init; }
    }

    [Open("begins a session")]
    internal sealed record Show : ICatalogCommand<Session?>
    {
        internal string Answer { get; init; } = "";
        internal string Challenge { get; init; } = "";
        internal string Origin { get; init; } = "";
        internal string Device { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules()
        {
            RuleFor(q => q.Email).NotEmpty().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.WrongSignIn);
            RuleFor(q => q.Secret).NotEmpty().WithMessage(_ => Words.EnterPassword).MaximumLength(512).WithMessage(_ => Words.WrongSignIn);
        }
    }

    internal sealed class Handler(UserManager<Account> accounts, IPasswordHasher<Account> hasher) : IRequestHandler<Query, Guid?>
    {
        // Hashed once per process, so that an unknown address costs the same work as a known one.
        private static string? nobodys;

        public async Task<Guid?> Handle(Query query, CancellationToken ct)
        {
            var account = await accounts.FindByEmailAsync(query.Email.Trim());
            var hash = account?.PasswordHash ?? (nobodys ??= hasher.HashPassword(new Account(), Guid.NewGuid().ToString()));
            var verdict = hasher.VerifyHashedPassword(account ?? new Account(), hash, query.Secret);
            return account?.PasswordHash is not null && verdict != PasswordVerificationResult.Failed ? account.Id : null;
        }
    }

    internal sealed class CountHandler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Count, (Guid?, TimeSpan?)>
    {
        public async Task<(Guid?, TimeSpan?)> Handle(Count command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var attempts = await Attempts.At(house, "password", Addresses.Normal(command.Email), now, ct);
            if (attempts.Resting(now) is { } rests) return (null, rests);
            if (command.Right is null) attempts.Wrong(now);
            else attempts.Right(now);
            return (command.Right, null);
        }
    }

    internal sealed class ShowHandler(Ceremony ceremony, CatalogDbContext house, SessionBook sessions, Caller caller, TimeProvider clock) : IRequestHandler<Show, Session?>
    {
        public async Task<Session?> Handle(Show command, CancellationToken ct) =>
            await ceremony.Shown(command.Answer, command.Challenge, command.Origin, null, ct) is { } account
                ? await sessions.Begin(house, account, "passkey", command.Device, caller, clock.GetUtcNow(), ct) : null;
    }
}
