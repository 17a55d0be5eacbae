using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Visits;

namespace VictimSupport.Tests.House;

/// <summary>Visits every page, every handler and every endpoint of the running host as everybody of the <see cref="Cast"/>, with real accounts, sessions and passes,
/// against the access matrix. A new page is covered the minute it exists.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task Every_door_opens_to_the_roles_of_the_matrix_and_is_not_there_for_others()
    {
        await using var platform = Platform.Start("sqlite");
        var (doors, matrix) = await Walkers(platform);
        await matrix.Walk(doors);
        TestContext.Current.TestOutputHelper?.WriteLine($"{matrix.Doors.Count} doors, {doors.Sum(d => d.Knocks.Count)} handlers, {matrix.Asked} requests, {matrix.Faults.Count} faults");
        Assert.Equal(doors.Select(d => d.Text).Distinct().Order(), matrix.Doors.Order());
        Assert.True(matrix.Faults.Count == 0, string.Join('\n', matrix.Faults));
    }

    [Fact]
    public async Task What_belongs_to_another_zone_answers_as_what_is_not_there()
    {
        await using var platform = Platform.Start("sqlite");
        var (doors, matrix) = await Walkers(platform);
        await matrix.Compare(doors);
        TestContext.Current.TestOutputHelper?.WriteLine($"{matrix.Doors.Count} doors, {matrix.Asked} requests, {matrix.Faults.Count} faults");
        Assert.True(matrix.Faults.Count == 0, string.Join('\n', matrix.Faults));
    }

    [Fact]
    public async Task Planted_leaks_are_found()
    {
        var leaks = new Dictionary<string, Func<Microsoft.AspNetCore.Http.HttpContext, int>>
        {
            ["planted/nothing-said"] = _ => 200,
            ["planted/forbidden"] = _ => 403,
            ["planted/open-to-all"] = _ => 200,
            ["planted/no-guard"] = http => http.Request.Path.Value!.EndsWith("dead", StringComparison.Ordinal) ? 404 : 200,
            ["planted/tells-by-redirect"] = http => http.Request.Path.Value!.EndsWith("dead", StringComparison.Ordinal) ? 404 : 302,
        };
        await using var platform = Platform.WithLeaks(leaks);
        var (_, matrix) = await Walkers(platform);
        Door Planted(string path, Demand? demand) => new(RoutePatternFactory.Parse(path), demand, null, [new Knock("GET", null, []), new Knock("POST", "Save", [])]);
        var demand = new Demand(May.WorkOnDossiers);
        await matrix.Walk([Planted("planted/nothing-said", null), Planted("planted/forbidden", demand), Planted("planted/open-to-all", demand)]);
        Assert.Contains(matrix.Faults, f => f.StartsWith("/planted/nothing-said carries neither", StringComparison.Ordinal));
        Assert.Contains(matrix.Faults, f => f.StartsWith("GET /planted/forbidden as FrontDesk: 403", StringComparison.Ordinal));
        Assert.Contains(matrix.Faults, f => f.StartsWith("POST /planted/open-to-all Save as a role that ended: 200", StringComparison.Ordinal));
        Assert.Contains(matrix.Faults, f => f.StartsWith("GET /planted/open-to-all as a session that was ended: 200", StringComparison.Ordinal));
        Assert.DoesNotContain(matrix.Faults, f => f.Contains("/planted/open-to-all as Coordinator", StringComparison.Ordinal));
        matrix.Faults.Clear();
        await matrix.Compare([Planted("planted/no-guard/{dossier:guid}", demand), Planted("planted/tells-by-redirect/{dossier:guid}", demand)]);
        Assert.Contains(matrix.Faults, f => f.Contains("/planted/no-guard/{dossier:guid}  as Coordinator: dossier of another zone does not answer", StringComparison.Ordinal));
        Assert.Contains(matrix.Faults, f => f.Contains("/planted/tells-by-redirect/{dossier:guid}  as Caseworker: dossier of another zone does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_leak_of_handovers_is_found()
    {
        World? world = null, other = null;
        // Both read the row as it is there and ask nobody: neither the dossier's guard, nor who leads where it came in. One of them looks into every zone.
        var leaks = new Dictionary<string, Func<Microsoft.AspNetCore.Http.HttpContext, int>>
        {
            ["planted/handover-unguarded"] = http => IsThere(world!, http) ? 200 : 404,
            ["planted/handover-anywhere"] = http => IsThere(world!, http) || IsThere(other!, http) ? 200 : 404,
            ["planted/handover-decided"] = http => IsThere(world!, http) || IsThere(other!, http) ? 302 : 404,
        };
        await using var platform = Platform.WithLeaks(leaks);
        (world, other) = (await World.Make(platform), await World.Make(platform));
        var (matrix, demand) = (new Matrix(world, other), new Demand(May.WorkOnDossiers));
        Door Planted(string path, params Knock[] knocks) => new(RoutePatternFactory.Parse($"planted/{path}/{{handover:guid}}"), demand, null, knocks);
        await matrix.Compare([Planted("handover-unguarded", new Knock("GET", null, [])), Planted("handover-anywhere", new Knock("GET", null, [])), Planted("handover-decided", new Knock("POST", "Decide", []))]);
        foreach (var who in new[] { "Caseworker", "Coordinator" })
        {
            Assert.Contains(matrix.Faults, f => f.StartsWith($"GET /planted/handover-anywhere/{{handover:guid}}  as {who}: handover of another zone does not answer", StringComparison.Ordinal));
            Assert.Contains(matrix.Faults, f => f.StartsWith($"POST /planted/handover-decided/{{handover:guid}} Decide as {who}: handover of another zone does not answer", StringComparison.Ordinal));
        }
        Assert.Contains(matrix.Faults, f => f.StartsWith("GET /planted/handover-unguarded/{handover:guid}  as Caseworker: handover of a colleague alone does not answer", StringComparison.Ordinal));
        Assert.Contains(matrix.Faults, f => f.Contains("/planted/handover-unguarded/", StringComparison.Ordinal) && f.Contains("handover behind a wall does not answer", StringComparison.Ordinal));
        Assert.DoesNotContain(matrix.Faults, f => f.Contains("/planted/handover-unguarded/", StringComparison.Ordinal) && f.Contains("of another zone", StringComparison.Ordinal));
        // The real pages of handovers, asked the same, tell nothing.
        matrix.Faults.Clear();
        await matrix.Compare((await Doors.Of(platform.Services)).Where(d => d.Text.StartsWith("/handovers/", StringComparison.Ordinal)));
        Assert.Contains("/handovers/{handover:guid}/decision", matrix.Doors);
        Assert.Empty(matrix.Faults);

        static bool IsThere(World where, Microsoft.AspNetCore.Http.HttpContext http) =>
            Guid.Parse(http.Request.Path.Value!.Split('/')[^1]) is var id && where.Zone.Look(z => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.AnyAsync(z.Set<VictimSupport.Casework.Handovers.Handover>(), h => h.Id == id)).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_visitor_to_one_event_who_reads_a_line_of_another_is_found()
    {
        World? world = null;
        // The leak: whoever comes for anything is taken to come for the zone's other event as well.
        await using var platform = Platform.Start("sqlite", services: s => s.AddSingleton<VisitBook>().Replace(ServiceDescriptor.Singleton<IVisits>(p => new TooManyVisits(p.GetRequiredService<VisitBook>(), () => world))));
        world = await World.Make(platform);
        var matrix = new Matrix(world, await World.Make(platform));
        var doors = (await Doors.Of(platform.Services)).Where(d => d.Text.StartsWith("/events/{event:guid}", StringComparison.Ordinal)).ToList();
        await matrix.Compare(doors);
        foreach (var whose in new[] { "a visitor", "a visitor to an event" })
        {
            Assert.Contains(matrix.Faults, f => f.StartsWith($"GET /events/{{event:guid}}/lines/{{line:guid}}  as {whose}: line that they do not come for does not answer", StringComparison.Ordinal));
            Assert.Contains(matrix.Faults, f => f.StartsWith($"GET /events/{{event:guid}}  as {whose}: event that they do not come for does not answer", StringComparison.Ordinal));
        }
        Assert.All(matrix.Faults, f => Assert.Contains("as a visitor", f, StringComparison.Ordinal));
    }

    private sealed class TooManyVisits(VisitBook real, Func<World?> world) : IVisits
    {
        public async ValueTask<IReadOnlyList<VisitSpan>> Of(Guid account, Guid zone, CancellationToken ct)
        {
            var visits = await real.Of(account, zone, ct);
            return world() is { } there && visits.Count > 0 ? [.. visits, visits[0] with { Kind = VisitKind.Event, About = there.OfOurOwn["event"] }] : visits;
        }

        public Task<Guid> Begin(CatalogDbContext house, VisitAsked asked, Guid by, CancellationToken ct) => real.Begin(house, asked, by, ct);
        public Task Prolong(CatalogDbContext house, VisitKind kind, Guid about, DateTimeOffset until, CancellationToken ct) => real.Prolong(house, kind, about, until, ct);
        public Task<IReadOnlyList<Guid>> End(CatalogDbContext house, VisitKind kind, Guid about, Guid? account, CancellationToken ct) => real.End(house, kind, about, account, ct);
        public Task<IReadOnlyList<Guid>> CallHome(CatalogDbContext house, VisitKind kind, Guid about, Guid? from, CancellationToken ct) => real.CallHome(house, kind, about, from, ct);
        public Task<IReadOnlySet<Guid>> SentAway(CatalogDbContext house, VisitKind kind, Guid about, CancellationToken ct) => real.SentAway(house, kind, about, ct);
        public Task LetBack(CatalogDbContext house, VisitKind kind, Guid about, Guid account, CancellationToken ct) => real.LetBack(house, kind, about, account, ct);
        public void Kept(Guid account) => real.Kept(account);
        public Task<IReadOnlyList<VisitSpan>> In(Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => real.In(zone, from, to, ct);
    }

    private static async Task<(IReadOnlyList<Door>, Matrix)> Walkers(Platform platform) => (await Doors.Of(platform.Services), new Matrix(await World.Make(platform), await World.Make(platform)));
}
