using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Activities;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Network.Activities.Record;

namespace VictimSupport.Tests.Network;

/// <summary>What was done with whom: by partner, by year, sealed.</summary>
public sealed class ActivityTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_is_listed_by_partner_and_by_year_lies_sealed_and_is_gone_when_it_is_taken_out(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var (here, there) = (await anna.Send(Referring.Partner("Here")), await anna.Send(Referring.Partner("There")));
        var form = Working.Activity(zone, here, there) with { Subject = "Zzkanarie", Once = Guid.NewGuid() };
        var both = await anna.Send(form);
        Assert.Equal(both, await anna.Send(form));
        await anna.Send(Working.Activity(zone, there) with { Subject = "Visit", Kind = ActivityKind.Visit, On = zone.Today().AddDays(-1) });
        await anna.Send(Working.Activity(zone, here) with { Subject = "Long ago", On = new DateOnly(2024, 12, 31) });
        Assert.Empty(await CanaryTests.Holding(zone, "Zzkanarie"));
        Assert.Equal(["Zzkanarie", "Visit"], await Subjects(null, 2026));
        Assert.Equal(["Zzkanarie"], await Subjects(here, 2026));
        Assert.Equal(["Long ago"], await Subjects(here, 2024));
        Assert.Equal(2024, (await anna.Send(new List.Query(null, 2026))).First);
        Assert.Equal(["Here", "There"], (await anna.Send(new List.Query(null, 2026))).Rows[0].With);
        Assert.Equal(["Zzkanarie", "Long ago"], (await anna.Send(new VictimSupport.Network.Partners.Show.Query(here))).Activities.Select(a => a.Says.Subject));

        var known = (await anna.Send(new Record.Query(both))).Form with { Activity = both };
        await anna.Send(known with { Kind = ActivityKind.JointAction });
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(known with { Kind = ActivityKind.Call })); // somebody saved meanwhile
        Assert.Equal(ActivityKind.JointAction, (await anna.Send(new List.Query(null, 2026))).Rows[0].Kind);
        await anna.Send(new Record.TakeOut(both));
        Assert.Equal(["Visit"], await Subjects(null, 2026));
        await zone.RunJobs();
        Assert.False(await zone.Look(z => z.Set<Activity>().AnyAsync(a => a.Id == both)));
        Assert.True(await zone.IsErased(both));

        async Task<string[]> Subjects(Guid? partner, int year) => [.. (await anna.Send(new List.Query(partner, year))).Rows.Select(r => r.Says.Subject)];
    }

    [Fact]
    public async Task What_is_wrong_is_told_at_its_field_and_who_may_not_keep_partners_notes_nothing()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var form = Working.Activity(zone, await anna.Send(Referring.Partner()));
        foreach (var (bad, field) in new (Record.Command, string)[] { (form with { On = null }, "On"), (form with { On = zone.Today().AddDays(1) }, "On"), (form with { On = new DateOnly(2, 1, 1) }, "On"), (form with { Kind = null }, "Kind"), (form with { Partners = [] }, "Partners"), (form with { Subject = " " }, "Subject") })
        {
            Assert.Equal(field, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(bad))).Errors).PropertyName);
        }
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(form with { Partners = [Guid.NewGuid()] }))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Trainee).Send(form))).Code);
        using var visit = anna.Visit();
        foreach (var year in new[] { "-1", "99999", "2147483648", "x", "" }) Assert.True((int)(await visit.Get("/partners/activities?year=" + year)).StatusCode < 500, year);
    }
}
