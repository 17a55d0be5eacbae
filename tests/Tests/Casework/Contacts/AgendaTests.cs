using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>The week list: what is listed is recorded, what may not be seen is busy, days are those of a Belgian clock.</summary>
public sealed class AgendaTests(Platforms platforms)
{
    private static readonly DateOnly Monday = new(2026, 11, 23);

    [Theory, EveryEngine]
    public async Task A_week_lists_ones_own_a_colleagues_and_everybodys(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (hers, his) = (await anna.Registers(Cases.Intake(zone, "Zzkanarie", "Quirien")), await bert.Registers(Cases.Intake(zone, "Voorbeeld")));
        var plan = await anna.Appointment(zone, hers);
        await anna.Send(plan with { Companion = cora.Id });
        var gone = await anna.Send(plan with { At = plan.At!.Value.AddHours(5) });
        await anna.Cancels(hers, gone, CancelReason.NoLongerNeeded);
        await anna.Send(plan with { At = plan.At.Value.AddDays(7) });
        await bert.Send(await bert.Appointment(zone, his) with { Place = Place.Home });
        var number = (await anna.Opens(hers)).Dossier.Number;

        var own = await anna.Send(new Week.Query(Monday, null, false));
        Assert.Equal((anna.Id, number, "Q.Z."), (own.Whose, Assert.Single(own.Rows).Seen!.Number, own.Rows[0].Seen!.Initials));
        Assert.Equal(plan.At.Value.AddDays(7), Assert.Single((await anna.Send(new Week.Query(Monday.AddDays(7), null, false))).Rows).At, TimeSpan.FromMilliseconds(1));
        Assert.Single((await cora.Send(new Week.Query(Monday, null, false))).Rows); // goes along
        Assert.Equal(2, (await cora.Send(new Week.Query(Monday, null, true))).Rows.Count(r => r.Seen is not null));

        // Bert may not open Anna's dossier: she is busy, and that is all.
        var busy = Assert.Single((await bert.Send(new Week.Query(Monday, anna.Id, false))).Rows);
        Assert.Null(busy.Seen);
        Assert.Equal((anna.Id, Place.Office), (busy.Worker, busy.Place));
        using (var visit = bert.Visit())
        {
            var page = (await visit.Page($"/agenda?week=2026-W48&whose={anna.Id}")).DocumentElement.OuterHtml;
            Assert.Contains("busy", page, StringComparison.Ordinal);
            foreach (var secret in new[] { "Zzkanarie", "Q.Z.", number, hers.ToString() }) Assert.DoesNotContain(secret, page, StringComparison.OrdinalIgnoreCase);
            Assert.Contains((await bert.Opens(his)).Dossier.Number, (await visit.Page("/agenda?all=true")).DocumentElement.OuterHtml, StringComparison.Ordinal);
            // A stranger's week is one's own, a week that is none is this one.
            foreach (var odd in new[] { $"?whose={Guid.NewGuid()}", "?week=2026-W99", "?week=x", "?week=9999-W01", "?whose=x" }) Assert.Equal(HttpStatusCode.OK, (await visit.Get("/agenda" + odd)).StatusCode);
        }
        Assert.Equal(bert.Id, (await bert.Send(new Week.Query(Monday, Guid.NewGuid(), false))).Whose);

        // Every row of a dossier is recorded as listed, a busy one is none.
        var records = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Contacts.Week").ToListAsync());
        Assert.Contains(records, r => r.Actor == anna.Id && r.Payload.Contains(hers.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(records, r => r.Actor == bert.Id && r.Payload.Contains(hers.ToString(), StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Behind_a_wall_or_a_seal_it_is_busy_whatever_the_role_and_for_a_stand_in_it_is_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, walled, standIn) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("walled", Role.Coordinator), await zone.Hires("standin", Role.OutsideStandIn));
        var dossier = await anna.Registers(Cases.Intake(zone));
        var given = await anna.Registers(Cases.Intake(zone, "Voorbeeld"));
        await anna.Send(await anna.Appointment(zone, dossier));
        await anna.Send(await anna.Appointment(zone, given) with { Despite = true });
        await zone.WallsOff(walled, dossier);
        await zone.Gives(given, standIn.Id);
        Assert.Equal([given], (await walled.Send(new Week.Query(Monday, null, true))).Rows.Select(r => r.Seen?.Dossier).OfType<Guid>());
        Assert.Equal(2, (await walled.Send(new Week.Query(Monday, null, true))).Rows.Count);
        var outside = await standIn.Send(new Week.Query(Monday, null, true));
        Assert.Equal(given, Assert.Single(outside.Rows).Seen!.Dossier);
        Assert.Empty(outside.Colleagues);
    }

    [Theory, EveryEngine]
    public async Task A_night_visit_lasts_its_real_minutes_when_the_clock_is_put_forward_and_back(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone));
        var plan = await anna.Appointment(zone, dossier) with { Place = Place.Scene, Minutes = 120 };
        // On 28 March 2027 at 2 it is 3; on 31 October 2027 at 3 it is 2 again.
        foreach (var (day, shown) in new[] { (new DateOnly(2027, 3, 28), "01:30–04:30 (120 minutes"), (new DateOnly(2027, 10, 31), "01:30–02:30 (120 minutes") })
        {
            await anna.Send(plan with { At = Moment.Instant(day.ToDateTime(new TimeOnly(1, 30))) });
            var week = await anna.Send(new Week.Query(day.AddDays(-6), null, false)); // the change is on a Sunday
            var row = Assert.Single(week.Rows);
            Assert.True(row.On(day));
            Assert.False(row.On(day.AddDays(-1)));
            Assert.Equal(TimeSpan.FromMinutes(120), row.Ends - row.At);
            Assert.Empty((await anna.Send(new Week.Query(day.AddDays(1), null, false))).Rows);
            using var visit = anna.Visit();
            Assert.Contains(shown, (await visit.Page("/agenda?week=" + Week.Of(day))).QuerySelector($"section[aria-labelledby=d{day.DayNumber}]")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void In_the_night_of_25_October_2026_days_and_hours_are_those_on_the_wall()
    {
        var (saturday, sunday) = (new DateOnly(2026, 10, 24), new DateOnly(2026, 10, 25));
        var from = Moment.Instant(saturday.ToDateTime(new TimeOnly(23, 30)));
        var row = new Week.Row(from, 300, null, null, Place.Scene, null);
        Assert.True(row.On(saturday) && row.On(sunday));
        Assert.False(row.On(sunday.AddDays(1)) || row.On(saturday.AddDays(-1)));
        Assert.Equal("03:30", Moment.Clock(row.Ends)); // four hours on the wall, five in fact
        Assert.Contains("300 minutes", Appointments.Span(row.At, row.Ends), StringComparison.Ordinal);
        // Sunday is 25 hours long: what begins in its last hour is its own.
        var late = new Week.Row(Moment.Instant(sunday.ToDateTime(new TimeOnly(23, 30))), 30, null, null, Place.Scene, null);
        Assert.True(late.On(sunday));
        Assert.False(late.On(sunday.AddDays(1)));
        Assert.Equal(TimeSpan.FromHours(25), Moment.Instant(sunday.AddDays(1).ToDateTime(TimeOnly.MinValue)) - Moment.Instant(sunday.ToDateTime(TimeOnly.MinValue)));
        Assert.Equal("23:30–00:00", Appointments.Span(late.At, late.Ends).Replace(Moment.Show(sunday.AddDays(1)) + " ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2026-W48", "2026-11-23"), InlineData("2026-W53", "2026-12-28"), InlineData("2027-W01", "2027-01-04"), InlineData("2025-W01", "2024-12-30"), InlineData("2025-W53", null), InlineData("2026-W00", null), InlineData("2026-48", null), InlineData("٢٠٢٦-W48", null), InlineData(null, null)]
    public void A_week_is_written_as_the_standard_says(string? written, string? monday)
    {
        Assert.Equal(monday is null ? null : DateOnly.Parse(monday, System.Globalization.CultureInfo.InvariantCulture), Week.Read(written));
        if (Week.Read(written) is { } read) Assert.Equal(written, Week.Of(read.AddDays(6)));
    }
}
