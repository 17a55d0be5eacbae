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
            await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async c => (await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id)).NextDue = null, default);
            await next.Lower(zone.Id, now.AddMinutes(due), default);
            await next.Anew(zone.Id, now, async () =>
            {
                await next.Lower(zone.Id, now.AddMinutes(written), default);
                if (said is { } minutes) await next.Lower(zone.Id, now.AddMinutes(minutes), default);
            }, default);
            Assert.Equal(now.AddMinutes(then), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
        }
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_cannot_be_asked_keeps_its_note_and_is_visited_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (next, now) = (zone.Platform.Services.GetRequiredService<NextDue>(), zone.Platform.Clock.GetUtcNow());
        await next.Lower(zone.Id, now.AddMinutes(-1), default);
        await Assert.ThrowsAsync<TimeoutException>(() => next.Anew(zone.Id, now, () => throw new TimeoutException(), default));
        Assert.Equal(now.AddMinutes(-1), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_sweep_visits_every_zone_at_start_and_then_those_with_something_due()
    {
        await using var platform = Platform.Start("sqlite");
        var (idle, busy) = (await platform.Zone(), await platform.Zone());
        var sweep = platform.Services.GetRequiredService<Sweep>();
        Assert.Equal([new(idle.Code, true), new(busy.Code, true)], (await sweep.Due(default)).OrderBy(v => v.Code));
        sweep.Finished(idle.Code);
        sweep.Finished(busy.Code);
        Assert.Empty(await sweep.Due(default));
        await platform.Services.GetRequiredService<NextDue>().Lower(busy.Id, platform.Clock.GetUtcNow().AddMinutes(10), default);
        Assert.Empty(await sweep.Due(default));
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal([new(busy.Code, false)], await sweep.Due(default));
        Assert.Empty(await sweep.Due(default)); // being visited already
        platform.Clock.Advance(Sweep.FullRound - TimeSpan.FromMinutes(12));
        Assert.Equal([new(busy.Code, false)], await sweep.Due(default)); // the first is taken for stuck
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([new(idle.Code, true)], await sweep.Due(default)); // the hourly round loses nothing that a crash between two databases forgot
        sweep.Finished(busy.Code);
        Assert.Equal([new(busy.Code, true)], await sweep.Due(default)); // it was being visited then, and is owed the round
    }

    [Fact]
    public async Task A_zone_that_another_process_visited_is_not_passed_over_until_it_is_taken_for_stuck()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var sweep = platform.Services.GetRequiredService<Sweep>();
        foreach (var visit in await sweep.Due(default)) sweep.Finished(visit.Code);
        await platform.Services.GetRequiredService<NextDue>().Lower(zone.Id, platform.Clock.GetUtcNow(), default);
        Assert.Equal([new(zone.Code, false)], await sweep.Due(default));
        Assert.Empty(await sweep.Due(default)); // somewhere it is being visited
        await Ends(visit => visit.DoneUpTo = platform.Clock.GetUtcNow());
        Assert.Equal([new(zone.Code, false)], await sweep.Due(default)); // it ended well there, and something is due again
        Assert.Empty(await sweep.Due(default));
        await Ends(visit => visit.Failed = platform.Clock.GetUtcNow());
        Assert.Equal([new(zone.Code, false)], await sweep.Due(default)); // it broke off there

        async Task Ends(Action<ZoneVisit> how) => await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async house =>
        {
            how(await house.Set<ZoneVisit>().SingleOrDefaultAsync(v => v.Zone == zone.Id) ?? house.Add(new ZoneVisit { Zone = zone.Id }).Entity);
            return true;
        }, default);
    }

    [Fact]
    public async Task Of_the_round_five_hundred_zones_are_begun_at_once_and_what_is_due_does_not_wait_behind_them()
    {
        await using var platform = Platform.Start("sqlite");
        var (busy, sweep) = (await platform.Zone(), platform.Services.GetRequiredService<Sweep>());
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house =>
        {
            for (var i = 0; i < 600; i++)
            {
                var zone = ZoneRecord.New(new ZoneFacts($"r{i:000}", "Zone", null, null, ["fr"], null, null, []), platform.Clock.GetUtcNow());
                zone.State = ZoneState.Active;
                house.Add(zone);
            }
            return Task.FromResult(true);
        }, default);
        await platform.Services.GetRequiredService<NextDue>().Lower(busy.Id, platform.Clock.GetUtcNow(), default);
        var first = await sweep.Due(default);
        Assert.Equal((new(busy.Code, true), 501), (first[0], first.Count));
        var then = await sweep.Due(default);
        Assert.Equal(100, then.Count);
        Assert.Empty(then.Intersect(first));
        Assert.Empty(await sweep.Due(default));
    }

    [Fact]
    public async Task Of_what_is_due_at_one_instant_zones_that_are_open_come_first_and_what_was_due_before_comes_before_them()
    {
        await using var platform = Platform.Start("sqlite");
        var (zones, next) = (platform.Services.GetRequiredService<ZoneRegistry>(), platform.Services.GetRequiredService<NextDue>());
        var (due, made) = (platform.Clock.GetUtcNow(), new List<TestZone>());
        for (var i = 0; i < 5; i++) made.Add(await platform.Zone());
        foreach (var zone in made)
        {
            await zones.Forget(zone.Code);
            await next.Lower(zone.Id, zone == made[4] ? due.AddMinutes(-1) : due, default);
        }
        await zones.Find(made[2].Code);
        Assert.Equal([4, 2, 0, 1, 3], (await platform.Services.GetRequiredService<Sweep>().Due(default)).Select(v => made.FindIndex(z => z.Code == v.Code)));
    }

    [Fact]
    public async Task A_visit_that_cannot_enter_its_zone_is_over_for_the_sweep_all_the_same()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, sweep) = (await platform.Zone(), platform.Services.GetRequiredService<Sweep>());
        await using (var attacker = await zone.Break()) await attacker.Do($"UPDATE seal SET \"Zone\" = '{Guid.NewGuid().ToString().ToUpperInvariant()}'");
        await platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
        Assert.Equal([new(zone.Code, true)], await sweep.Due(default));
        await Assert.ThrowsAsync<SealBrokenException>(zone.RunRound);
        await platform.Services.GetRequiredService<NextDue>().Lower(zone.Id, platform.Clock.GetUtcNow(), default);
        Assert.Equal([new(zone.Code, false)], await sweep.Due(default)); // not only once it is taken for stuck
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
            services.Add(ServiceDescriptor.Scoped<IDoWhatIsDue>(_ => new Planted(() => Task.FromResult(after++))));
            services.Add(ServiceDescriptor.Scoped<IDeliver>(_ => new Carrier(() => delivered++)));
        });
        var zone = await platform.Zone();
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            context.Add(OutboxMessage.New("k", Carrier.KindName, null, null, platform.Clock.GetUtcNow()));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        await Assert.ThrowsAsync<InvalidDataException>(zone.RunRound);
        Assert.Equal((1, 1), (after, delivered));
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var visit = await house.Set<ZoneVisit>().AsNoTracking().SingleAsync(v => v.Zone == zone.Id);
        Assert.NotNull(visit.Failed);
        Assert.Equal(typeof(InvalidDataException).FullName, visit.Fault); // its type, never what it said
        Assert.Null(visit.DoneUpTo);
    }

    [Theory, EveryEngine]
    public async Task A_visit_for_what_is_due_runs_nothing_else_and_a_whole_one_runs_all(string engine)
    {
        var (ran, hours) = (new List<string>(), new Dictionary<string, int?> { ["overdue"] = -1, ["to come"] = 2, ["nothing"] = null, ["brings all"] = 4 });
        Platform? made = null;
        await using var platform = made = Platform.Start(engine, services: services =>
        {
            foreach (var name in hours.Keys)
                services.Add(ServiceDescriptor.Scoped<IDoWhatIsDue>(_ => new Planted(() => Ran(name), () => hours[name] is { } away ? made!.Clock.GetUtcNow().AddHours(away) : null, name == "brings all")));
        });
        var zone = await platform.Zone();
        var next = platform.Services.GetRequiredService<NextDue>();
        await Visited(due: true, "overdue");
        hours["overdue"] = 3;
        await Visited(due: true);
        Assert.Equal(platform.Clock.GetUtcNow().AddHours(2), (await next.Of(zone.Id, default))!.Value, TimeSpan.FromMinutes(1)); // as all say, run or not
        await Visited(due: false, [.. hours.Keys]);
        hours["brings all"] = 0; // somebody lost a role: the zone's rows do not tell what that leads to
        await Visited(due: true, [.. hours.Keys]);
        hours["brings all"] = 4;
        await Visited(due: true);

        Task Ran(string name)
        {
            ran.Add(name);
            return Task.CompletedTask;
        }

        async Task Visited(bool due, params string[] expected)
        {
            ran.Clear();
            await using var scope = platform.Services.CreateAsyncScope();
            var job = scope.ServiceProvider.GetRequiredService<ZoneJob>();
            await (due ? job.RunDue(zone.Code, default) : job.Run(zone.Code, default));
            Assert.Equal(expected, ran);
        }
    }

    [Theory, EveryEngine]
    public async Task Messages_of_one_go_to_one_account_leave_together_and_are_tried_again_together(string engine)
    {
        var (left, fails) = (new List<string>(), true);
        await using var platform = Platform.Start(engine, services: services => services.Add(ServiceDescriptor.Scoped<IDeliver>(_ => new Together(keys =>
        {
            if (fails) throw new IOException("away");
            left.Add(keys);
        }))));
        var (zone, now, anna, bert) = (await platform.Zone(), platform.Clock.GetUtcNow(), Guid.NewGuid(), Guid.NewGuid());
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            foreach (var (key, to, at) in new[] { ("a1", anna, now), ("b1", bert, now), ("a2", anna, now), ("a3", anna, now.AddMinutes(-1)) }) context.Add(OutboxMessage.New(key, Together.KindName, null, to, at));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        await zone.RunJobs();
        Assert.Empty(left);
        fails = false;
        await zone.RunJobs();
        Assert.Empty(left); // each waits for its next try
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await zone.RunJobs();
        Assert.Equal(["a1 a2", "a3", "b1"], left.Order());
        Assert.Equal(4, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Delivered != null && m.Kind == Together.KindName)));
        await zone.RunJobs();
        Assert.Equal(3, left.Count);
    }

    [Fact]
    public async Task A_mailbox_that_takes_nothing_keeps_a_message_from_nobody_and_who_has_it_does_not_get_it_again()
    {
        var (key, tried, isAway) = (Guid.NewGuid(), new List<string>(), true);
        await Assert.ThrowsAsync<IOException>(Send);
        Assert.Equal(["anna", "bert", "cora"], tried);
        await Assert.ThrowsAsync<IOException>(Send);
        Assert.Equal(["anna", "bert", "cora", "bert"], tried);
        isAway = false;
        await Send();
        Assert.Equal("bert", tried[^1]);
        Assert.Equal(5, tried.Count);

        Task Send() => VictimSupport.Foundation.Mail.ToEach.Send(["anna", "bert", "cora"], name => $"{key} {name}", (name, _) =>
        {
            tried.Add(name);
            return name == "bert" && isAway ? throw new IOException("no such mailbox") : Task.CompletedTask;
        });
    }

    private sealed class Planted(Func<Task> deed, Func<DateTimeOffset?>? next = null, bool bringsAll = false) : IDoWhatIsDue
    {
        public bool BringsAll => bringsAll;

        public Task Run(MediatR.IMediator pipeline, CancellationToken ct) => deed();

        public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult(next?.Invoke());
    }

    private sealed class Together(Action<string> deed) : IDeliverTogether
    {
        public const string KindName = "together";
        public string Kind => KindName;
        public Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => throw new NotSupportedException();

        public Task Deliver(IReadOnlyList<OutboxMessage> messages, ZoneRecord zone, CancellationToken ct)
        {
            deed(string.Join(' ', messages.Select(m => m.Key).Order()));
            return Task.CompletedTask;
        }
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
