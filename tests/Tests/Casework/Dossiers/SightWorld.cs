using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;
using Person = VictimSupport.Casework.People.Person;
using Standing = VictimSupport.Zones.Staff.Standing;

namespace VictimSupport.Tests.Casework;

internal enum Origin { Mine, Others, AbsentColleagues, Nobodys, OpenedByMe }
internal enum WallOf { Nobody, Mine, Others }
internal enum Lasts { NoEnd, Now, Over, NotYet, Anothers }

/// <summary>One way of looking: roles, and what the zone and its absences add to them.</summary>
internal sealed record Look(Role[] Roles, bool Team = false, bool Replaced = false)
{
    public bool Leads => Roles.Contains(Role.Coordinator);
    public bool Works => Roles.Contains(Role.Caseworker);
    public bool Replaces => Replaced && Works;
    public override string ToString() => string.Join('+', Roles) + (Team ? ", team sees all" : "") + (Replaced ? ", replacing" : "");
}

/// <summary>One dossier: a case of the matrix.</summary>
internal sealed record Case(Dossier Entity, string Phone, Origin Origin, Protection Protection, WallOf Wall, GrantKind? Kind, Lasts Time, IReadOnlyList<Grant> Grants)
{
    public Guid Dossier => Entity.Id;
    public IReadOnlySet<Guid> Walled(SightWorld world) => Wall switch { WallOf.Mine => new HashSet<Guid> { world.Self }, WallOf.Others => new HashSet<Guid> { world.Other }, _ => new HashSet<Guid>() };
    public override string ToString() => $"{Origin}, {Protection}, wall of {Wall}, {(Kind is { } kind ? $"{kind} {Time}" : "no grant")}";
}

/// <summary>A zone with a dossier for every case, written past the pages in one go, and somebody who looks at all of them in turn.</summary>
internal sealed class SightWorld : IAsyncDisposable
{
    private readonly Platform platform;
    private readonly TestZone zone;
    private readonly Circumstances circumstances;
    private Dictionary<Guid, Case> byId = [];

    private SightWorld(Platform platform, TestZone zone, Circumstances circumstances) => (this.platform, this.zone, this.circumstances) = (platform, zone, circumstances);

    public Guid Self { get; } = Guid.NewGuid();
    public Guid Other { get; } = Guid.NewGuid();
    public Guid Absent { get; } = Guid.NewGuid();
    public IReadOnlyList<Case> Cases { get; private set; } = [];

    /// <summary>A context to write expressions with; nothing is asked of it.</summary>
    public ZoneDbContext Nowhere => nowhere ??= zone.Handle.Database.Lease(new Keyring(zone.Handle.Keys));
    private ZoneDbContext? nowhere;

    public static readonly IReadOnlyList<Look> Looks =
    [
        new([Role.Coordinator]), new([Role.Coordinator, Role.ZoneAdministrator]), new([Role.Coordinator, Role.OutsideStandIn]),
        new([Role.Caseworker]), new([Role.Caseworker], Team: true), new([Role.Caseworker], Replaced: true), new([Role.Caseworker, Role.OnCall], Team: true, Replaced: true), new([Role.Caseworker, Role.OutsideStandIn]), new([Role.Caseworker, Role.Trainee]),
        new([Role.OnCall]), new([Role.OnCall], Team: true, Replaced: true), new([Role.Trainee]), new([Role.OutsideStandIn]), new([Role.OnCall, Role.Trainee]), new([Role.OnCall, Role.OutsideStandIn]), new([Role.Visitor]), new([Role.Visitor], Team: true, Replaced: true),
        new([Role.FrontDesk]), new([Role.ZoneAdministrator]), new([Role.DataProtectionOfficer]), new([Role.Operator]), new([Role.Analyst]), new([]),
    ];

