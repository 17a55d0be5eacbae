using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class JobTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_next_due_instant_is_only_ever_lowered_by_a_write(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (next, now) = (zone.Platform.Services.GetRequiredService<NextDue>(), zone.Platform.Clock.GetUtcNow());
        await next.Lower(zone.Id, now.AddHours(3), default);
        await next.Lower(zone.Id, now.AddHours(5), default);
        Assert.Equal(now.AddHours(3), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
        await next.Lower(zone.Id, now.AddHours(1), default);
        Assert.Equal(now.AddHours(1), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
    }

    [Theory, EveryEngine]
    public async Task What_is_written_while_the_zone_is_asked_what_comes_next_is_not_forgotten(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (next, now) = (zone.Platform.Services.GetRequiredService<NextDue>(), zone.Platform.Clock.GetUtcNow());
        // The zone is being visited for something that is due; somebody writes what its rows did not show yet, later than that.
        foreach (var (due, written, said, then) in new (int, int, int?, int)[] { (-1, 5, null, 5), (-1, 0, null, 0), (-1, 5, 60, 5), (-1, 5, 2, 2), (180, 60, 300, 60), (180, 300, null, 180) })
        {
            await next.Ask<DateTimeOffset?>(zone.Id, () => Task.FromResult<DateTimeOffset?>(null), n => n, default); // as after a visit
            await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async c => (await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id)).NextDue = null, default);
            await next.Lower(zone.Id, now.AddMinutes(due), default);
            await next.Ask(zone.Id, async () =>
            {
                await next.Lower(zone.Id, now.AddMinutes(written), default);
                return said is { } minutes ? now.AddMinutes(minutes) : (DateTimeOffset?)null;
            }, n => n, default);
            Assert.Equal(now.AddMinutes(then), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
        }
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_cannot_be_asked_keeps_its_note_and_is_visited_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (next, now) = (zone.Platform.Services.GetRequiredService<NextDue>(), zone.Platform.Clock.GetUtcNow());
        await next.Lower(zone.Id, now.AddMinutes(-1), default);
        await Assert.ThrowsAsync<TimeoutException>(() => next.Ask<DateTimeOffset?>(zone.Id, () => throw new TimeoutException(), n => n, default));
        Assert.Equal(now.AddMinutes(-1), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_sweep_visits_every_zone_at_start_and_then_those_with_something_due()
    {
        await using var platform = Platform.Start("sqlite");
        var (idle, busy) = (await platform.Zone(), await platform.Zone());
        var sweep = platform.Services.GetRequiredService<Sweep>();
        Assert.Equal([idle.Code, busy.Code], (await sweep.Due(default)).Order());
        sweep.Finished(idle.Code);
        sweep.Finished(busy.Code);
        Assert.Empty(await sweep.Due(default));
        await platform.Services.GetRequiredService<NextDue>().Lower(busy.Id, platform.Clock.GetUtcNow().AddMinutes(10), default);
        Assert.Empty(await sweep.Due(default));
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal([busy.Code], await sweep.Due(default));
        Assert.Empty(await sweep.Due(default)); // being visited already
        platform.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains(idle.Code, await sweep.Due(default)); // the hourly round loses nothing that a crash between two databases forgot
    }

    [Theory, EveryEngine]
    public async Task A_message_no_module_carries_stays_in_the_outbox(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            context.Add(OutboxMessage.New("k", "of nobody", null, null, zone.Platform.Clock.GetUtcNow()));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        await zone.RunJobs();
        Assert.Null(await zone.Look(z => z.Set<OutboxMessage>().Select(m => m.Delivered).SingleAsync()));
        Assert.NotNull(await zone.Platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default));
    }

    [Theory, EveryEngine]
    public async Task What_one_module_cannot_do_keeps_neither_the_next_nor_the_mail_waiting_and_the_visit_has_failed(string engine)
    {
        var (after, delivered) = (0, 0);
        await using var platform = Platform.Start(engine, services: services =>
        {
            services.Insert(0, ServiceDescriptor.Scoped<IDoWhatIsDue>(_ => new Planted(() => throw new InvalidDataException("Zzkanarie"))));
            services.Add(ServiceDescriptor.Scoped<IDoWhatIsDue>(_ => new Planted(() => after++)));
            services.Add(ServiceDescriptor.Scoped<IDeliver>(_ => new Carrier(() => delivered++)));
        });
        var zone = await platform.Zone();
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            context.Add(OutboxMessage.New("k", Carrier.KindName, null, null, platform.Clock.GetUtcNow()));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        await Assert.ThrowsAsync<InvalidDataException>(zone.RunJobs);
        Assert.Equal((1, 1), (after, delivered));
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var visit = await house.Set<ZoneVisit>().AsNoTracking().SingleAsync(v => v.Zone == zone.Id);
        Assert.NotNull(visit.Failed);
        Assert.Equal(typeof(InvalidDataException).FullName, visit.Fault); // its type, never what it said
        Assert.Null(visit.Ended);
    }

    private sealed class Planted(Action deed) : IDoWhatIsDue
    {
        public Task Run(MediatR.IMediator pipeline, CancellationToken ct)
        {
            deed();
            return Task.CompletedTask;
        }

        public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);
    }

    private sealed class Carrier(Action deed) : IDeliver
    {
        public const string KindName = "planted";
        public string Kind => KindName;

        public Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
        {
            deed();
            return Task.CompletedTask;
        }
    }
}
