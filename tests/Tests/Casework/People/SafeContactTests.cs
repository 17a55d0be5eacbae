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

    private async Task<AngleSharp.Html.Dom.IHtmlDocument> Shown(Rule rule)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56") with { Safe = rule });
        using var visit = worker.Visit();
        return await visit.Page($"/dossiers/{dossier}");
    }
}
