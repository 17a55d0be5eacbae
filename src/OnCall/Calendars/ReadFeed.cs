using System.Security.Cryptography;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Now;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.Calendars;

/// <summary>What a calendar program reads at the secret address: when its owner is on call. A wrong address, a revoked one, and one whose owner takes no shifts here any more are the same.</summary>
internal static class ReadFeed
{
    private static readonly IReadOnlyList<Role> OnShifts = AccessMatrix.All.Single(row => row.Deed == May.TakeShifts).Roles;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/on-call/feed/{token}.ics", [Open("the address is the key; it holds times, and nothing else")] async (string token, WhereAndWho who, IMediator pipeline, TimeProvider clock, CancellationToken ct) =>
    {
        if (who.Zone is null || token.Length > Token.Longest || await pipeline.Send(new Query(token), ct) is not { } found) return Results.NotFound();
        return Results.Text(Spoken.In(found.Language, () => ICalendar.Write(Words.FeedName, Words.Of(Rank.Duty), found.Shifts.Select(s => new ICalendar.Event(s.Uid, s.Start, s.End, Words.Of(s.Rank))), clock.GetUtcNow())), "text/calendar; charset=utf-8");
    });

    internal sealed record Event(string Uid, DateTimeOffset Start, DateTimeOffset End, Rank Rank);

    /// <param name="Language">Its owner's.</param>
    internal sealed record Answer(string Language, IReadOnlyList<Event> Shifts);

    [Open("the address is the key")]
    internal sealed record Query(string Token) : ICatalogQuery<Answer?>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, OurPools pools, IStaff staff, IAccounts accounts, TimeProvider clock) : IRequestHandler<Query, Answer?>
    {
        private const int Most = 500;
        private static readonly TimeSpan Past = TimeSpan.FromDays(14);

        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var (zone, hash, since) = (here.InZone.Id, Token.Hash(query.Token), clock.GetUtcNow() - Past);
            if (await house.Set<DutyFeed>().AsNoTracking().SingleOrDefaultAsync(f => f.TokenHash == hash && f.Zone == zone && f.Revoked == null, ct) is not { } feed) return null;
            if (!(await staff.Holding(zone, OnShifts, ct)).Contains(feed.Account) || !(await accounts.Named([feed.Account], ct)).TryGetValue(feed.Account, out var owner)) return null;
            var ids = (await pools.All(ct)).Select(p => p.Id).ToList();
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Account == feed.Account && s.Removed == null && s.End > since).OrderBy(s => s.Start).Take(Most).ToListAsync(ct);
            return new Answer(owner.Language, [.. shifts.Select(s => new Event(Uid(feed, s.Id), s.Start, s.End, s.Rank))]);
        }

        // The id of a shift is known in the portal; nobody who reads a calendar there shall find it again here.
        private static string Uid(DutyFeed feed, Guid shift) => Convert.ToHexString(SHA256.HashData((byte[])[.. feed.Id.ToByteArray(), .. shift.ToByteArray()]))[..32];
    }
}