    public static async Task<SightWorld> Make(string engine)
    {
        var told = new Circumstances();
        var host = Platform.Start(engine, services: services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IStaff>(s => new StaffAsTold(s.GetRequiredService<Standing>(), told)));
            services.Replace(ServiceDescriptor.Singleton<IZoneSettings>(_ => new SettingsAsTold(told)));
        });
        var world = new SightWorld(host, await host.Zone(), told);
        await world.Fill();
        return world;
    }

    public Case Of(Guid dossier) => byId[dossier];
    public Reader ReaderOf(Look look) => new(Self, look.Roles.ToHashSet(), look.Works && look.Team, look.Replaces ? [Absent] : [], platform.Clock.GetUtcNow());
    public void Become(Look look) => (circumstances.Team, circumstances.Replaced) = (look.Team, look.Replaced ? [Absent] : []);

    /// <summary>What a handler has when this somebody asks.</summary>
    public async Task In(Look look, Func<IServiceProvider, ZoneDbContext, Guard, Task> ask)
    {
        Become(look);
        await using var scope = platform.Services.CreateAsyncScope();
        Stand(scope.ServiceProvider, look);
        await ask(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ZoneDbContext>(), scope.ServiceProvider.GetRequiredService<Guard>());
    }

    /// <summary>What opens to be worked on: inside a transaction, which is thrown away.</summary>
    public async Task<IReadOnlyList<Guid>> Opened(Look look, IReadOnlyList<Case> asked)
    {
        Become(look);
        var opened = new List<Guid>();
        await using var scope = platform.Services.CreateAsyncScope();
        var useCase = Stand(scope.ServiceProvider, look);
        await Assert.ThrowsAsync<ThrownAwayException>(() => zone.Handle.Database.Write<bool>(useCase.Keys, async context =>
        {
            useCase.Write(context);
            var guard = scope.ServiceProvider.GetRequiredService<Guard>();
            foreach (var one in asked)
            {
                try { opened.Add((await guard.Open(one.Dossier, default)).Id); }
                catch (RefusedException) { }
            }
            throw new ThrownAwayException();
        }, default));
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (nowhere is not null) await nowhere.DisposeAsync();
        await platform.DisposeAsync();
    }

    private UseCase Stand(IServiceProvider services, Look look)
    {
        var useCase = services.GetRequiredService<UseCase>();
        useCase.Caller = new Caller(Self, Guid.NewGuid(), look.Roles.ToHashSet()) { LastFactor = DateTimeOffset.MaxValue };
        useCase.Place = zone.Handle;
        return useCase;
    }

    private async Task Fill()
    {
        var now = platform.Clock.GetUtcNow();
        var cases = new List<Case>();
        var rows = new List<object>();
        var key = zone.Handle.Keys.Search;
        var times = Enum.GetValues<GrantKind>().Where(k => k != GrantKind.None).SelectMany(k => Enum.GetValues<Lasts>().Select(t => ((GrantKind?)k, t))).Prepend((null, Lasts.Now)).ToList();
        var keys = new Keyring(zone.Handle.Keys);
        await zone.Handle.Database.Write(keys, async context =>
        {
            foreach (var origin in Enum.GetValues<Origin>())
                foreach (var protection in Enum.GetValues<Protection>())
                    foreach (var wall in Enum.GetValues<WallOf>())
                        foreach (var (kind, time) in times.Where(t => wall != WallOf.Others || t is (null, _) or (GrantKind.Named, Lasts.NoEnd))) cases.Add(One(context, key, cases.Count, origin, protection, wall, kind, time, now));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new AuditRecord(default, null, "Test.Fill", null, "{}"));
        }, default);
        (Cases, byId) = (cases, cases.ToDictionary(c => c.Dossier));
    }

    private Case One(ZoneDbContext context, SearchKey key, int number, Origin origin, Protection protection, WallOf wall, GrantKind? kind, Lasts time, DateTimeOffset now)
    {
        var dossier = Dossier.Open(DossierNumber.Of(2026, number + 1, zone.Handle.Keys.NumberKey), Trigger.Person, SubKinds.All[0], null, "", origin == Origin.OpenedByMe ? Self : Other, now);
        dossier.Assign(origin switch { Origin.Mine => Self, Origin.AbsentColleagues => Absent, Origin.Nobodys => null, _ => Other });
        dossier.Protect(protection);
        dossier.Awaits(now.AddHours(-1));
        var phone = $"+32470{number:000000}";
        var person = Person.Add(dossier.Id, new Particulars("", "", phone), Capacity.Victim, "fr", now);
        dossier.Lead = person.Id;
        context.AddRange(dossier, person, SafeContact.For(person));
        SearchToken.Add(context, key, dossier.Id, person.Id, SearchToken.PartsOf(new Particulars("", "", phone), agreed: null));
        if (wall != WallOf.Nobody)
        {
            var stands = Wall.Round(dossier.Id, wall == WallOf.Mine ? Self : Other, null, Other, now);
            context.AddRange(stands, WalledOff.Of(stands, dossier.Id, now));
        }
        var grants = new List<Grant>();
        if (kind is { } given)
        {
            var (from, until) = time switch
            {
                Lasts.NoEnd => (now.AddDays(-1), (DateTimeOffset?)null), Lasts.Over => (now.AddDays(-2), now.AddHours(-1)), Lasts.NotYet => (now.AddDays(1), now.AddDays(2)), _ => (now.AddDays(-1), now.AddDays(1)),
            };
            grants.Add(Grant.Give(dossier.Id, time == Lasts.Anothers ? Other : Self, given, from, until, Other));
            context.AddRange(grants);
        }
        return new Case(dossier, phone, origin, protection, wall, kind, time, grants);
    }

    private sealed class ThrownAwayException : Exception;
}

