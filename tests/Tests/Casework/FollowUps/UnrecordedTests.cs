using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>An appointment that is over and of which nobody said how it went.</summary>
public sealed class UnrecordedTests
{
    [Theory, EveryEngine]
    public async Task It_is_told_once_to_whoever_was_to_go_four_hours_after_its_end_and_told_on_until_it_is_recorded(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        // The dossier is Bert's by now, the appointment Anna's.
        var (dossier, plan) = await Reached(zone, anna);
        var id = await anna.Send(plan);
        await cora.Send(new Assign.Command(dossier, bert.Id));
        platform.Clock.Advance(TimeSpan.FromHours(6.9)); // two until it begins, one that it lasts
        await zone.RunJobs();
        Assert.Empty(Told(platform));
        Assert.Equal(0, (await anna.Send(new Bell.Query())).Unrecorded);
        platform.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow()); // the sweep comes by itself
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(zone.RunJobs)));
        await zone.RunJobs();
        var letter = Assert.Single(Told(platform));
        Assert.Equal(Staff.AddressOf(zone, "anna"), letter.To);
        foreach (var secret in new[] { "Exemple", "Ada", (await anna.Opens(dossier)).Dossier.Number, zone.Code }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((1, 0), ((await anna.Send(new Bell.Query())).Unrecorded, (await anna.Send(new Bell.Query())).Appointments));
        Assert.Equal(0, (await cora.Send(new Bell.Query())).ToldOn);
        using (var visit = anna.Visit()) Assert.Contains("Past appointments still to be recorded", (await visit.Page("/waiting")).Body!.TextContent, StringComparison.Ordinal);
        // The week it was in leads there from the next one.
        using (var later = anna.Visit())
        {
            var next = await later.Page("/agenda?week=" + Week.Of(Moment.Day(platform.Clock.GetUtcNow()).AddDays(7)));
            var there = next.QuerySelector("#earlier a")!.GetAttribute("href")!;
            Assert.Contains("week=" + Week.Of(Moment.Day(plan.At!.Value)), there, StringComparison.Ordinal);
            Assert.Null((await later.Page("/agenda?week=" + Week.Of(Moment.Day(plan.At!.Value)))).QuerySelector("#earlier"));
        }
        // Told: the sweep has no business here before it is told on.
        Assert.False(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        platform.Clock.Advance(TimeSpan.FromHours(24.5));
        await zone.RunJobs();
        Assert.Equal([Staff.AddressOf(zone, "cora")], platform.Post.Letters.Where(l => l.Key.StartsWith(ToldOnMail.KindName, StringComparison.Ordinal)).Select(l => l.To));
        Assert.Equal(1, (await cora.Send(new Bell.Query())).ToldOn);
        await anna.Send((await anna.Send(new Record.Query(dossier, id))).Planned! with { Dossier = dossier, Appointment = id, At = platform.Clock.GetUtcNow().AddHours(-29), Missed = true });
        Assert.Equal((0, 0), ((await cora.Send(new Bell.Query())).ToldOn, (await anna.Send(new Bell.Query())).Unrecorded));
        Assert.Single(Told(platform));
    }

    [Theory, EveryEngine]
    public async Task What_was_recorded_called_off_or_is_under_way_is_not_told_and_what_was_moved_is_told_anew(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.Hires("cora", Role.Coordinator);
        var ((held, one), (off, two), (visited, three), (moved, four)) = (await Reached(zone, anna), await Reached(zone, anna), await Reached(zone, anna), await Reached(zone, anna));
        var (isHeld, isOff, isVisited) = (await anna.Send(one), await anna.Send(two with { Despite = true }), await anna.Send(three with { Place = Place.Home, Despite = true }));
        var isMoved = await anna.Send(four with { Despite = true });
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await anna.Send(new HomeVisit.In { Dossier = visited, Contact = isVisited, Minutes = 600 });
        await anna.Cancels(off, isOff, CancelReason.ByThePerson);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await anna.Send((await anna.Send(new Record.Query(held, isHeld))).Planned! with { Dossier = held, Appointment = isHeld, At = platform.Clock.GetUtcNow().AddHours(-1), Services = [ServiceKind.Listening] });
        platform.Clock.Advance(TimeSpan.FromHours(4.1));
        await zone.RunJobs();
        Assert.Equal([isMoved], await About(zone));
        await anna.Send(four with { Contact = isMoved, Version = 1, At = platform.Clock.GetUtcNow().AddHours(3), Despite = true });
        Assert.Equal(0, (await anna.Send(new Bell.Query())).Unrecorded);
        // Out late: there is as much time for writing as after any other.
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await anna.Send(new HomeVisit.Out(visited, isVisited));
        platform.Clock.Advance(TimeSpan.FromHours(3.9));
        await zone.RunJobs();
        Assert.Equal([isMoved], await About(zone));
        platform.Clock.Advance(TimeSpan.FromHours(0.2));
        await zone.RunJobs();
        Assert.Equal(new[] { isMoved, isVisited }.Order(), (await About(zone)).Order());
        platform.Clock.Advance(TimeSpan.FromHours(4));
        await zone.RunJobs();
        Assert.Equal(new[] { isMoved, isMoved, isVisited }.Order(), (await About(zone)).Order());
        // Of the moved one only what it is now is told on.
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        Assert.Equal(2, await zone.Look(z => z.Set<Told>().CountAsync(t => t.Kind == UnrecordedAppointments.Code && t.ToldOn != null)));
    }

    [Theory, EveryEngine]
    public async Task Whoever_replaces_them_is_told_and_a_long_appointment_hides_no_short_one_that_began_after_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker));
        await zone.Hires("cora", Role.Coordinator);
        var ((_, all), (_, brief)) = (await Reached(zone, anna), await Reached(zone, anna));
        var isLong = await anna.Send(all with { Minutes = 600, Despite = true });
        var isShort = await anna.Send(brief with { At = brief.At!.Value.AddHours(1), Minutes = 30, Despite = true });
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromHours(7.6));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.IsAway(anna, ben);
        await zone.RunJobs();
        Assert.Equal([isShort], await About(zone));
        Assert.Equal([Staff.AddressOf(zone, "ben")], Told(platform).Select(l => l.To));
        Assert.Equal(1, (await ben.Send(new Bell.Query())).Unrecorded);
        platform.Clock.Advance(TimeSpan.FromHours(8.5));
        await zone.RunJobs();
        Assert.Equal(new[] { isShort, isLong }.Order(), (await About(zone)).Order());
    }

    private static async Task<(Guid Dossier, Plan.Command Plan)> Reached(TestZone zone, Person who)
    {
        var dossier = await who.Registers(Cases.Intake(zone));
        await who.Send(await who.Contact(zone, dossier));
        return (dossier, await who.Appointment(zone, dossier));
    }

    private static Task<List<Guid>> About(TestZone zone) => zone.Look(z => z.Set<Told>().Where(t => t.Kind == UnrecordedAppointments.Code).Select(t => t.About).ToListAsync());
    private static IReadOnlyList<Letter> Told(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith(UnrecordedAppointments.Code, StringComparison.Ordinal))];
}
