using MediatR;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Kit;

/// <summary>A zone made for one test, and people who act in it through the real pipeline.</summary>
public sealed class TestZone(Platform platform, ZoneRecord record)
{
    public Platform Platform => platform;
    public string Code => record.Code;
    public Guid Id => record.Id;
    public ZoneHandle Handle => platform.Services.GetRequiredService<ZoneRegistry>().Find(Code).AsTask().GetAwaiter().GetResult()!;

    /// <summary>Somebody with these roles, who has just shown a factor; each call is another person.</summary>
    public Person As(params Role[] roles) => As(Guid.NewGuid(), roles);

    /// <summary>A known account with these roles.</summary>
    public Person As(Guid account, params Role[] roles) => new(this, new Caller(account, Guid.NewGuid(), roles.ToHashSet()) { LastFactor = DateTimeOffset.MaxValue });

    /// <summary>Somebody with these roles in front of this zone's pages.</summary>
    public Visit Visit(params Role[] roles) => new(platform, Code, Guid.NewGuid(), roles);

    /// <summary>Nobody in particular, in front of this zone's pages.</summary>
    public Visit Passer() => new(platform, Code, null);

    /// <summary>Reads the zone's rows past the pipeline, to see what is really there.</summary>
    internal async Task<T> Look<T>(Func<ZoneDbContext, Task<T>> at)
    {
        await using var context = Handle.Database.Lease(new Keyring(Handle.Keys));
        return await at(context);
    }

    /// <summary>The zone is live: its pages for anybody are there.</summary>
    public async Task<TestZone> GoesLive()
    {
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Live", Id, house => Task.FromResult(house.Add(new ZoneStep { Zone = Id, Step = ZoneStep.Live, At = platform.Clock.GetUtcNow() })), CancellationToken.None);
        platform.Services.GetRequiredService<InForce>().Forget(Id);
        platform.Services.GetRequiredService<VictimSupport.PublicDesk.Desk.PublicPages>().Forget(Id);
        return this;
    }

    public Task RunJobs() => platform.RunJobs(Code);
    public Task RunRound() => platform.RunRound(Code);
}

/// <summary>Somebody acting in a zone.</summary>
public sealed class Person(TestZone zone, Caller caller)
{
    public Guid Id => caller.Self;
    public TestZone Zone => zone;
    public Caller Caller => caller;

    /// <summary>The same person in front of the pages.</summary>
    public Visit Visit() => new(zone.Platform, zone.Code, caller.Self, [.. caller.Roles]) { IsStale = caller.LastFactor is null };

    public async Task<T> Send<T>(IRequest<T> request)
    {
        T result = default!;
        await zone.Platform.Services.GetRequiredService<EnterZone>().In(zone.Code, async pipeline => result = await pipeline.Send(request, TestContext.Current.CancellationToken), caller);
        return result;
    }

    /// <summary>The same person, who showed a factor long ago.</summary>
    public Person Stale() => new(zone, caller with { LastFactor = null });

    /// <summary>The same person, who showed a factor just now.</summary>
    public Person Fresh() => new(zone, caller with { LastFactor = zone.Platform.Clock.GetUtcNow() });

    /// <summary>Sends what only the platform itself sends: jobs.</summary>
    public async Task<T> SendAsPlatform<T>(IRequest<T> request)
    {
        T result = default!;
        await zone.Platform.Services.GetRequiredService<EnterZone>().In(zone.Code, async pipeline => result = await pipeline.Send(request, TestContext.Current.CancellationToken));
        return result;
    }

    /// <summary>The same person in another zone, where nobody gave a role.</summary>
    public Person In(TestZone other, params Role[] roles) => new(other, caller with { Roles = roles.ToHashSet() });
}
