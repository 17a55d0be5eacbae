using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Casework;

/// <summary>A secret address for calendar programs: times, and nothing else.</summary>
public sealed class FeedTests(Platforms platforms)
{
    private const string Family = "Zzkanarie";

    [Theory, EveryEngine]
    public async Task It_holds_ones_times_in_ones_language_and_nothing_of_anybody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker, "nl"), await zone.Hires("bert", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone, Family, "Quirien", "0470 12 34 56"));
        var plan = await anna.Appointment(zone, dossier) with { Place = Place.Home, Note = Family + " Magnolia", At = new DateTimeOffset(2027, 3, 28, 0, 30, 0, TimeSpan.Zero), Minutes = 120 };
        var id = await anna.Send(plan);
        var gone = await anna.Send(plan with { At = plan.At!.Value.AddHours(8), Place = Place.Office, Room = "Zzlokaal" });
        await anna.Cancels(dossier, gone, CancelReason.NoLongerNeeded);
        await bert.Send(await bert.Appointment(zone, await bert.Registers(Cases.Intake(zone, "Voorbeeld"))));
        var address = await Makes(anna);
        var text = await Read(zone, address);
        var lines = text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        Assert.Equal(("BEGIN:VCALENDAR", "END:VCALENDAR"), (lines[0], lines[^2]));
        Assert.Single(lines, l => l == "BEGIN:VEVENT");
        Assert.Contains("DTSTART:20270328T003000Z", lines);
        Assert.Contains("DTEND:20270328T023000Z", lines);
        Assert.Contains("SUMMARY:Afspraak", lines);
        Assert.All(text.Split("\r\n"), l => Assert.True(Encoding.UTF8.GetByteCount(l) <= 75));
        foreach (var secret in new[] { Family, "Quirien", "Q.Z.", "Magnolia", "Zzlokaal", "470 12 34", "anna", id.ToString(), id.ToString("N"), dossier.ToString(), anna.Id.ToString(), (await anna.Opens(dossier)).Dossier.Number, "Thuis", "Home" })
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        var uid = lines.Single(l => l.StartsWith("UID:", StringComparison.Ordinal));
        Assert.Contains(uid, await Read(zone, address), StringComparison.Ordinal); // the same event at each reading
        // The token is in no log and not at rest.
        var token = address[(address.LastIndexOf('/') + 1)..].Replace(".ics", "", StringComparison.Ordinal);
        Assert.True(Convert.FromBase64String(token.Replace('-', '+').Replace('_', '/') + "=").Length * 8 >= 128);
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(token, StringComparison.Ordinal));
        Assert.Equal(Feed.Hash(token), await zone.Look(z => z.Set<Feed>().Select(f => f.TokenHash).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task It_is_shown_once_made_anew_revoked_and_ends_with_the_role(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (first, his) = (await Makes(anna), await Makes(bert));
        using (var hers = anna.Visit()) Assert.DoesNotContain(first, (await hers.Page("/agenda/feeds")).DocumentElement.OuterHtml, StringComparison.Ordinal);
        await Read(zone, first);
        await Gone(other, first.Replace("/" + zone.Code, "/" + other.Code, StringComparison.Ordinal)); // good in its own zone only
        await Gone(zone, first.Replace("/" + zone.Code, "/0999", StringComparison.Ordinal));
        await Gone(zone, first.Replace(".ics", "x.ics", StringComparison.Ordinal));
        var second = await Makes(anna);
        await Gone(zone, first);
        await Read(zone, second);
        await Read(zone, his);
        Assert.True(await anna.Send(new Feeds.Revoke()));
        await Gone(zone, second);
        await Read(zone, his); // another's stays
        var house = platform.Services.GetRequiredService<CatalogDatabase>();
        await house.WriteAsPlatform("Test.End", zone.Id, async c =>
        {
            (await c.Set<RoleGrant>().SingleAsync(g => g.Account == bert.Id)).End(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        await Gone(zone, his);
    }

    [Fact]
    public async Task What_its_owner_may_no_longer_see_is_not_in_it_and_a_double_press_makes_one()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone));
        await anna.Send(await anna.Appointment(zone, dossier));
        var address = await Makes(anna);
        Assert.Contains("VEVENT", await Read(zone, address), StringComparison.Ordinal);
        await zone.WallsOff(anna, dossier);
        Assert.DoesNotContain("VEVENT", await Read(zone, address), StringComparison.Ordinal);
        var once = Guid.NewGuid();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => anna.Send(new Feeds.Make(once)))));
        Assert.Single(made, token => token is not null);
        Assert.Equal(1, await zone.Look(z => z.Set<Feed>().CountAsync(f => f.Revoked == null)));
        using var visit = anna.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Forge("/agenda/feeds?handler=Revoke")).StatusCode);
    }

    [Fact]
    public void Long_lines_are_folded_between_characters_and_what_has_a_meaning_is_escaped()
    {
        var now = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.FromHours(1));
        var name = string.Concat(Enumerable.Repeat("é", 100)) + "😀;,\\ end\nnext";
        var text = ICalendar.Write(name, "x", [new ICalendar.Event("u", now, now.AddMinutes(5))], now);
        Assert.All(text.Split("\r\n"), l => Assert.True(Encoding.UTF8.GetByteCount(l) <= 75, l));
        Assert.Contains("X-WR-CALNAME:" + string.Concat(Enumerable.Repeat("é", 100)) + "😀\\;\\,\\\\ end\\nnext\r\n", text.Replace("\r\n ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("DTSTART:20261124T080000Z\r\nDTEND:20261124T080500Z\r\n", text, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_does_not_want_it_gives_none_and_ends_those_there_are(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        Assert.Null(await anna.Send(new Feeds.Make(Guid.NewGuid())));
        using (var hers = anna.Visit())
        {
            var page = await hers.Page("/agenda/feeds");
            Assert.Empty(page.QuerySelectorAll("main form"));
            Assert.Contains("Your zone has not switched on calendar addresses", page.Body!.TextContent, StringComparison.Ordinal);
        }
        var address = await Makes(anna);
        await Read(zone, address);
        await Wants(zone, "no");
        await Gone(zone, address);
    }

    private static async Task Wants(TestZone zone, string yes)
    {
        var kept = zone.Platform.Services.GetRequiredService<VictimSupport.Zones.Contracts.IZoneSettings>();
        if ((await kept.Of(zone.Id, TestContext.Current.CancellationToken)).CalendarFeeds == (yes == "yes")) return;
        await zone.As(Role.Coordinator).Send(new VictimSupport.Zones.Settings.Change.Command { Setting = VictimSupport.Zones.Settings.SettingCode.CalendarFeeds, Text = yes, From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(10)); // settings are kept for seconds
    }

    private static async Task<string> Makes(Person who)
    {
        await Wants(who.Zone, "yes");
        using var visit = who.Visit();
        var answer = await visit.Submit("/agenda/feeds", []);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new Uri((await Visit.Read(answer)).QuerySelector("main code")!.TextContent).PathAndQuery;
    }

    private static async Task<string> Read(TestZone zone, string address)
    {
        using var program = zone.Passer();
        var answer = await program.Client.GetAsync(address);
        Assert.Equal((HttpStatusCode.OK, "text/calendar"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task Gone(TestZone zone, string address)
    {
        using var program = zone.Passer();
        Assert.Equal(HttpStatusCode.NotFound, (await program.Client.GetAsync(address)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task One_appointment_is_a_file_with_its_time_and_nothing_of_anybody_where_the_zone_allows_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, walled, tina) = (await zone.Hires("anna", Role.Caseworker, "nl"), await zone.Hires("bert", Role.Caseworker), await zone.Hires("walled", Role.Coordinator), await zone.Hires("tina", Role.Trainee));
        var dossier = await anna.Registers(Cases.Intake(zone, Family, "Quirien", "0470 12 34 56"));
        var plan = await anna.Appointment(zone, dossier) with { Place = Place.Office, Room = "Zzlokaal", Note = Family + " Magnolia", At = new DateTimeOffset(2026, 11, 28, 13, 30, 0, TimeSpan.Zero), Minutes = 45 };
        var (id, gone) = (await anna.Send(plan), await anna.Send(plan with { At = plan.At!.Value.AddHours(8) }));
        await anna.Cancels(dossier, gone, CancelReason.NoLongerNeeded);
        await zone.Names(dossier, tina.Id);
        var (path, link) = ($"/dossiers/{dossier}/appointments/{id}/calendar", $"main a[href$='/appointments/{id}/calendar']");
        string[] pages = [$"/dossiers/{dossier}", "/agenda?week=2026-W48"];
        using (var before = anna.Visit())
        {
            foreach (var page in pages) Assert.Null((await before.Page(page)).QuerySelector(link));
            Assert.Equal(HttpStatusCode.NotFound, (await before.Get(path)).StatusCode);
        }
        await Wants(zone, "yes");
        await zone.WallsOff(walled, dossier);
        using var hers = anna.Visit();
        foreach (var page in pages) Assert.NotNull((await hers.Page(page)).QuerySelector(link));
        var answer = await hers.Get(path);
        Assert.Equal((HttpStatusCode.OK, "text/calendar", "appointment.ics"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var text = await answer.Content.ReadAsStringAsync();
        var lines = text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        Assert.Single(lines, l => l == "BEGIN:VEVENT");
        foreach (var line in new[] { "DTSTART:20261128T133000Z", "DTEND:20261128T141500Z" }) Assert.Contains(line, lines);
        foreach (var secret in new[] { Family, "Quirien", "Q.Z.", "Magnolia", "Zzlokaal", "470 12 34", "anna", id.ToString(), id.ToString("N"), dossier.ToString(), anna.Id.ToString(), anna.Id.ToString("N"), zone.Code, (await anna.Opens(dossier)).Dossier.Number })
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(lines.Single(l => l.StartsWith("UID:", StringComparison.Ordinal)), await (await hers.Get(path)).Content.ReadAsStringAsync(), StringComparison.Ordinal); // taken again it is the same
        using (var named = tina.Visit()) Assert.Equal(HttpStatusCode.OK, (await named.Get(path)).StatusCode);
        foreach (var stranger in new[] { bert, walled, zone.As(Role.FrontDesk), (await platform.Zone()).As(Role.Coordinator) })
        {
            using var visit = stranger.Visit();
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        }
        foreach (var none in new[] { gone, Guid.NewGuid() }) Assert.Equal(HttpStatusCode.NotFound, (await hers.Get($"/dossiers/{dossier}/appointments/{none}/calendar")).StatusCode);
        var other = await anna.Registers(Cases.Intake(zone, "Voorbeeld"));
        Assert.Equal(HttpStatusCode.NotFound, (await hers.Get($"/dossiers/{other}/appointments/{id}/calendar")).StatusCode); // not by way of another dossier
    }
}
