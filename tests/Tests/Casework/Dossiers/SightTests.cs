using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Every rule of who sees a dossier against every role, over a dossier for each case that can be: what the guard opens, lists, finds, counts and rings is what a plain table says.
/// Then each clause of the rules is taken out in turn, and the same comparison must see the leak.</summary>
public sealed class SightTests
{
    [Theory, EveryEngine]
    public async Task What_opens_is_what_is_listed_found_counted_and_rung_for_every_rule_and_role(string engine)
    {
        await using var world = await SightWorld.Make(engine);
        var faults = new List<string>();
        var turn = 0;
        foreach (var look in SightWorld.Looks)
        {
            // The whole table for what opens and what is listed; for what is typed one case in so many, others at each turn.
            var (each, rest) = (engine == "sqlite" ? 5 : 29, turn++);
            var asked = world.Cases.Where((_, i) => (i + rest) % each == 0).ToList();
            var seen = world.Cases.Where(c => SightTable.Opens(c, look)).Select(c => c.Dossier).ToHashSet();
            var given = look.Roles is [Role.OutsideStandIn]; // what was given to a stand-in is theirs to do, whoever works on it
            await world.In(look, async (scope, zone, guard) =>
            {
                Compare("Visible", seen, await zone.Set<Dossier>().Where(await guard.Visible(default)).Select(d => d.Id).ToListAsync());
                var opened = new List<Guid>();
                foreach (var one in world.Cases)
                {
                    try { opened.Add((await guard.Read(one.Dossier, default)).Id); }
                    catch (RefusedException) { }
                }
                Compare("Read", seen, opened);
                Compare("in memory", seen, world.Cases.Where(c => Sight.Sees(world.ReaderOf(look), c.Entity, c.Walled(world), c.Grants)).Select(c => c.Dossier));

                var list = ActivatorUtilities.CreateInstance<Mine.Handler>(scope);
                var (rows, page) = (new List<Guid>(), await list.Handle(new Mine.Query(Tab.Team, 1), default));
                for (var at = 1; at <= page.Pages; at++) rows.AddRange((await list.Handle(new Mine.Query(Tab.Team, at), default)).Rows.Select(r => r.Dossier));
                Compare("worklist", seen, rows);
                Same("worklist total", seen.Count, page.Total);
                Same("worklist unassigned", world.Cases.Count(c => seen.Contains(c.Dossier) && c.Origin == Origin.Nobodys), page.Unassigned);
                Same("worklist late", world.Cases.Count(c => seen.Contains(c.Dossier) && (given || c.Origin is Origin.Nobodys or Origin.Mine || (c.Origin == Origin.AbsentColleagues && look.Replaces))), page.Late);
                Same("bell", world.Cases.Count(c => seen.Contains(c.Dossier) && (given || c.Origin == Origin.Mine || (c.Origin == Origin.Nobodys && look.Leads) || (c.Origin == Origin.AbsentColleagues && look.Replaces))),
                    (await ActivatorUtilities.CreateInstance<Bell.Handler>(scope).Handle(new Bell.Query(), default)).Due);

                var search = ActivatorUtilities.CreateInstance<Search.Handler>(scope);
                var duplicates = scope.GetRequiredService<Duplicates>();
                var (byNumber, byPhone, links, cards) = (new List<Guid>(), new List<Guid>(), new List<Guid>(), new List<Guid>());
                foreach (var one in asked)
                {
                    byNumber.AddRange((await search.Handle(new Search.Query { Text = one.Entity.Number }, default)).Rows.Select(r => r.Dossier));
                    byPhone.AddRange((await search.Handle(new Search.Query { Text = one.Phone }, default)).Rows.Select(r => r.Dossier));
                    var found = await duplicates.Of("", "", one.Phone, null, default);
                    links.AddRange(found.Select(f => f.Dossier).OfType<Guid>());
                    cards.AddRange(found.Where(f => f.Dossier is null).Select(_ => one.Dossier));
                }
                var shown = asked.Where(c => seen.Contains(c.Dossier)).Select(c => c.Dossier).ToHashSet();
                Compare("search by number", shown, byNumber);
                Compare("search by phone", shown, byPhone);
                Compare("duplicates with a link", shown, links);
                Compare("safety cards", asked.Where(c => !seen.Contains(c.Dossier) && SightTable.Exists(c, look)).Select(c => c.Dossier).ToHashSet(), cards);
            });
            Compare("Open", asked.Where(c => seen.Contains(c.Dossier)).Select(c => c.Dossier).ToHashSet(), await world.Opened(look, asked));

            void Compare(string what, HashSet<Guid> expected, IEnumerable<Guid> actual)
            {
                var got = actual.ToHashSet();
                foreach (var leak in got.Except(expected).Take(3)) faults.Add($"{look}: {what} leaks {world.Of(leak)}");
                foreach (var miss in expected.Except(got).Take(3)) faults.Add($"{look}: {what} misses {world.Of(miss)}");
            }

            void Same(string what, int expected, int actual)
            {
                if (expected != actual) faults.Add($"{look}: {what} is {actual}, should be {expected}");
            }
        }
        Assert.True(faults.Count == 0, $"{faults.Count} faults\n" + string.Join('\n', faults.Take(40)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{world.Cases.Count} cases, {SightWorld.Looks.Count} ways of looking, {engine}");
    }

    /// <summary>A guard with a clause less is a guard that leaks, or one that hides: taken out one by one, each is seen by the table.</summary>
    [Theory, EveryEngine]
    public async Task A_guard_with_any_one_clause_taken_out_is_caught(string engine)
    {
        await using var world = await SightWorld.Make(engine);
        var tried = 0;
        var survivors = new List<string>();
        foreach (var group in SightWorld.Looks.GroupBy(l => (l.Leads, l.Works, Any: world.ReaderOf(l).Grants != GrantKind.None)).Where(g => g.Key.Any))
        {
            var looks = group.ToList();
            var clauses = Without.EachClause(Sight.Of(world.Nowhere, world.ReaderOf(looks[0]))).Count;
            for (var i = 0; i < clauses; i++)
            {
                tried++;
                var caught = false;
                foreach (var look in looks.TakeWhile(_ => !caught))
                {
                    await world.In(look, async (_, zone, _) =>
                    {
                        var planted = (Expression<Func<Dossier, bool>>)Without.EachClause(Sight.Of(zone, world.ReaderOf(look)))[i];
                        var shown = (await zone.Set<Dossier>().Where(planted).Select(d => d.Id).ToListAsync()).ToHashSet();
                        caught = !shown.SetEquals(world.Cases.Where(c => SightTable.Opens(c, look)).Select(c => c.Dossier));
                    });
                }
                if (!caught) survivors.Add($"{group.Key} clause {i}: {Without.EachClause(Sight.Of(world.Nowhere, world.ReaderOf(looks[0])))[i]}");
            }
        }
        // The two compiled ways may show less than the rule, never more.
        foreach (var (fast, look) in new[] { (Sight.ToLead, new Look([Role.Coordinator])), (Sight.ToWork, new Look([Role.Caseworker])) })
        {
            var whole = Without.TheId(fast);
            var opens = world.Cases.Where(c => SightTable.Opens(c, look)).Select(c => c.Dossier).ToHashSet();
            var shows = new HashSet<Guid>();
            await world.In(look, async (_, zone, _) => shows = [.. await Run(whole, zone)]);
            Assert.Subset(opens, shows);
            foreach (var planted in Without.EachClause(whole))
            {
                tried++;
                await world.In(look, async (_, zone, _) =>
                {
                    var shown = (await Run((Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>>)planted, zone)).ToHashSet();
                    // Less is only slower; as much as before, or more that is still allowed, would mean that a condition says nothing.
                    if (shown.SetEquals(shows) || (shown.IsProperSupersetOf(shows) && shown.IsSubsetOf(opens))) survivors.Add($"fast: {planted}");
                });
            }
        }
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {tried} planted guards were not caught:\n" + string.Join('\n', survivors));
        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} planted guards, all caught, {engine}");
        Assert.InRange(tried, 40, 400);

        Task<List<Guid>> Run(Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>> way, ZoneDbContext zone) => way.Compile()(zone, Guid.Empty, world.Self).Select(d => d.Id).ToListAsync();
    }
}

/// <summary>The rules once more, as a table that shares nothing with the guard.</summary>
internal static class SightTable
{
    public static bool Exists(Case one, Look look) => one.Wall != WallOf.Mine && (one.Protection != Protection.Sealed || (one.Kind is GrantKind.Named or GrantKind.StandIn && Held(one, look)));

    public static bool Opens(Case one, Look look)
    {
        if (one.Wall == WallOf.Mine) return false;
        var held = Held(one, look);
        switch (one.Protection)
        {
            case Protection.Sealed: return one.Kind is GrantKind.Named or GrantKind.StandIn && held;
            case Protection.Restricted: return look.Leads || (held && one.Kind != GrantKind.CallOut);
        }
        if (look.Leads || held) return true;
        return look.Works && (look.Team || one.Origin is Origin.Mine or Origin.Nobodys or Origin.OpenedByMe || (one.Origin == Origin.AbsentColleagues && look.Replaces));
    }

    private static bool Held(Case one, Look look) => one.Kind is { } kind && one.Time is Lasts.NoEnd or Lasts.Now && kind switch
    {
        GrantKind.Trainee => look.Roles.Contains(Role.Trainee),
        GrantKind.StandIn => look.Roles.Contains(Role.OutsideStandIn),
        GrantKind.CallOut when look.Roles.Contains(Role.Visitor) => true,
        _ => look.Roles.Any(r => r is Role.Coordinator or Role.Caseworker or Role.OnCall),
    };
}
