using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A reminder of an appointment: ticked by hand, kept through an error, shown beside the appointment, and back as an act when the person says never.</summary>
public sealed class RemindTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Fact]
    public async Task A_reminder_is_ticked_waits_beside_its_appointment_and_comes_back_when_the_person_says_never()
    {
        // As a platform that has a neutral sender.
        await using var portal = new RunningPortal { Settings = ["--Texts:From", "agenda@mail.example"] };
        await portal.InitializeAsync();
        foreach (var (language, width, script, day) in new[] { ("fr", 1280, true, 9), ("de", 320, false, 11) })
        {
            await using var screen = await Screen.Open(portal, width, language, script);
            await PeopleSteps.SignIn(screen, language);
            var dossier = await PeopleSteps.Registers(screen, "Burglary", "Rosa", "Oefening" + Guid.NewGuid().ToString("N")[..4], "0470 12 34 56");
            var rules = (await screen.Page.Locator(".vs-safe a[href*='safe-contact']").First.GetAttributeAsync("href"))!;
            await screen.Go(rules.Replace("/safe-contact", "", StringComparison.Ordinal));
            await screen.Page.FillAsync("[name='Form.Mail']", "rosa@example.org");
            await PeopleSteps.Submits(screen);

            // Nobody has asked her: none is offered, and it says what it takes.
            await screen.Go(dossier + "/appointments");
            Assert.Equal(0, await screen.Page.Locator("[name='Form.Remind']").CountAsync());
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "remind-none", width);

            await screen.Go(rules);
            await PeopleSteps.Chooses(screen, "Form.Mail", "Safe");
            await PeopleSteps.Submits(screen);
            await screen.Go(dossier + "/appointments");
            Assert.Equal(0, await screen.Page.Locator("[name='Form.Remind']:checked").CountAsync());
            await screen.Page.FillAsync("[name='Form.At.Date']", DateTime.UtcNow.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await screen.Page.FillAsync("[name='Form.At.Time']", "14:15");
            await screen.Page.Locator("[name='Form.Remind']").FocusAsync();
            await screen.Page.Keyboard.PressAsync("Space");
            await PeopleSteps.Submits(screen); // no place yet
            Assert.True(await screen.Page.Locator("[name='Form.Remind']").IsCheckedAsync());
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "remind-plan", width);
            await PeopleSteps.Chooses(screen, "Form.Place", "Court");
            await PeopleSteps.Submits(screen);
            Assert.Equal(dossier, screen.Page.Url);
            var next = screen.Page.Locator("section[aria-labelledby=next]");
            Assert.Contains(language == "fr" ? "Rappel prévu" : "Erinnerung vorgesehen", await next.InnerTextAsync(), StringComparison.Ordinal);
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "remind-waits", width);

            // Moved, it is ticked still.
            await next.Locator("a[href*='/appointments/']:not([href$='/visit']):not([href$='/cancel'])").First.ClickAsync();
            Assert.True(await screen.Page.Locator("[name='Form.Remind']").IsCheckedAsync());

            await screen.Go(rules);
            await PeopleSteps.Chooses(screen, "Form.Mail", "Never");
            await PeopleSteps.Submits(screen);
            await screen.Go(dossier);
            var said = await next.InnerTextAsync();
            Assert.Contains(language == "fr" ? "Rappel non envoyé" : "Erinnerung nicht gesendet", said, StringComparison.Ordinal);
            Assert.Contains("Un rappel de rendez-vous", said, StringComparison.Ordinal); // the act, in the zone's language
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "remind-stopped", width);
        }
        Assert.DoesNotContain("rosa@example.org", portal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_provider_of_text_messages_a_colleague_leaves_a_number_a_person_is_texted_and_the_visit_says_what_happens()
    {
        await using var portal = new RunningPortal { Settings = ["--SmsGateway:Address", "{number}@sms.example", "--SmsGateway:From", "agenda@mail.example"] };
        await portal.InitializeAsync();
        foreach (var (language, width, script, late) in new[] { ("en", 1280, true, "a text message if they left a number"), ("nl", 320, false, "een sms als die een nummer opgaf") })
        {
            await using var screen = await Screen.Open(portal, width, language, script);
            await PeopleSteps.SignIn(screen, language);
            await screen.Go("/9901/waiting/mail");
            await screen.Page.FillAsync("[name='Form.Telephone']", "02 279 22 11");
            await PeopleSteps.Submits(screen);
            Assert.Equal("02 279 22 11", await screen.Page.InputValueAsync("[name='Form.Telephone']"));
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "sms-number", width);
            await screen.Page.FillAsync("[name='Form.Telephone']", "0470 12 34 5" + width % 7);
            await PeopleSteps.Submits(screen);
            Assert.EndsWith("/waiting", screen.Page.Url, StringComparison.Ordinal);

            var dossier = await PeopleSteps.Registers(screen, "Burglary", "Rosa", "Oefening" + Guid.NewGuid().ToString("N")[..4], "0470 65 43 21");
            var rules = (await screen.Page.Locator(".vs-safe a[href*='safe-contact']").First.GetAttributeAsync("href"))!;
            await screen.Go(rules);
            await PeopleSteps.Chooses(screen, "Form.Sms", "Safe");
            await PeopleSteps.Submits(screen);
            await screen.Go(rules.Replace("/safe-contact", "/message", StringComparison.Ordinal));
            await screen.Page.FillAsync("[name='Form.Text']", "Donderdag om tien uur.");
            await PeopleSteps.Chooses(screen, "Form.Channel", "Sms");
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "sms-person", width);
            await PeopleSteps.Submits(screen);
            Assert.Equal(dossier, screen.Page.Url);

            await screen.Go(dossier + "/appointments");
            await screen.Page.FillAsync("[name='Form.At.Date']", DateTime.UtcNow.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await screen.Page.FillAsync("[name='Form.At.Time']", width == 320 ? "10:15" : "14:15");
            await PeopleSteps.Chooses(screen, "Form.Place", "Home");
            await PeopleSteps.Submits(screen);
            await screen.Page.Locator("section[aria-labelledby=next] a[href$='/visit']").First.ClickAsync();
            await screen.Page.Arrives("**/visit");
            Assert.Contains(late, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "sms-visit", width);

            // At a contact the rules are gone through again: one box.
            await screen.Go(dossier + "/contact");
            await screen.Page.Locator("[name='Form.StillValid']").FocusAsync();
            await screen.Page.Keyboard.PressAsync("Space");
            await PeopleSteps.Submits(screen); // nothing was said of the place
            Assert.True(await screen.Page.Locator("[name='Form.StillValid']").IsCheckedAsync());
            await PeopleSteps.Sound(screen, script);
            await PeopleSteps.Shot(screen, Folder, "still-valid", width);
            screen.SaysNothingWrong();
            Assert.All(screen.Addresses, address => Assert.DoesNotContain("0470", address, StringComparison.Ordinal));
        }
        Assert.DoesNotContain("654321", portal.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
