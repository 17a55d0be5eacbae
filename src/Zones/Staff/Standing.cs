using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Confirmations;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Demo;
using VictimSupport.Zones.Visits;

namespace VictimSupport.Zones.Staff;

/// <summary>Who may act where, as of a few seconds ago at most; a change made in this process acts at once.</summary>
internal sealed class Standing(CatalogDatabase catalog, ISessions sessions, WhoIsAway away, Sides sides, TimeProvider clock, IConfiguration configuration, IHostEnvironment environment) : IKnowStanding, IKnowPlaces, IStaff
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly bool demo = Stories.AreTold(configuration, environment);
    private readonly ConcurrentDictionary<(Guid Account, Guid? Zone), (Held Held, long Read)> known = new();
    private readonly ConcurrentDictionary<(Guid Account, string Language), (IReadOnlyList<Place> Places, long Read)> places = new();
    private readonly ConcurrentDictionary<Guid, (IReadOnlyList<RoleGrant> Grants, long Read)> staffs = new();

    private readonly ConcurrentDictionary<Guid, (IReadOnlyList<Visit> Visits, long Read)> visitors = new();

    public async ValueTask<Caller?> Of(Guid account, Guid session, Guid? zone, bool quiet, CancellationToken ct)
    {
        if (await sessions.Of(session, quiet, ct) is not { } alive || alive.Account != account) return null;
        var now = clock.GetUtcNow();
        var here = await sides.Allows(session, onPlatform: zone is null, ct);
        var roles = here ? (await Holds(account, zone, ct)).Roles(now) : new HashSet<Role>();
        return new Caller(account, session, roles) { LastFactor = alive.LastFactor };
    }

    public async ValueTask<IReadOnlyList<Place>> Of(Guid account, CancellationToken ct)
    {
        var (now, language) = (clock.GetUtcNow(), CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
        if (places.TryGetValue((account, language), out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Places;
        await using var house = catalog.Lease();
        var grants = (await house.Grants(demo).Where(g => g.Account == account).ToListAsync(ct)).Where(g => g.Counts(now)).ToList();
        var visits = (await house.Set<Visit>().AsNoTracking().Where(v => v.Account == account && v.Ended == null && v.Until > now).ToListAsync(ct)).Where(v => v.Lives(now) && grants.Exists(g => g.Zone == v.From)).ToList();
        var ids = grants.Select(g => g.Zone).OfType<Guid>().Concat(visits.Select(v => v.Zone)).Distinct().ToList();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => ids.Contains(z.Id) && z.State == ZoneState.Active).OrderBy(z => z.Code).ToListAsync(ct);
        var found = zones.Select(z => new Place("/" + z.Code, Pass.PlaceOf(z.Id), $"{z.Code} · {z.NameIn(language)}", InWords(grants.Where(g => g.Zone == z.Id).Select(g => g.Role).Concat(visits.Where(v => v.Zone == z.Id).Select(_ => Role.Visitor))), grants.Exists(g => g.Zone == z.Id) ? $"/{z.Code}/" : $"/{z.Code}{LeadsTo(visits.First(v => v.Zone == z.Id).Kind)}") { Called = z.NameIn(language) }).ToList();
        if (grants.Any(g => g is { Zone: null, Role: Role.Operator })) found.Add(new Place("/" + Pass.OperatorPlace, Pass.OperatorPlace, Words.OperatorPlace, Words.Of(Role.Operator), "/operator"));
        var onPlatform = grants.Where(g => g.Zone is null).Select(g => g.Role).Distinct().ToList();
        if (AccessMatrix.Allows(May.SeeProtectedFigures, onPlatform)) found.Add(new Place("/" + Pass.FiguresPlace, Pass.FiguresPlace, Words.FiguresPlace, InWords(onPlatform), "/figures"));
        if (places.Count > 10_000) places.Clear();
        places[(account, language)] = (found, clock.GetTimestamp());
        return found;
    }

    public async ValueTask<bool> OnlyHelps(Guid account, Guid zone, Guid from, CancellationToken ct)
    {
        var (now, held) = (clock.GetUtcNow(), await Holds(account, zone, ct));
        var visits = held.Counting(now).ToList();
        // A role that waits for its second person is one, too: it would count in the pass that is minted now.
        return visits.Count > 0 && visits.TrueForAll(v => v.Kind == VisitKind.Event && v.From == from) && !held.Grants.Any(g => g.Zone == zone && g.Lives(now));
    }

    public Task<bool> Enter(Guid session, bool onPlatform, CancellationToken ct) => sides.Take(session, onPlatform, ct);
    public ValueTask<bool?> IsOnPlatform(Guid session, CancellationToken ct) => sides.Of(session, ct);

    public async ValueTask<IReadOnlyList<Guid>> Holding(Guid zone, IEnumerable<Role> roles, CancellationToken ct)
    {
        if (!staffs.TryGetValue(zone, out var entry) || clock.GetElapsedTime(entry.Read) > Fresh)
        {
            await using var house = catalog.Lease();
            if (staffs.Count > 10_000) staffs.Clear();
            staffs[zone] = entry = (await house.Grants(demo).Where(g => g.Zone == zone).ToListAsync(ct), clock.GetTimestamp());
        }
        var (now, wanted) = (clock.GetUtcNow(), roles.ToList());
        var visiting = wanted.Contains(Role.Visitor) ? (await VisitorsIn(zone, ct)).Where(v => v.Lives(now)).Select(v => v.Account) : [];
        return [.. entry.Grants.Where(g => wanted.Contains(g.Role) && g.Counts(now)).Select(g => g.Account).Concat(visiting).Distinct()];
    }

    private async ValueTask<IReadOnlyList<Visit>> VisitorsIn(Guid zone, CancellationToken ct)
    {
        if (visitors.TryGetValue(zone, out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Visits;
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        if (visitors.Count > 10_000) visitors.Clear();
        visitors[zone] = entry = (await house.Set<Visit>().AsNoTracking().Where(v => v.Zone == zone && v.Ended == null && v.Until > now).ToListAsync(ct), clock.GetTimestamp());
        return entry.Visits;
    }

    public ValueTask<IReadOnlyList<Guid>> ReplacedBy(Guid zone, Guid account, CancellationToken ct) => away.ReplacedBy(zone, account, ct);
    public ValueTask<Away?> AwayNow(Guid zone, Guid account, CancellationToken ct) => away.Now(zone, account, ct);

    /// <summary>A role was given, confirmed or ended.</summary>
    public void Forget(Guid account)
    {
        foreach (var key in known.Keys.Where(k => k.Account == account)) known.TryRemove(key, out _);
        foreach (var key in places.Keys.Where(k => k.Account == account)) places.TryRemove(key, out _);
        staffs.Clear();
        visitors.Clear();
    }

    /// <summary>Roles of several accounts changed at once.</summary>
    public void ForgetAll()
    {
        known.Clear();
        places.Clear();
        staffs.Clear();
        visitors.Clear();
        away.ForgetAll();
    }

    /// <summary>Living visits of the account there.</summary>
    public async ValueTask<IReadOnlyList<VisitSpan>> Visits(Guid account, Guid zone, CancellationToken ct)
    {
        var (now, held) = (clock.GetUtcNow(), await Holds(account, zone, ct));
        return [.. held.Counting(now).Select(v => v.Span)];
    }

    internal static string InWords(IEnumerable<Role> roles) => string.Join(", ", roles.Distinct().Order().Select(r => Words.Of(r)));

    /// <summary>Where a visitor begins: the zone's other pages are not there for them.</summary>
    internal static string LeadsTo(VisitKind kind) => kind == VisitKind.Event ? "/events" : "/call-outs";

    // Outside any zone only platform roles count. One question for nearly everybody: a visit shows by the role in the zone it comes from.
    private async ValueTask<Held> Holds(Guid account, Guid? zone, CancellationToken ct)
    {
        if (known.TryGetValue((account, zone), out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Held;
        await using var house = catalog.Lease();
        var now = clock.GetUtcNow();
        var here = house.Set<Visit>().AsNoTracking().Where(v => v.Account == account && v.Zone == zone && v.Ended == null && v.Until > now);
        var grants = zone is null ? await house.Grants(demo).Where(g => g.Account == account && g.Zone == null).ToListAsync(ct)
            : await house.Grants(demo).Where(g => g.Account == account && (g.Zone == zone || here.Any(v => v.From == g.Zone))).ToListAsync(ct);
        var held = new Held(zone, grants, grants.Exists(g => g.Zone != zone) ? await here.ToListAsync(ct) : []);
        if (known.Count > 10_000) known.Clear();
        known[(account, zone)] = (held, clock.GetTimestamp());
        return held;
    }

    /// <param name="Grants">Of the place, and of the zones from which a visit there comes.</param>
    private sealed record Held(Guid? Place, IReadOnlyList<RoleGrant> Grants, IReadOnlyList<Visit> Visits)
    {
        /// <summary>Visits that count: they live, and whose they are still holds a role where they come from.</summary>
        public IEnumerable<Visit> Counting(DateTimeOffset now) => Visits.Where(v => v.Lives(now) && Grants.Any(g => g.Zone == v.From && g.Counts(now)));

        public IReadOnlySet<Role> Roles(DateTimeOffset now) => Grants.Where(g => g.Zone == Place && g.Counts(now)).Select(g => g.Role).Concat(Counting(now).Take(1).Select(_ => Role.Visitor)).ToHashSet();
    }
}

/// <summary>Gives the roles that an invitation promised, in the same transaction in which it is taken up.</summary>
internal sealed class GiveWhatWasPromised(Standing standing, TimeProvider clock) : IHearOfInvitations
{
    // They let others in, so a place that never had one of them has nobody who could confirm.
    private static readonly Role[] LetOthersIn = [Role.ZoneAdministrator, Role.DataProtectionOfficer, Role.Coordinator, Role.Operator];

    public async Task TakenUp(CatalogDbContext house, Guid account, Promise promise, Guid? invitedBy, Guid? onPaper, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var held = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account && g.Zone == promise.Zone).ToListAsync(ct)).Where(g => g.Lives(now)).Select(g => g.Role).ToList();
        var isFirst = onPaper is null && !await house.Set<RoleGrant>().AnyAsync(g => g.Zone == promise.Zone && LetOthersIn.Contains(g.Role), ct);
        foreach (var role in promise.Roles.Except(held))
        {
            var grant = isFirst && role is (Role.ZoneAdministrator or Role.DataProtectionOfficer or Role.Operator)
                ? RoleGrant.GiveFirst(account, promise.Zone, role, Bringing.EndOf(promise.Until), invitedBy, now)
                : onPaper is { } handedBy ? RoleGrant.GiveOnPaper(account, promise.Zone, role, Bringing.EndOf(promise.Until), invitedBy, handedBy, now)
                : RoleGrant.Give(account, promise.Zone, role, Bringing.EndOf(promise.Until), invitedBy, "invitation", now);
            house.Add(grant);
            Notices.Given(house, grant, now);
        }
    }

    public void Kept(Guid account) => standing.Forget(account);

    public async Task<string> NameOf(CatalogDbContext house, Promise promise, CancellationToken ct) =>
        promise.Zone is { } id && await house.Set<ZoneRecord>().AsNoTracking().SingleOrDefaultAsync(z => z.Id == id, ct) is { } zone ? $"{zone.Code} · {zone.NameIn(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)}" : Words.Platform;
}
