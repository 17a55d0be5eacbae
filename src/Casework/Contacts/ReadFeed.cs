using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Contacts;

/// <summary>What a calendar program reads at the secret address: when its owner is busy. A wrong address, a revoked one, one whose owner works here no more, and any of a zone that wants none are the same.</summary>
internal static class ReadFeed
{
    private static readonly Role[] Working = [.. AccessMatrix.All.Single(row => row.Deed == May.WorkOnDossiers).Roles];

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/agenda/feed/{token}.ics", [Open("the address is the key; it holds times, and nothing else")] async (string token, WhereAndWho who, IMediator pipeline, TimeProvider clock, CancellationToken ct) =>
    {
        if (who.Zone is null || token.Length > 100 || await pipeline.Send(new Query(token), ct) is not { } found) return Results.NotFound();
        return Results.Text(Spoken.In(found.Language, () => ICalendar.Write(Words.FeedName, Words.FeedEvent, found.Events, clock.GetUtcNow())), "text/calendar; charset=utf-8");
    });

    /// <param name="Language">Its owner's.</param>
    internal sealed record Answer(string Language, IReadOnlyList<ICalendar.Event> Events);

    [Open("the address is the key")]
    internal sealed record Query(string Token) : IQuery<Answer?>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IStaff staff, IAccounts accounts, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, Answer?>
    {
        private const int Most = 1000;
        private static readonly TimeSpan Past = TimeSpan.FromDays(14);

        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var (hash, since) = (Feed.Hash(query.Token), clock.GetUtcNow() - Past);
            if (await zone.Set<Feed>().AsNoTracking().SingleOrDefaultAsync(f => f.TokenHash == hash && f.Revoked == null, ct) is not { } feed || !(await settings.Of(here.InZone.Id, ct)).CalendarFeeds) return null;
            var roles = new HashSet<Role>();
            foreach (var role in Working)
                if ((await staff.Holding(here.InZone.Id, [role], ct)).Contains(feed.Account)) roles.Add(role);
            if (roles.Count == 0 || !(await accounts.Named([feed.Account], ct)).TryGetValue(feed.Account, out var owner)) return null;
            // What the owner may no longer see is not in their calendar either.
            var visible = Sight.Of(zone, await guard.As(feed.Account, roles, ct));
            var planned = await zone.Set<Contact>().AsNoTracking().Where(c => c.PlannedFor != null && c.State != ContactState.Cancelled && c.At > since && (c.Worker == feed.Account || c.Companion == feed.Account))
                .Join(zone.Set<Dossier>().Where(visible), c => c.DossierId, d => d.Id, (c, _) => new { c.Id, c.At, c.Minutes }).OrderBy(c => c.At).Take(Most).ToListAsync(ct);
            return new Answer(owner.Language, [.. planned.Select(p => new ICalendar.Event(Feed.Uid(feed.Id, p.Id), p.At, p.At.AddMinutes(p.Minutes)))]);
        }
    }
}
