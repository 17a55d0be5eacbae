using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk.Desk;

/// <summary>Anybody says what is wrong with the pages, without a name; it is sealed, read by those who look after the page, and forgotten.</summary>
public sealed class FeedbackTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_is_sealed_read_by_those_who_look_after_the_page_and_forgotten_with_its_key(string engine)
    {
        await using var platform = Platform.Start(engine); // its clock is put forward by months
        var zone = await (await platform.Zone()).GoesLive();
        using var passer = zone.Passer();
        var sent = await passer.Submit("/nl/feedback", [new("Form.Text", " De knop <b>werkt</b> niet "), new("Form.On", "Exit")]);
        Assert.Equal($"/{zone.Code}/nl/feedback?done=True", sent.Headers.Location!.ToString());
        Assert.NotNull((await passer.Page("/nl/feedback?done=True")).QuerySelector("[role=status]"));

        var note = await zone.Look(z => z.Set<FeedbackNote>().SingleAsync());
        Assert.Equal((FeedbackOn.Exit, "nl", "De knop <b>werkt</b> niet"), (note.On, note.Language, note.Text!.Value));
        foreach (var role in new[] { Role.Coordinator, Role.ZoneAdministrator })
        {
            using var visit = zone.Visit(role);
            Assert.Contains("De knop <b>werkt</b> niet", (await visit.Page("/admin/public-page/feedback")).QuerySelector("[data-feedback]")!.TextContent, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new FeedbackList.Query()));

        zone.Platform.Clock.Advance(TimeSpan.FromDays(89));
        await zone.RunRound();
        Assert.NotNull((await zone.Look(z => z.Set<FeedbackNote>().SingleAsync())).Text);
        zone.Platform.Clock.Advance(TimeSpan.FromDays(2));
        var key = note.Id;
        Assert.NotNull(zone.Handle.Keys.Find(key));
        await zone.RunRound();
        Assert.Equal(0, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
        Assert.Null(zone.Handle.Keys.Find(key));
    }

    [Fact]
    public async Task What_fills_in_the_trap_keeps_nothing_and_loses_nothing_and_a_form_sent_twice_is_one()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        var trapped = await passer.Submit("/fr/feedback", [new("Form.Text", "Trop petit"), new("Form.Website", "https://spam.example")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, trapped.StatusCode);
        var again = await Visit.Read(trapped);
        Assert.Equal(("Trop petit", ""), (again.QuerySelector("[name='Form.Text']")!.TextContent.Trim(), again.QuerySelector("[name='Form.Website']")!.GetAttribute("value") ?? ""));
        Assert.Equal(0, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
        var once = Guid.NewGuid().ToString();
        for (var i = 0; i < 2; i++) await passer.Submit("/fr/feedback", [new("Form.Text", "Un mot"), new(FormTag.Once, once)]);
        Assert.Equal(1, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
        // Its key is not of a name that somebody outside can choose.
        Assert.NotEqual(once, (await zone.Look(z => z.Set<FeedbackNote>().SingleAsync())).Id.ToString());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("long", "")]
    [InlineData("ok", "99")]
    public async Task What_cannot_be_taken_is_said_at_the_field_and_what_was_typed_stays(string text, string on)
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        var typed = text == "long" ? new string('x', FeedbackNote.Longest + 1) : text;
        var answer = await passer.Submit("/en/feedback", [new("Form.Text", typed), new("Form.On", on)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.NotNull(page.QuerySelector(".govuk-error-message"));
        if (!string.IsNullOrWhiteSpace(typed)) Assert.Equal(typed, page.QuerySelector("[name='Form.Text']")!.TextContent);
        Assert.Equal(0, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
    }

    [Fact]
    public async Task What_was_written_to_a_page_that_is_gone_is_shown_once_to_be_copied_and_goes_nowhere()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var passer = zone.Passer();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Suspend", zone.Id, async house => (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id)).State = ZoneState.Suspended, CancellationToken.None);
        platform.Services.GetRequiredService<ZoneRegistry>().LetGo(zone.Code);
        var gone = await passer.Forge("/fr/feedback", ("Form.Text", "Un mot qui compte pour moi, et que je ne veux pas perdre"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var page = await Visit.Read(gone);
        Assert.Single(page.QuerySelectorAll("textarea[readonly]"), t => t.TextContent.Contains("Un mot qui compte", StringComparison.Ordinal));
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(page.DocumentElement.OuterHtml, "Un mot qui compte", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Empty(page.QuerySelectorAll("main form"));
        // Reference and code are as good as a password.
        Assert.DoesNotContain("ZZCODE", await (await passer.Forge("/fr/status", ("Reference", "ABCDEF"), ("Code", "ZZCODE-1"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_may_not_flood_a_zone()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var passer = zone.Passer();
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.Redirect, (await passer.Forge("/fr/feedback", ("Form.Text", "Un mot"))).StatusCode);
        // The page says so first; past sixty posts a minute, whatever they are, the program does. What was written is there both times.
        for (var i = 20; i < 62; i++)
        {
            var refused = await passer.Forge("/fr/feedback", ("Form.Text", "Un mot de plus, qui compte pour moi"), ("state", new string('s', 90)));
            Assert.Equal((HttpStatusCode.TooManyRequests, false), (refused.StatusCode, refused.Headers.Contains("Set-Cookie")));
            var page = await Visit.Read(refused);
            Assert.Contains("Un mot de plus, qui compte pour moi", i < 60 ? page.QuerySelector("textarea[name='Form.Text']")!.TextContent : page.QuerySelector("input[name='Form.Text']")!.GetAttribute("value")!, StringComparison.Ordinal);
            if (i < 60) continue;
            Assert.Equal(("/" + zone.Code + "/fr/feedback", "same-origin"), (page.QuerySelector("main form")!.GetAttribute("action"), refused.Headers.GetValues("Referrer-Policy").Single()));
            Assert.Null(page.QuerySelector("textarea")); // what the form carries sealed is nothing to read
            Assert.NotNull(page.QuerySelector("[data-fault]"));
        }
        using (var stranger = zone.Passer())
        {
            stranger.Client.DefaultRequestHeaders.Remove(Visit.FetchSite);
            Assert.DoesNotContain("Un mot", await (await stranger.Forge("/fr/feedback", ("Form.Text", "Un mot"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        Assert.Equal(20, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
        // Another zone hears nothing of it.
        var other = await (await platform.Zone()).GoesLive();
        using var there = other.Passer();
        Assert.Equal(HttpStatusCode.Redirect, (await there.Forge("/fr/feedback", ("Form.Text", "Un mot"))).StatusCode);
    }
}
