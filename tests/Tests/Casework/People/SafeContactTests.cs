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

    /// <summary>Rule by channel, as the product says it: what is not said lets nothing out, except an attended call after the script.</summary>
    private static readonly Dictionary<Rule, Dictionary<Channel, Passage>> Table = new()
    {
        [Rule.NotAsked] = new() { [Channel.Call] = Passage.AttendedAfterScript, [Channel.Sms] = Passage.Closed, [Channel.Mail] = Passage.Closed, [Channel.Letter] = Passage.Closed, [Channel.Visit] = Passage.Closed },
        [Rule.Safe] = new() { [Channel.Call] = Passage.Open, [Channel.Sms] = Passage.Open, [Channel.Mail] = Passage.Open, [Channel.Letter] = Passage.Open, [Channel.Visit] = Passage.Open },
        [Rule.OnlyIf] = new() { [Channel.Call] = Passage.AsAgreed, [Channel.Sms] = Passage.AsAgreed, [Channel.Mail] = Passage.AsAgreed, [Channel.Letter] = Passage.AsAgreed, [Channel.Visit] = Passage.AsAgreed },
        [Rule.Never] = new() { [Channel.Call] = Passage.Closed, [Channel.Sms] = Passage.Closed, [Channel.Mail] = Passage.Closed, [Channel.Letter] = Passage.Closed, [Channel.Visit] = Passage.Closed },
    };

    [Fact]
    public void The_gate_lets_through_what_the_table_says_and_nothing_to_somebody_only_mentioned()
    {
        foreach (var capacity in Enum.GetValues<Capacity>())
        {
            var person = Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), capacity, "fr", Now);
            foreach (var rule in Enum.GetValues<Rule>())
            {
                foreach (var channel in Enum.GetValues<Channel>())
                {
                    var safe = SafeContact.For(person);
                    Rule On(Channel c) => c == channel ? rule : Rule.Never; // the other channels say nothing about this one
                    safe.Agree(On(Channel.Call), On(Channel.Sms), On(Channel.Mail), On(Channel.Letter), On(Channel.Visit), new SafeDetails(), Guid.NewGuid(), Now);
                    var expected = capacity is Capacity.Victim or Capacity.Relative or Capacity.Witness ? Table[rule][channel] : Passage.Closed;
                    Assert.True(expected == safe.Gate(channel, person), $"{capacity}, {channel}, {rule}");
                }
            }
        }
    }

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
    public async Task Before_anybody_asked_the_script_stands_before_the_link_to_call()
    {
        var page = await Shown(Rule.NotAsked);
        var link = Assert.Single(page.QuerySelectorAll("a[href^='tel:']"));
        Assert.Equal("tel:+32470123456", link.GetAttribute("href"));
        Assert.NotNull(link.Closest("details:not([open])")); // not one tap away
        var script = link.PreviousElementSibling;
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
        await visit.Submit($"/dossiers/{dossier}", [], ".vs-safe form");
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