/// <summary>What the zone decided and who is absent, as a test tells it.</summary>
internal sealed class Circumstances
{
    public bool Team { get; set; }
    public IReadOnlyList<Guid> Replaced { get; set; } = [];
    public Guid? StandIn { get; set; }
}

internal sealed class StaffAsTold(IStaff really, Circumstances told) : IStaff
{
    public ValueTask<IReadOnlyList<Guid>> Holding(Guid zone, IEnumerable<Role> roles, CancellationToken ct) => really.Holding(zone, roles, ct);
    public ValueTask<IReadOnlyList<Guid>> ReplacedBy(Guid zone, Guid account, CancellationToken ct) => new(told.Replaced);
    public ValueTask<Away?> AwayNow(Guid zone, Guid account, CancellationToken ct) => really.AwayNow(zone, account, ct);
}

internal sealed class SettingsAsTold(Circumstances told) : IZoneSettings
{
    public ValueTask<ZoneSettings> Of(Guid zone, CancellationToken ct) => new(ZoneSettings.FederalDefaults with { TeamSeesAll = told.Team, OutsideStandIn = told.StandIn });
}

/// <summary>Makes of a rule as many rules as it has clauses, each with one of them gone.</summary>
internal static class Without
{
    /// <summary>Every "and" and every "or" anywhere in it, once without its left and once without its right side.</summary>
    public static IReadOnlyList<LambdaExpression> EachClause(LambdaExpression rule)
    {
        var found = new Find();
        found.Visit(rule);
        return [.. found.Nodes.SelectMany(node => new[] { node.Left, node.Right }.Select(stays => (LambdaExpression)new Put(node, stays).Visit(rule)))];
    }

    /// <summary>Asks for all dossiers instead of one.</summary>
    public static Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>> TheId(Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>> way) =>
        (Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>>)new Drop(way.Parameters[1]).Visit(way);

    private sealed class Find : ExpressionVisitor
    {
        public List<BinaryExpression> Nodes { get; } = [];

        protected override Expression VisitBinary(BinaryExpression node)
        {
            if (node.NodeType is ExpressionType.AndAlso or ExpressionType.OrElse) Nodes.Add(node);
            return base.VisitBinary(node);
        }
    }

    private sealed class Put(BinaryExpression gone, Expression stays) : ExpressionVisitor
    {
        protected override Expression VisitBinary(BinaryExpression node) => node == gone ? stays : base.VisitBinary(node);
    }

    private sealed class Drop(ParameterExpression id) : ExpressionVisitor
    {
        protected override Expression VisitBinary(BinaryExpression node) => node.NodeType == ExpressionType.AndAlso && node.Left is BinaryExpression { NodeType: ExpressionType.Equal } equal && equal.Right == id ? Visit(node.Right) : base.VisitBinary(node);
    }
}
