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
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Notices;

namespace VictimSupport.Identity.Recoveries;

/// <summary>The link from the mail and the code from the paper: every old factor goes, every session ends, password and app are set anew. Opening the page uses nothing up.</summary>
[Open("the link is the key, with the code on paper")]
internal sealed class TakeUp(IMediator pipeline, TotpSecrets secrets) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";
    public bool IsOpen { get; private set; }
    public string TotpSecret => Totp.Show(secrets.Open(Form.Totp));

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (IsOpen) Form = new Command { Totp = secrets.Protect(Totp.NewSecret()) };
    }

    public async Task ShowAgain(CancellationToken ct) => IsOpen = await pipeline.Send(new Query { Token = Token }, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!secrets.AreOurs(Form.Totp)) return NotFound();
        var codes = await pipeline.Send(Form with { Token = Token }, ct) ?? throw new ValidationException([new ValidationFailure(nameof(Command.Paper), Words.WrongPaper)]);
        TempData["RecoveryCodes"] = string.Join(' ', codes);
        return RedirectToPage("/Identity/Invitations/Accepted");
    }

    [Open("shows whether the link is good")]
    internal sealed record Query : ICatalogQuery<bool>
    {
        internal string Token { get; init; } = "";
    }

    /// <returns>The new recovery codes; null: the paper's code was wrong, which is counted.</returns>
    [Open("the link is the key, with the code on paper")]
    internal sealed record Command : ICatalogCommand<IReadOnlyList<string>?>, ISensitive
    {
        public string Paper { get; init; } = "";
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
            RuleFor(c => c.Paper).NotEmpty().WithMessage(_ => Words.EnterCode).MaximumLength(40).WithMessage(_ => Words.TooLong);
            this.NewPassword(c => c.Secret, c => c.Again);
            this.NewTotp(c => c.Code, c => c.Totp, secrets, clock);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Query, bool>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct)
        {
            var hash = Recovery.Hash(query.Token);
            return await house.Set<Recovery>().AsNoTracking().SingleOrDefaultAsync(r => r.LinkHash == hash, ct) is { } found && found.MayBeTakenUp(clock.GetUtcNow());
        }
    }

    internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, ISessions sessions, TotpSecrets secrets, TimeProvider clock) : IRequestHandler<Command, IReadOnlyList<string>?>
    {
        public async Task<IReadOnlyList<string>?> Handle(Command form, CancellationToken ct)
        {
            var (now, hash) = (clock.GetUtcNow(), Recovery.Hash(form.Token));
            var recovery = await house.Set<Recovery>().SingleOrDefaultAsync(r => r.LinkHash == hash, ct) ?? throw new RefusedException("absent");
            if (!recovery.MayBeTakenUp(now)) throw new RefusedException("recovery", recovery.Id);
            if (!recovery.IsPaper(form.Paper, now)) return null;
            var account = await house.Set<Account>().SingleAsync(a => a.Id == recovery.Account, ct);
            account.PasswordHash = null;
            var set = await accounts.AddPasswordAsync(account, form.Secret);
            if (!set.Succeeded) throw new ValidationException([new ValidationFailure(nameof(Command.Secret), Words.PasswordTooCommon)]);
            var codes = Totp.NewRecoveryCodes();
            account.TakeTotp(form.Totp, Totp.StepOf(secrets.Open(form.Totp), form.Code, now)!.Value);
            account.TakeRecoveryCodes(codes);
            house.RemoveRange(await house.Set<IdentityUserPasskey<Guid>>().Where(p => p.UserId == account.Id).ToListAsync(ct));
            house.RemoveRange(await house.Set<FederatedIdentity>().Where(i => i.Account == account.Id).ToListAsync(ct));
            await sessions.EndSessions(house, account.Id, now, ct);
            recovery.TakeUp(now);
            foreach (var told in new[] { recovery.Account, recovery.First!.Value, recovery.Second!.Value }) house.Add(Notice.To(told, NoticeKind.Recovered, now, recovery.Id));
            return codes;
        }
    }
}
