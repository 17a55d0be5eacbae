using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Clients;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Passkeys;
using VictimSupport.Identity.Recoveries;
using VictimSupport.Identity.Sessions;
using VictimSupport.Identity.Tokens;

namespace VictimSupport.Identity.Security;

/// <summary>One's own factors and sessions: what there is, and what can be ended at once. Changing a factor asks for one first.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class Show(IMediator pipeline, SessionBook book, Bearers bearers, WhereAndWho who) : PageModel, IShowAgain
{
    public View Own { get; private set; } = null!;

    /// <summary>The factor a session was begun with, in words.</summary>
    public static string Named(string factor) => factor is "passkey" or "totp" or "recovery" or "demo" ? Words.Of("Factor_" + factor) : Words.Factor_other;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Own = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostEndAsync(Guid session, CancellationToken ct) => await End(session, ct);
    public async Task<IActionResult> OnPostOthersAsync(CancellationToken ct) => await End(null, ct);

    public async Task<IActionResult> OnPostProgramAsync(Guid grant, CancellationToken ct)
    {
        await pipeline.Send(new EndGrantCommand { Grant = grant }, ct);
        bearers.Forget();
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostStopAsync(CancellationToken ct)
    {
        await pipeline.Send(new StopCommand(), ct);
        return RedirectToPage();
    }

    private async Task<IActionResult> End(Guid? session, CancellationToken ct)
    {
        await pipeline.Send(new EndCommand { Session = session }, ct);
        book.ForgetAllOf(who.Caller.Self);
        return RedirectToPage();
    }

    /// <param name="OnlyLooks">Signed in at a provider: one's own factors are changed by whoever signed in here.</param>
    internal sealed record View(bool OnlyLooks, IReadOnlyList<Key> Passkeys, bool HasPassword, bool HasApp, int Codes, IReadOnlyList<Seen> Sessions, IReadOnlyList<Acting> Programs, bool IsBeingRecovered);
    internal sealed record Key(string Id, string Name, DateTimeOffset Made);
    internal sealed record Acting(Guid Grant, string Program, DateTimeOffset Since);
    internal sealed record Seen(Guid Id, string Device, DateTimeOffset Begun, DateTimeOffset LastSeen, string Factor, bool IsThis);

    [Requires(May.HoldAnAccount)]
    internal sealed record Query : ICatalogQuery<View>;

    /// <summary>Ends one session, or all but this one.</summary>
    [Requires(May.HoldAnAccount)]
    internal sealed record EndCommand : ICatalogCommand<bool>
    {
        internal Guid? Session { get; init; }
    }

    /// <summary>Takes back that a program acts in one's name.</summary>
    [Requires(May.HoldAnAccount)]
    internal sealed record EndGrantCommand : ICatalogCommand<bool>
    {
        internal Guid Grant { get; init; }
    }

    /// <summary>Whoever is signed in has lost nothing: a recovery of the account is stopped by its holder.</summary>
    [Requires(May.HoldAnAccount)]
    internal sealed record StopCommand : ICatalogCommand<bool>;

    internal sealed class QueryHandler(CatalogDbContext house, Caller caller, SessionLimits limits, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var account = await house.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == caller.Self, ct);
            var keys = await house.Set<IdentityUserPasskey<Guid>>().AsNoTracking().Where(p => p.UserId == account.Id).ToListAsync(ct);
            var sessions = await house.Set<Session>().AsNoTracking().Where(s => s.Account == account.Id && s.Ended == null).OrderByDescending(s => s.LastSeen).Take(50).ToListAsync(ct);
            var alive = sessions.Where(s => s.IsAlive(now, limits)).ToList();
            var ids = alive.Select(s => s.Id).ToList();
            var programs = await house.Set<TokenGrant>().AsNoTracking().Where(g => ids.Contains(g.Session) && g.Ended == null)
                .Join(house.Set<ApiClient>().Where(c => c.Ended == null), g => g.Client, c => c.Id, (g, c) => new Acting(g.Id, c.Name, g.Created)).ToListAsync(ct);
            return new View(await house.BeganAtProvider(caller, ct), [.. keys.OrderBy(k => k.Data.CreatedAt).Select(k => new Key(Names.Of(k.CredentialId), k.Data.Name ?? "–", k.Data.CreatedAt))], account.PasswordHash is not null, account.TotpSecret is not null, account.RecoveryCodes.Count,
                [.. alive.Select(s => new Seen(s.Id, s.Device, s.Created, s.LastSeen, s.Factors, s.Id == caller.Session))], [.. programs.OrderByDescending(p => p.Since)],
                (await Ladder.Open(house, now, ct)).Any(r => r.Account == account.Id));
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<EndCommand, bool>
    {
        public async Task<bool> Handle(EndCommand command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var own = await house.Set<Session>().Where(s => s.Account == caller.Self && s.Ended == null && s.Id != caller.Session).ToListAsync(ct);
            foreach (var session in own.Where(s => command.Session is null || s.Id == command.Session)) session.End(now);
            return true;
        }
    }

    internal sealed class EndGrantHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<EndGrantCommand, bool>
    {
        public async Task<bool> Handle(EndGrantCommand command, CancellationToken ct)
        {
            (await house.Set<TokenGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Account == caller.Self, ct) ?? throw new RefusedException("absent", command.Grant)).End(clock.GetUtcNow());
            return true;
        }
    }

    internal sealed class StopHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<StopCommand, bool>
    {
        public async Task<bool> Handle(StopCommand command, CancellationToken ct)
        {
            foreach (var recovery in await house.Set<Recovery>().Where(r => r.Account == caller.Self && r.Done == null && r.Stopped == null).ToListAsync(ct)) recovery.Stop(clock.GetUtcNow());
            return true;
        }
    }
}
