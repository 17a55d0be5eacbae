using System.Text;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class ParcelTests
{
    private const string Canary = "Kanarienvogel-7613";

    [Theory, EveryEngine]
    public async Task A_parcel_arrives_once_in_order_and_the_audits_of_both_zones_name_each_other(string engine)
    {
        await using var platform = Start(engine, out _);
        var (from, to) = (await platform.Zone(), await platform.Zone());
        var thread = Guid.NewGuid();
        var (first, second) = (await Send(from, to, thread, Canary), await Send(from, to, thread, "second"));
        var waiting = await from.Look(z => z.Set<Parcel>().SingleAsync(p => p.Id == first));
        Assert.DoesNotContain(Canary, Encoding.UTF8.GetString(waiting.Content!), StringComparison.Ordinal);
        Assert.Equal((1, 2), (waiting.Number, (await from.Look(z => z.Set<Parcel>().SingleAsync(p => p.Id == second))).Number));

        await from.RunJobs();
        await from.RunJobs();

        Assert.Equal([Canary, "second"], platform.Services.GetRequiredService<Received>().Texts);
        Assert.Equal([from.Code, from.Code], await to.Look(z => z.Set<Arrival>().Select(a => a.From).ToListAsync()));
        var sent = await from.Look(z => z.Set<Parcel>().SingleAsync(p => p.Id == first));
        Assert.NotNull(sent.Arrived);
        Assert.Null(sent.Content);
        Assert.Null(sent.Key);
        Assert.Contains($"parcel from {from.Code}", (await Record(to, "Foundation.Parcels.Carry.Receive", first)).Payload, StringComparison.Ordinal);
        Assert.Contains($"parcel to {to.Code}", (await Record(from, "Foundation.Parcels.Carry.Receipt", first)).Payload, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(Canary, StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Whatever_step_it_is_killed_at_it_arrives_once(string engine)
    {
        await using var platform = Start(engine, out var reaper);
        foreach (var request in new[] { typeof(Outbox.Claim), typeof(Carry.PickUp), typeof(Carry.Receive), typeof(Carry.Receipt), typeof(Outbox.Done) })
        {
            foreach (var after in new[] { false, true })
            {
                var (from, to) = (await platform.Zone(), await platform.Zone());
                var parcel = await Send(from, to, Guid.NewGuid(), "x");
                (reaper.Takes, reaper.After) = (request, after);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(from.RunJobs);
                Assert.Null(reaper.Takes); // it did come
                platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
                await from.RunJobs();
                await from.RunJobs();
                Assert.Equal([parcel], await to.Look(z => z.Set<Arrival>().Select(a => a.Id).ToListAsync()));
                Assert.Equal(1, await to.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Kind == Effect)));
                Assert.NotNull((await from.Look(z => z.Set<Parcel>().SingleAsync())).Arrived);
                Assert.NotNull((await from.Look(z => z.Set<OutboxMessage>().SingleAsync())).Delivered);
            }
        }
    }

    [Theory, EveryEngine]
    public async Task What_the_receiver_cannot_take_yet_comes_again_and_nothing_overtakes_it(string engine)
    {
        await using var platform = Start(engine, out _);
        var (from, to, received) = (await platform.Zone(), await platform.Zone(), platform.Services.GetRequiredService<Received>());
        var thread = Guid.NewGuid();
        await Send(from, to, thread, "first");
        received.Fails = true;
        await from.RunJobs();
        Assert.Empty(await to.Look(z => z.Set<Arrival>().ToListAsync()));
        received.Fails = false;
        await Send(from, to, thread, "second"); // due before the first is tried again
        await from.RunJobs();
        Assert.Equal(["first", "second"], received.Texts);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await from.RunJobs();
        Assert.Equal(["first", "second"], received.Texts);
        Assert.Empty(await from.Look(z => z.Set<OutboxMessage>().Where(m => m.Delivered == null).ToListAsync()));
    }

    [Fact]
    public async Task Only_the_zone_it_is_for_opens_it_and_only_as_what_it_is()
    {
        await using var platform = Start("sqlite", out _);
        var (from, to, third) = (await platform.Zone(), await platform.Zone(), await platform.Zone());
        var parcel = await Send(from, to, Guid.NewGuid(), Canary);
        var row = await from.Look(z => z.Set<Parcel>().SingleAsync(p => p.Id == parcel));
        var load = new Carry.Load(row.Id, row.Kind, row.To, row.Thread, row.Key!, row.Content!);
        foreach (var forged in new (TestZone Where, Carry.Receive How)[]
        {
            (from, new(load, from.Code, from.Id)), (third, new(load, from.Code, from.Id)), // other zones, the sending one among them
            (to, new(load, third.Code, third.Id)), // in another's name
            (to, new(load with { Thread = Guid.NewGuid() }, from.Code, from.Id)), (to, new(load with { Id = Guid.NewGuid() }, from.Code, from.Id)),
        })
            await Assert.ThrowsAsync<SealBrokenException>(() => forged.Where.As().SendAsPlatform(forged.How));
        Assert.Empty(await to.Look(z => z.Set<Arrival>().ToListAsync()));
        await to.As().SendAsPlatform(new Carry.Receive(load, from.Code, from.Id));
        Assert.Single(await to.Look(z => z.Set<Arrival>().ToListAsync()));
        Assert.DoesNotContain(Canary, load.ToString() + new OpenedParcel(load.Id, load.Kind, from.Code, load.Thread, default, Encoding.UTF8.GetBytes(Canary)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parcel_in_transit_opens_after_the_receiver_changed_its_key()
    {
        await using var platform = Start("sqlite", out _);
        var (from, to) = (await platform.Zone(), await platform.Zone());
        await Send(from, to, Guid.NewGuid(), Canary);
        await platform.Services.GetRequiredService<KeyCare>().Rotate(to.Code, default);
        await from.RunJobs();
        Assert.Equal([Canary], platform.Services.GetRequiredService<Received>().Texts);
    }

    [Fact]
    public async Task Nothing_is_sent_to_oneself_or_to_no_zone_and_nobody_but_the_platform_carries()
    {
        await using var platform = Start("sqlite", out _);
        var from = await platform.Zone();
        await Assert.ThrowsAsync<NoSuchZoneException>(() => from.As().SendAsPlatform(new Put.Command(from.Code, Guid.NewGuid(), "x")));
        await Assert.ThrowsAsync<NoSuchZoneException>(() => from.As().SendAsPlatform(new Put.Command("0000", Guid.NewGuid(), "x")));
        Assert.Empty(await from.Look(z => z.Set<OutboxMessage>().ToListAsync()));
        await Assert.ThrowsAsync<RefusedException>(() => from.As([.. Enum.GetValues<Role>().Where(r => r != Role.Operator)]).Send(new Carry.PickUp(Guid.NewGuid())));
    }

    [Fact]
    public async Task A_zone_that_is_away_gets_it_when_it_is_back()
    {
        await using var platform = Start("sqlite", out _);
        var (from, to) = (await platform.Zone(), await platform.Zone());
        await Send(from, to, Guid.NewGuid(), "x");
        await State(platform, to, ZoneState.Suspended);
        await from.RunJobs();
        Assert.NotNull((await from.Look(z => z.Set<Parcel>().SingleAsync())).Content);
        await State(platform, to, ZoneState.Active);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await from.RunJobs();
        Assert.Equal(["x"], platform.Services.GetRequiredService<Received>().Texts);
    }

    private static Task<Guid> Send(TestZone from, TestZone to, Guid thread, string text) => from.As().SendAsPlatform(new Put.Command(to.Code, thread, text));

    private static async Task State(Platform platform, TestZone zone, ZoneState state)
    {
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async house =>
        {
            (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id)).State = state;
            return true;
        }, default);
        await platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
    }

    private static Task<AuditRow> Record(TestZone zone, string act, Guid about) => zone.Look(z => z.Set<AuditRow>().SingleAsync(r => r.Act == act && r.Subject == about));

    private static Platform Start(string engine, out Reaper reaper)
    {
        var death = reaper = new Reaper();
        return Platform.Start(engine, services: services =>
        {
            Kills(services, death);
            services.AddSingleton<Received>();
            services.AddScoped<IReceive, Receiver>();
            services.AddTransient<IRequestHandler<Put.Command, Guid>, Put.Handler>();
        });
    }

    /// <summary>Stands round every request of a host, outside its transaction.</summary>
    internal static void Kills(IServiceCollection services, Reaper reaper)
    {
        services.AddSingleton(reaper);
        services.Insert(0, ServiceDescriptor.Transient(typeof(IPipelineBehavior<,>), typeof(Dies<,>)));
    }

    internal const string Effect = "effect of a parcel";

    internal static class Put
    {
        [Requires(May.RunThePlatform)]
        internal sealed record Command(string To, Guid Thread, string Text) : ICommand<Guid>;

        internal sealed class Handler(Post post) : IRequestHandler<Command, Guid>
        {
            public Task<Guid> Handle(Command command, CancellationToken ct) => post.Send(command.To, "test", command.Thread, new Letter(command.Text), ct);
        }
    }

    internal sealed record Letter(string Text);

    internal sealed class Received
    {
        public List<string> Texts { get; } = [];
        public bool Fails { get; set; }
    }

    private sealed class Receiver(ZoneDbContext zone, Received received) : IReceive
    {
        public string Kind => "test";

        public Task Receive(OpenedParcel parcel, CancellationToken ct)
        {
            if (received.Fails) throw new InvalidOperationException("not yet");
            received.Texts.Add(parcel.Read<Letter>().Text);
            zone.Add(OutboxMessage.New($"effect {Guid.NewGuid()}", Effect, parcel.Id, null, parcel.At.AddYears(1))); // twice is two: only the inbox lets it act once
            return Task.CompletedTask;
        }
    }

    /// <summary>Kills the process before a request begins, or after it is durable.</summary>
    internal sealed class Reaper
    {
        public Type? Takes { get; set; }
        public bool After { get; set; }

        public void Look(object request, bool after)
        {
            if (request.GetType() != Takes || after != After) return;
            Takes = null;
            throw new OperationCanceledException("killed");
        }
    }

    private sealed class Dies<TRequest, TResponse>(Reaper reaper) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
    {
        public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
        {
            reaper.Look(request, after: false);
            var response = await next();
            reaper.Look(request, after: true);
            return response;
        }
    }
}
