using FluentValidation;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Casework.People.Person;

namespace VictimSupport.Tests.Casework;

public sealed class SafeContactTests(Platforms platforms)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_agreed_must_be_asked_again_after_a_fortnight()
    {
        var safe = SafeContact.For(Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), Capacity.Victim, "fr", Now));
        Assert.True(safe.MustBeAskedAgain(Now));
        safe.StillGood(Guid.NewGuid(), Now);
        Assert.False(safe.MustBeAskedAgain(Now.AddDays(14)));
        Assert.True(safe.MustBeAskedAgain(Now.AddDays(14).AddMinutes(1)));
    }

    [Theory, EveryEngine]
    public async Task Only_if_says_what_and_is_kept(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var rules = new Safe.Command { Dossier = dossier, Person = await worker.LeadOf(dossier), Sms = Rule.OnlyIf, Letter = Rule.Never };
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(rules));
        Assert.Contains(refused.Errors, e => e.PropertyName == "WhatMayBeSaid");
        await worker.Send(rules with { WhatMayBeSaid = "de bibliotheek", CodeWord = "Magnolia" });
        var safe = (await worker.Opens(dossier)).People[0].Safe;
        Assert.Equal((Rule.OnlyIf, Rule.Never, "Magnolia"), (safe.Sms, safe.Letter, safe.Details.Value.CodeWord));
        Assert.Equal(worker.Id, safe.CheckedBy);
    }

    [Theory, EveryEngine]
    public async Task An_SMS_goes_to_the_second_number_and_a_call_never(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var lead = await worker.LeadOf(dossier);
        await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = "0499/11.22.33" });
        // It is a number, and not the one at which the perpetrator is reached.
        foreach (var wrong in new[] { "abc", "+32 499 11 22 33" })
            Assert.Equal("SmsNumber", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(dossier, lead, r => r with { Sms = Rule.Safe, SmsNumber = wrong }))).Errors).PropertyName);
        await worker.Agrees(dossier, lead, r => r with { Sms = Rule.Safe });
        Assert.Equal("+32470123456", await To(Channel.Sms));
        var before = (await worker.RulesOf(dossier, lead)).Revision;
        await worker.Agrees(dossier, lead, r => r with { SmsNumber = " 0471 98 76 54 " });
        Assert.Equal(("+32471987654", "+32470123456"), (await To(Channel.Sms), await To(Channel.Call)));
        Assert.Equal(before + 1, (await worker.RulesOf(dossier, lead)).Revision); // whoever read the rules before reads again
        using var visit = worker.Visit();
        var page = await visit.Page($"/dossiers/{dossier}/people/{lead}/safe-contact");
        Assert.Equal("0471 98 76 54", page.QuerySelector("[name='Form.SmsNumber']")!.GetAttribute("value"));
        await worker.Agrees(dossier, lead, r => r with { SmsNumber = null });
        Assert.Equal("+32470123456", await To(Channel.Sms));
        Assert.Contains("0471 98 76 54", (await visit.Page($"/dossiers/{dossier}/people/{lead}/safe-contact")).QuerySelector("section[aria-labelledby=history]")!.TextContent, StringComparison.Ordinal);

        async Task<string> To(Channel channel)
        {
            var view = await worker.Opens(dossier);
            return Clearance.Ask(new Addressee(view.People.Single(p => p.Id == lead).Person, await worker.RulesOf(dossier, lead), view.Dossier, new HashSet<string>()), new Outgoing(channel, Read: true), Now).Leave!.To;
        }
    }

    [Fact]
    public void Of_two_rows_with_two_numbers_nobody_knows_on_which_an_SMS_is_safe()
    {
        var (one, other) = (Agreed("0471 98 76 54"), Agreed(null));
        one.Join(other.Now());
        Assert.Equal((Rule.NotAsked, "0471 98 76 54", Rule.Safe), (one.Sms, one.Details.Value.SmsNumber, one.Mail));
        var same = Agreed("0471 98 76 54");
        same.Join(Agreed("0471 98 76 54").Now());
        Assert.Equal(Rule.Safe, same.Sms);

        static SafeContact Agreed(string? second)
        {
            var safe = SafeContact.For(Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), Capacity.Victim, "fr", Now));
            safe.Agree(Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, new SafeDetails(SmsNumber: second), Guid.NewGuid(), Now);
            return safe;
        }
    }

    [Fact]
    public async Task A_person_who_must_never_be_called_has_no_link_to_call()
    {
        var page = await Shown(Rule.Never);
        Assert.Empty(page.QuerySelectorAll("a[href^='tel:']"));
        Assert.NotNull(page.QuerySelector(".vs-safe--never"));
        Assert.DoesNotContain("0470", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_anybody_asked_the_script_stands_before_the_way_to_the_number()
    {
        var page = await Shown(Rule.NotAsked);
        Assert.Empty(page.QuerySelectorAll("a[href^='tel:']")); // not one tap away
        var form = Assert.Single(page.QuerySelectorAll(".vs-safe form[action$='/call']"));
        var script = form.PreviousElementSibling;
        Assert.NotNull(script);
        Assert.Equal("P", script.TagName);
        Assert.True(script.TextContent.Trim().Length > 40);
        Assert.NotNull(page.QuerySelector(".vs-safe--ask"));
    }

    [Fact]
    public async Task After_a_fortnight_the_page_asks_again_and_one_tap_says_it_still_holds()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        using var visit = worker.Visit();
        Assert.Null((await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe--ask"));
        platform.Clock.Advance(TimeSpan.FromDays(15));
        var page = await visit.Page($"/dossiers/{dossier}");
        Assert.NotNull(page.QuerySelector(".vs-safe--ask"));
        Assert.NotNull(page.QuerySelector(".vs-safe form[action*='StillGood']"));
        await visit.Submit($"/dossiers/{dossier}", [], ".vs-safe form[action*='StillGood']");
        Assert.Null((await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe--ask"));
    }

    [Theory, EveryEngine]
    public async Task At_a_contact_they_are_asked_too_and_what_was_not_read_or_is_not_so_stays_to_be_asked(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var trainee = await zone.Hires("trainee", Role.Trainee);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var lead = await worker.LeadOf(dossier);
        await zone.Names(dossier, trainee.Id);
        platform.Clock.Advance(TimeSpan.FromDays(15));
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/contact";
        const string boxes = "input[name='Form.StillValid']";
        var box = (await visit.Page(path)).QuerySelector(boxes)!;
        Assert.Contains("Call: safe", box.Closest(".govuk-checkboxes__item")!.TextContent, StringComparison.Ordinal);
        // Not ticked, nothing is said; ticked over rules that somebody changed meanwhile, nothing either.
        await Records();
        await worker.Agrees(dossier, lead, r => r with { Mail = Rule.Safe });
        platform.Clock.Advance(TimeSpan.FromDays(15));
        await Records(box.GetAttribute("value")!);
        Assert.True(await IsToBeAsked());
        await Records((await visit.Page(path)).QuerySelector(boxes)!.GetAttribute("value")!);
        Assert.False(await IsToBeAsked());
        // Whoever is learning says nothing of rules; forged, it counts as not said.
        platform.Clock.Advance(TimeSpan.FromDays(15));
        using var theirs = trainee.Visit();
        Assert.Null((await theirs.Page(path)).QuerySelector(boxes));
        await trainee.Send(await trainee.Contact(zone, dossier) with { StillValid = [StillGood.Key(lead, (await worker.RulesOf(dossier, lead)).Revision)] });
        Assert.True(await IsToBeAsked());
        // Who was not reached, or not there, said nothing of their rules; somebody of another dossier is nobody here.
        var other = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl" });
        var elsewhere = await worker.LeadOf(await worker.Registers(Cases.Intake(zone, "Muster", "Bo")));
        var (contact, key) = (await worker.Contact(zone, dossier), StillGood.Key(lead, (await worker.RulesOf(dossier, lead)).Revision));
        foreach (var wrong in new[] { contact with { Missed = true, StillValid = [key] }, contact with { ForThem = true, StillValid = [key] }, contact with { Persons = [other], StillValid = [key] }, contact with { StillValid = [StillGood.Key(elsewhere, 0)] } })
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(wrong))).Errors, e => e.PropertyName == "StillValid");
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(contact with { Persons = [elsewhere], StillValid = [StillGood.Key(elsewhere, 0)] }));
        Assert.True(await IsToBeAsked());

        async Task Records(params string[] valid) => await worker.Send(await worker.Contact(zone, dossier) with { StillValid = [.. valid] });
        async Task<bool> IsToBeAsked() => (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe form[action*='StillGood']") is not null;
    }

    [Theory, EveryEngine]
    public async Task What_was_asked_on_Monday_and_entered_on_Wednesday_says_nothing_of_Tuesday(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var lead = await worker.LeadOf(dossier);
        await worker.Agrees(dossier, lead, r => r with { Call = Rule.Safe });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var monday = platform.Clock.GetUtcNow();
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await worker.Send(await worker.Send(new Facts.Query(dossier)) with { Dossier = dossier, SubKind = "PartnerViolence" });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var rules = await worker.RulesOf(dossier, lead);
        Assert.True(rules.MustBeAskedAgain(platform.Clock.GetUtcNow()));

        await worker.Send(await worker.Contact(zone, dossier) with { At = monday, StillValid = [StillGood.Key(lead, rules.Revision)] });
        rules = await worker.RulesOf(dossier, lead);
        Assert.Equal(monday, rules.Checked);
        Assert.True(rules.MustBeAskedAgain(platform.Clock.GetUtcNow()));
        // Asked today it holds, and a talk of long ago that is entered after it takes nothing back.
        await worker.Send(await worker.Contact(zone, dossier) with { StillValid = [StillGood.Key(lead, rules.Revision)] });
        var asked = (await worker.RulesOf(dossier, lead)).Checked;
        Assert.False((await worker.RulesOf(dossier, lead)).MustBeAskedAgain(platform.Clock.GetUtcNow()));
        await worker.Send(await worker.Contact(zone, dossier) with { At = monday, StillValid = [StillGood.Key(lead, rules.Revision)] });
        Assert.Equal(asked, (await worker.RulesOf(dossier, lead)).Checked);
    }

    [Theory, EveryEngine]
    public async Task A_form_of_yesterday_is_not_saved_over_a_never_a_violence_or_a_number_that_came_since(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, bert) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56") with { Safe = Rule.NotAsked });
        var lead = await worker.LeadOf(dossier);
        async Task<Safe.Command> Form() => (await worker.Send(new Safe.Query(dossier, lead))).Form with { Dossier = dossier, Person = lead, Call = Rule.Safe };
        async Task IsLate(Safe.Command form)
        {
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(form))).Errors, e => e.PropertyName == nameof(Safe.Command.Call));
            Assert.NotEqual(form.Asked, (await Form()).Asked); // what stands there now is shown beside it
        }

        // Her number changes, and then again while nobody has asked.
        await worker.Agrees(dossier, lead, r => r with { Call = Rule.OnlyIf, WhatMayBeSaid = "x", Letter = Rule.Safe });
        await worker.Send(await worker.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Phone = "0470 12 34 57" });
        var form = await Form();
        await worker.Send(await worker.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Phone = "0470 12 34 58" });
        await IsLate(form);

        // Violence becomes known.
        form = await Form();
        await worker.Send(await worker.Send(new Facts.Query(dossier)) with { Dossier = dossier, SubKind = "PartnerViolence" });
        await IsLate(form);

        // She says never to a colleague, in another dossier of hers.
        form = await Form();
        var theirs = await bert.Registers(Cases.Intake(zone, phone: "0470 12 34 58"));
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await bert.Agrees(theirs, await bert.LeadOf(theirs), r => r with { Call = Rule.Never });
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await IsLate(form);
        Assert.Equal(Rule.Never, (await worker.Send(new Safe.Query(dossier, lead))).Form.Call);
        // Over what is shown now it is saved: she was asked.
        await worker.Send(await Form());
    }

    private async Task<AngleSharp.Html.Dom.IHtmlDocument> Shown(Rule rule)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56") with { Safe = rule, Condition = rule == Rule.OnlyIf ? "after five" : null });
        using var visit = worker.Visit();
        return await visit.Page($"/dossiers/{dossier}");
    }
}
