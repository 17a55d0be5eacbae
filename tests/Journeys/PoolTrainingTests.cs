using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A training with one seat, open to the pool: a colleague of another zone is registered there, one waits, one withdraws and the next comes in; both zones see it, each its own people, and a third zone nothing of it.</summary>
public sealed class PoolTrainingTests(RunningPortal portal)
{
    [Fact]
    public async Task A_colleague_of_another_zone_gets_the_seat_that_becomes_free()
    {
        await using var giving = await Screen.Open(portal, 1280, "fr", script: true);
        await using var invited = await Screen.Open(portal, 320, "nl", script: false);
        await using var third = await Screen.Open(portal, 320, "de", script: true);
        var (subject, name) = ("Zztraining" + Guid.NewGuid().ToString("N")[..6], "Zzcolleague" + Guid.NewGuid().ToString("N")[..6]);
        await Become(giving, "A", "9901", "fr");
        await Become(invited, "B", "9902", "nl");
        await Become(third, "C", "9903", "de");

        // Planned with a session to come, and opened to the pool.
        await giving.Go("/9901/trainings/edit");
        await giving.Page.FillAsync("[name='Form.Subject']", subject);
        await giving.Page.SelectOptionAsync("[name='Form.Topic']", "DEATH");
        await giving.Page.FillAsync("[name='Form.Capacity']", "1");
        await Press(giving, "[name='Form.Subject']");
        await giving.Page.Arrives(url => !url.Contains("/edit", StringComparison.Ordinal));
        var training = giving.Page.Url;
        await giving.Page.ClickAsync("section[aria-labelledby='sessions'] a[href$='/session']");
        await giving.Page.FillAsync("[name='Form.Day']", InDays(9));
        await giving.Page.FillAsync("[name='Form.From']", "09:00");
        await giving.Page.FillAsync("[name='Form.Until']", "12:30");
        await giving.Page.FillAsync("[name='Form.Place']", "Salle 2");
        await Press(giving, "[name='Form.Place']");
        await giving.Page.Arrives(training);
        await giving.Page.ClickAsync("a[href$='/zones']");
        await giving.Page.Locator("[name='Form.Pools']").First.CheckAsync(new() { Force = true });
        await giving.Page.FillAsync("[name='Form.Until']", InDays(5));
        await giving.IsSound();
        await Press(giving, "[name='Form.Until']");
        await giving.Page.Arrives(training);

        // It comes to the other zones by itself. Two are registered for one seat, one alone.
        await Arriving.Until(async () =>
        {
            await invited.Go("/9902/trainings/invitations");
            return await invited.Page.Locator("main tbody a", new() { HasTextString = subject }).CountAsync() == 1;
        });
        await invited.FitsItsWidth();
        await invited.Page.Locator("main tbody a", new() { HasTextString = subject }).ClickAsync();
        await invited.Page.Arrives("**/trainings/invitations/*-*");
        var invitation = new Uri(invited.Page.Url).AbsolutePath["/9902".Length..];
        await invited.Page.FillAsync("[name='Form.FullName']", name);
        await invited.Page.FillAsync("[name='Form.Unit']", "Interventie");
        await Press(invited, "[name='Form.FullName']");
        await invited.Page.Loaded();
        // The other by a list: shown first, with what is wrong in it, then taken.
        await invited.Page.ClickAsync("main a[href$='/import']");
        await invited.Page.Arrives("**" + invitation + "/import");
        await invited.Page.FillAsync("[name='Form.Text']", $"naam;eenheid\n{name}2;Interventie\n;Wijk\n");
        await invited.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").Sends();
        Assert.Equal(1, await invited.Page.Locator(".govuk-error-summary li").CountAsync());
        Assert.Equal(0, await invited.Page.Locator("button[formaction*='handler=Take']").CountAsync());
        await invited.FitsItsWidth();
        await invited.Page.FillAsync("[name='Form.Text']", $"naam;eenheid\n{name};Interventie\n{name}2;Interventie\n");
        await invited.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").Sends();
        Assert.Equal(2, await invited.Page.Locator("main tbody tr").CountAsync()); // one of them is registered already
        await invited.FitsItsWidth();
        await invited.Page.Locator("button[formaction*='handler=Take']").Sends();
        await invited.Page.Arrives("**" + invitation);
        foreach (var one in (string[])["", "2"]) await Arriving.Until(async () => await State(invited, invitation, name + one) is "Placed" or "Waiting");
        Assert.Equal(("Placed", "Waiting"), (await State(invited, invitation, name), await State(invited, invitation, name + "2")));
        await invited.FitsItsWidth();
        await giving.Page.GotoAsync(training);
        Assert.Equal(2, await giving.Page.Locator("tr[data-state]", new() { HasTextString = "9902" }).CountAsync());
        await giving.IsSound();

        // The third zone of the pool is invited too, and sees nothing of who comes; the other zone's page is no page there.
        Assert.Equal(404, (await third.Page.GotoAsync(third.Home + "/9903" + invitation))!.Status);
        await Arriving.Until(async () =>
        {
            await third.Go("/9903/trainings/invitations");
            return await third.Page.Locator("main tbody a", new() { HasTextString = subject }).CountAsync() == 1;
        });
        await third.Page.Locator("main tbody a", new() { HasTextString = subject }).ClickAsync();
        await third.Page.Arrives("**/trainings/invitations/*-*");
        Assert.DoesNotContain(name, await third.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await third.IsSound();

        // Who has the seat withdraws, whoever waits comes in.
        await invited.Go("/9902" + invitation);
        await invited.Page.Locator("tr[data-state='Placed'] form[action*='handler=Withdraw'] button").ClickAsync();
        await Arriving.Until(async () => await State(invited, invitation, name + "2") == "Placed");
        Assert.Equal("Withdrawn", await State(invited, invitation, name));

        // Put right at home, from the list of everybody between zones: the other zone has it too.
        await using var put = await Screen.Open(portal, 320, "nl", script: true);
        await Become(put, "B", "9902", "nl");
        await put.Go("/9902/trainings/invitations/people");
        await put.IsSound();
        await put.Page.Locator($"section[aria-labelledby='sent'] a:has(bdi:text-is('{name}2'))").ClickAsync();
        await put.Page.Arrives("**/people/*-*");
        await put.Page.FillAsync("[name='Form.Unit']", "Zzunit");
        await put.IsSound();
        await Press(put, "[name='Form.Unit']");
        await put.Page.Arrives("**" + invitation);
        await Arriving.Until(async () =>
        {
            await giving.Page.GotoAsync(training);
            return await giving.Page.Locator("tr[data-state]", new() { HasTextString = "Zzunit" }).CountAsync() == 1;
        });

        // And asked out: what is theirs is listed first, then the name is gone here and there.
        await put.Page.Locator($"a:has(bdi:text-is('{name}2'))").ClickAsync();
        await put.Page.Arrives("**/people/*-*");
        await put.Page.ClickAsync("main a[href$='/name']");
        await put.Page.Arrives("**/name");
        Assert.Contains(name + "2", await put.Page.InnerTextAsync("[data-start]"), StringComparison.Ordinal);
        await put.IsSound();
        await put.Page.Locator("main form[method=post] button[type=submit]").Sends();
        await put.Page.Arrives("**" + invitation);
        Assert.DoesNotContain(name + "2", await put.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Arriving.Until(async () =>
        {
            await giving.Page.GotoAsync(training);
            return await giving.Page.Locator($"bdi:text-is('{name}2')").CountAsync() == 0;
        });
        // Whoever withdrew stands on no list there, and can be asked out all the same.
        await put.Go("/9902/trainings/invitations/people");
        await put.Page.Locator($"section[aria-labelledby='sent'] a:has(bdi:text-is('{name}'))").ClickAsync();
        await put.Page.Arrives("**/name");
        await put.Page.Locator("main form[method=post] button[type=submit]").Sends();
        await put.Page.Arrives("**" + invitation);
        Assert.DoesNotContain(name, await put.Page.InnerTextAsync("main"), StringComparison.Ordinal);

        foreach (var screen in (Screen[])[giving, invited, put]) screen.SaysNothingWrong();
        Assert.All(giving.Addresses.Concat(invited.Addresses).Concat(put.Addresses).Concat(third.Addresses), address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static string InDays(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<string?> State(Screen screen, string invitation, string name)
    {
        await screen.Go("/9902" + invitation);
        var row = screen.Page.Locator($"tr[data-state]:has(bdi:text-is('{name}'))");
        return await row.CountAsync() == 1 ? await row.GetAttributeAsync("data-state") : null;
    }

    private static async Task Become(Screen screen, string letter, string zone, string language)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = $"Claire Demo-{letter}" }).First.ClickAsync();
        await screen.Page.Arrives($"**/{zone}/worklist");
    }

    private static Task Press(Screen screen, string field) => screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator(field) }).Locator("button[type=submit]").Sends();
}
