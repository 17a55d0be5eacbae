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
using VictimSupport.Identity.Invitations;
using VictimSupport.Identity.Sessions;
using VictimSupport.Identity.SignIn;

namespace VictimSupport.Identity.Federations;

/// <summary>Back from a provider. Whatever does not hold leads to one and the same page.</summary>
[Open("where providers send the browser back; only the browser that left is believed")]
internal sealed class Callback(IMediator pipeline, Trips trips, SessionBook book, WhereAndWho who, IHearOfInvitations told) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string? state, string? code, CancellationToken ct)
    {
        if (trips.Take(HttpContext) is not { } trip || !trip.Fits(state) || code is not { Length: > 0 and < 4000 }) return RedirectToPage("NoAccess");
        try
        {
            var said = await pipeline.Send(new Ask.Query { Trip = trip, Code = code, Back = Leave.Back(HttpContext) }, ct);
            switch (trip.Kind)
            {
                case TripKind.Link:
                    // Only in the session that asked: else somebody could have his own name tied to a colleague's account.
                    if (trip.Session is null || trip.Session != who.Caller.Session) return RedirectToPage("NoAccess");
                    await pipeline.Send(new Link.Command { Trip = trip, Said = said }, ct);
                    return RedirectToPage("Link");
                case TripKind.Factor:
                    if (trip.Session is null || trip.Session != who.Caller.Session) return RedirectToPage("NoAccess");
                    await pipeline.Send(new ShownThere.Command { Trip = trip, Said = said }, ct);
                    book.Forget(trip.Session.Value);
                    return Url.IsLocalUrl(trip.To) ? LocalRedirect(trip.To!) : RedirectToPage("/Identity/Home/Show");
                case TripKind.Invitation:
                    var session = await pipeline.Send(new TakeUp.Command { Trip = trip, Said = said, Device = Device.Of(Request.Headers.UserAgent) }, ct);
                    told.Kept(session.Account);
                    return await this.Lead(session, trip.To, null);
                default:
                    return await this.Lead(await pipeline.Send(new Known.Command { Trip = trip, Said = said, Device = Device.Of(Request.Headers.UserAgent) }, ct), trip.To, null);
            }
        }
        catch (RefusedException)
        {
            return RedirectToPage("NoAccess");
        }
    }

    /// <summary>Asks the provider, outside any transaction: a slow one must hold nobody up.</summary>
    internal static class Ask
    {
        [Open("checks a provider's answer")]
        internal sealed record Query : IRequest<Said>, ISensitive
        {
            internal Trip Trip { get; init; } = null!;
            internal string Code { get; init; } = "";
            internal string Back { get; init; } = "";
        }

        internal sealed class Handler(CatalogDbContext house, Providers providers) : IRequestHandler<Query, Said>
        {
            public async Task<Said> Handle(Query query, CancellationToken ct) => await providers.Ask(await house.Federation(query.Trip.Federation, ct), query.Trip, query.Code, query.Back, ct);
        }
    }

    /// <summary>Notes that whoever sits in a session that began at a provider has just signed in there anew.</summary>
    internal static class ShownThere
    {
        [Requires(May.HoldAnAccount)]
        internal sealed record Command : ICatalogCommand<bool>, ISensitive
        {
            internal Trip Trip { get; init; } = null!;
            internal Said Said { get; init; } = null!;
        }

        internal sealed class Handler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
        {
            public async Task<bool> Handle(Command command, CancellationToken ct)
            {
                var now = clock.GetUtcNow();
                var begun = await house.Set<FederatedSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == caller.Session, ct) ?? throw new RefusedException("absent");
                if (begun.Federation != command.Trip.Federation || command.Trip.Session != caller.Session) throw new RefusedException("session");
                if ((await house.AccountBehind(command.Said, ct))?.Id != caller.Self) throw new RefusedException("another", caller.Self);
                if (!await Spent.Spend(house, "trip " + command.Trip.StateHash, now, Trips.GoodFor, ct)) throw new RefusedException("replay", caller.Self);
                // Signed in after we sent them: a provider that only says it knows the browser has shown us nothing.
                if (command.Said.When(now) is not { } at || at < command.Trip.Since - Providers.Skew || (begun.Mfa && !command.Said.Mfa)) throw new RefusedException("stale", caller.Self);
                (await house.Set<Session>().SingleAsync(s => s.Id == caller.Session && s.Ended == null, ct)).ShowFactor(at);
                return true;
            }
        }
    }

    /// <summary>Begins a session for whoever is known by the provider's name for them.</summary>
    internal static class Known
    {
        [Open("begins a session")]
        internal sealed record Command : ICatalogCommand<Session>, ISensitive
        {
            internal Trip Trip { get; init; } = null!;
            internal Said Said { get; init; } = null!;
            internal string Device { get; init; } = "";
        }

        internal sealed class Handler(CatalogDbContext house, SessionBook sessions, Caller caller, TimeProvider clock) : IRequestHandler<Command, Session>
        {
            public async Task<Session> Handle(Command command, CancellationToken ct)
            {
                var federation = await house.Federation(command.Trip.Federation, ct);
                var account = await house.AccountBehind(command.Said, ct) ?? throw new RefusedException("unknown", federation.Id);
                return await Begin(house, sessions, account, federation, command.Trip, command.Said, command.Device, caller, clock.GetUtcNow(), ct);
            }
        }
    }

    /// <summary>Takes an invitation up with the name one has at the zone's provider: an account without password of its own.</summary>
    internal static class TakeUp
    {
        [Open("the link is the key")]
        internal sealed record Command : ICatalogCommand<Session>, ISensitive
        {
            internal Trip Trip { get; init; } = null!;
            internal Said Said { get; init; } = null!;
            internal string Device { get; init; } = "";
        }

        internal sealed class Handler(CatalogDbContext house, UserManager<Account> accounts, Door door, IHearOfInvitations told, SessionBook sessions, Caller caller, TimeProvider clock) : IRequestHandler<Command, Session>
        {
            public async Task<Session> Handle(Command command, CancellationToken ct)
            {
                var now = clock.GetUtcNow();
                var federation = await house.Federation(command.Trip.Federation, ct);
                var (invitation, onPaper) = await door.Find(house, command.Trip.Invitation ?? "", ct) ?? throw new RefusedException("absent");
                if (invitation.Zone != federation.Zone) throw new RefusedException("absent", invitation.Id);
                var account = await house.AccountBehind(command.Said, ct);
                if (account is not null && account.NormalizedEmail != invitation.NormalizedEmail) throw new RefusedException("absent", invitation.Id);
                invitation.TakeUp(now);
                account ??= await Make(invitation, onPaper, command.Said, now);
                await told.TakenUp(house, account.Id, invitation.Promise, invitation.By, onPaper ? invitation.CodeBy!.Value : null, ct);
                return await Begin(house, sessions, account, federation, command.Trip, command.Said, command.Device, caller, now, ct);
            }

            private async Task<Account> Make(Invitation invitation, bool onPaper, Said said, DateTimeOffset now)
            {
                var account = new Account
                {
                    Id = Guid.CreateVersion7(now), UserName = invitation.Email, Email = invitation.Email, EmailConfirmed = !onPaper, DisplayName = invitation.DisplayName, LockoutEnabled = true, Created = now, Language = invitation.Language,
                };
                // An address that has an account is not taken over by whoever has a name at the provider.
                if (!(await accounts.CreateAsync(account)).Succeeded) throw new RefusedException("address", invitation.Id);
                house.Add(FederatedIdentity.Link(account.Id, said, now));
                return account;
            }
        }
    }

    private static async Task<Session> Begin(CatalogDbContext house, SessionBook sessions, Account account, Federation federation, Trip trip, Said said, string device, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        if (await house.Set<FederatedSession>().AnyAsync(s => s.StateHash == trip.StateHash, ct)) throw new RefusedException("replay", federation.Id);
        var session = await sessions.Begin(house, account, said.Mfa ? "federation mfa" : "federation", device, caller, now, ct, said.Mfa ? said.When(now) ?? DateTimeOffset.UnixEpoch : DateTimeOffset.UnixEpoch);
        house.Add(FederatedSession.Of(session.Id, federation, said, trip.StateHash));
        return session;
    }
}

internal static class Behind
{
    /// <summary>The account that is linked to this name in this tenant of this issuer; never one with the same address.</summary>
    public static async Task<Account?> AccountBehind(this CatalogDbContext house, Said said, CancellationToken ct) =>
        await house.Set<FederatedIdentity>().AsNoTracking().SingleOrDefaultAsync(i => i.Issuer == said.Issuer && i.Tenant == said.Tenant && i.Subject == said.Subject, ct) is { } identity
            ? await house.Set<Account>().SingleOrDefaultAsync(a => a.Id == identity.Account, ct) : null;
}
