using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Sessions;
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Federations;

/// <summary>One's own account and the providers of one's zones: tie the name one has there to it, or undo it.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class Link(IMediator pipeline, IKnowPlaces places, Trips trips, WhereAndWho who, TimeProvider clock) : PageModel
{
    public IReadOnlyList<FederatedIdentity> Linked { get; private set; } = [];
    public IReadOnlyList<Federation> Open { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (linked, all) = await pipeline.Send(new Query { Zones = await Zones(ct) }, ct);
        (Linked, Open) = (linked, [.. all.Where(f => !linked.Any(i => i.Issuer == f.Issuer && i.Tenant == f.Tenant))]);
    }

    public async Task<IActionResult> OnPostAsync(Guid federation, CancellationToken ct)
    {
        var (_, all) = await pipeline.Send(new Query { Zones = await Zones(ct) }, ct);
        if (all.FirstOrDefault(f => f.Id == federation) is not { } found) return NotFound();
        trips.Keep(HttpContext, Trip.Begin(found.Id, TripKind.Link, clock.GetUtcNow(), session: who.Caller.Session));
        return RedirectToPage("Leave");
    }

    public async Task<IActionResult> OnPostUndoAsync(Guid identity, CancellationToken ct)
    {
        await pipeline.Send(new UndoCommand { Identity = identity }, ct);
        return RedirectToPage();
    }

    private async Task<IReadOnlyList<Guid>> Zones(CancellationToken ct) =>
        [.. (await places.Of(who.Caller.Self, ct)).Select(p => Guid.TryParseExact(p.Key, "N", out var zone) ? zone : (Guid?)null).OfType<Guid>()];

    [Requires(May.HoldAnAccount)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<FederatedIdentity>, IReadOnlyList<Federation>)>
    {
        internal IReadOnlyList<Guid> Zones { get; init; } = [];
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        internal Trip Trip { get; init; } = null!;
        internal Said Said { get; init; } = null!;
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record UndoCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Identity { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, Caller caller) : IRequestHandler<Query, (IReadOnlyList<FederatedIdentity>, IReadOnlyList<Federation>)>
    {
        public async Task<(IReadOnlyList<FederatedIdentity>, IReadOnlyList<Federation>)> Handle(Query query, CancellationToken ct)
        {
            var (self, zones) = (caller.Self, query.Zones.ToList());
            return (await house.Set<FederatedIdentity>().AsNoTracking().Where(i => i.Account == self).ToListAsync(ct), await house.Federations().AsNoTracking().Where(f => zones.Contains(f.Zone)).ToListAsync(ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (self, said) = (caller.Self, command.Said);
            await house.SignedInHere(caller, ct);
            if (command.Trip.Session is null || command.Trip.Session != caller.Session) throw new RefusedException("session");
            await house.Federation(command.Trip.Federation, ct);
            if (await house.AccountBehind(said, ct) is { } other) return other.Id == self ? true : throw new RefusedException("linked", other.Id);
            if (await house.Set<FederatedIdentity>().AnyAsync(i => i.Account == self && i.Issuer == said.Issuer && i.Tenant == said.Tenant, ct)) throw new RefusedException("linked", self);
            house.Add(FederatedIdentity.Link(self, said, clock.GetUtcNow()));
            house.Add(Notice.To(self, NoticeKind.ProviderLinked, clock.GetUtcNow()));
            return true;
        }
    }

    internal sealed class UndoHandler(CatalogDbContext house, SessionBook book, Caller caller, TimeProvider clock) : IRequestHandler<UndoCommand, bool>
    {
        public async Task<bool> Handle(UndoCommand command, CancellationToken ct)
        {
            var (self, now) = (caller.Self, clock.GetUtcNow());
            house.Remove(await house.Set<FederatedIdentity>().SingleOrDefaultAsync(i => i.Id == command.Identity && i.Account == self, ct) ?? throw new RefusedException("absent", command.Identity));
            // What began by that word ends with it.
            foreach (var session in await house.Set<Session>().Where(s => s.Account == self && s.Ended == null && s.Id != caller.Session && house.Set<FederatedSession>().Any(f => f.Id == s.Id)).ToListAsync(ct)) session.End(now);
            book.ForgetAllOf(self);
            house.Add(Notice.To(self, NoticeKind.ProviderUnlinked, now));
            return true;
        }
    }
}
