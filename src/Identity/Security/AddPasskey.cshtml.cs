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
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.Passkeys;
using VictimSupport.Identity.SignIn;

namespace VictimSupport.Identity.Security;

/// <summary>One more passkey, with a name to know it by.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class AddPasskey(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public Asked? Asked { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Asked = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await pipeline.Send(Form with { Origin = Request.Origin() }, ct)) throw new ValidationException([new ValidationFailure(nameof(Command.Name), Words.PasskeyFailed)]);
        TempData["Done"] = Words.PasskeyAdded;
        return RedirectToPage("/Identity/Security/Show");
    }

    /// <summary>null: there are as many as there may be.</summary>
    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Query : ICatalogQuery<Asked?>;

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Name { get; init; } = "";
        public string Json { get; init; } = "";
        public string Challenge { get; init; } = "";
        internal string Origin { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterPasskeyName).MaximumLength(Names.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Name).Must((c, _) => c.Json.Length > 0).When(c => !string.IsNullOrWhiteSpace(c.Name)).WithMessage(_ => Words.PasskeyNeedsScript);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, Ceremony ceremony, Caller caller) : IRequestHandler<Query, Asked?>
    {
        public async Task<Asked?> Handle(Query query, CancellationToken ct)
        {
            await house.SignedInHere(caller, ct);
            if (await house.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == caller.Self, ct) >= Names.Most) return null;
            return await ceremony.AskToMake(await house.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == caller.Self, ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, Ceremony ceremony, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            await house.SignedInHere(caller, ct);
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            if (await house.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == account.Id, ct) >= Names.Most) return false;
            if (await ceremony.Made(account, form.Json, form.Challenge, form.Origin, ct) is not { } passkey) return false;
            passkey.Name = form.Name.Trim();
            if (!(await accounts.AddOrUpdatePasskeyAsync(account, passkey)).Succeeded) return false;
            house.Add(Notice.To(account.Id, NoticeKind.PasskeyAdded, clock.GetUtcNow()));
            return true;
        }
    }
}
