using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework.People;

public sealed class PersonChangesTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Sent_twice_somebody_joins_once(string engine)
    {
        var (zone, worker, dossier, _) = await Known(Rule.Safe, engine);
        var joins = new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl", Once = Guid.NewGuid() };
        var made = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => worker.Send(joins))));
        Assert.Equal(made[0], made[1]);
        Assert.Equal(2, (await worker.Opens(dossier)).People.Count);
        Assert.Equal(2, await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(c => c.DossierId == dossier)));
        await worker.Send(joins with { Once = Guid.NewGuid() });
        Assert.Equal(3, (await worker.Opens(dossier)).People.Count);
    }

    [Theory, EveryEngine]
    public async Task Two_who_correct_a_person_at_once_lose_nothing(string engine)
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe, engine);
        var mine = await Reads(worker, dossier, person);
        await worker.Send(mine with { Dossier = dossier, Person = person, Address = "Rue de l'Exemple 1" });
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(mine with { Dossier = dossier, Person = person, GivenName = "Adèle" }));
        var now = await Reads(worker, dossier, person);
        Assert.Equal(("Ada", "Rue de l'Exemple 1"), (now.GivenName, now.Address));
    }

    [Theory, EveryEngine]
    public async Task Two_who_change_the_safe_contact_rules_at_once_lose_nothing(string engine)
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe, engine);
        var mine = (await worker.Send(new Safe.Query(dossier, person))).Form with { Dossier = dossier, Person = person };
        await worker.Send(mine with { Letter = Rule.Never });
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(mine with { Call = Rule.Safe }));
        Assert.Equal(Rule.Never, (await worker.Send(new ShowView.Query(dossier))).People[0].Safe.Letter);
    }

    [Theory, EveryEngine]
    public async Task Of_four_who_press_at_the_same_moment_one_saves_and_three_are_told(string engine)
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe, engine);
        var (rules, identity) = ((await worker.Send(new Safe.Query(dossier, person))).Form with { Dossier = dossier, Person = person }, await Reads(worker, dossier, person) with { Dossier = dossier, Person = person });
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Saved(worker.Send(rules with { CodeWord = $"word {i}" })))))).Count(saved => saved));
        identity = identity with { Version = (await Reads(worker, dossier, person)).Version };
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Saved(worker.Send(identity with { GivenName = $"Ada {i}" })))))).Count(saved => saved));
    }

    // Only being told that somebody saved meanwhile counts as not saved; anything else fails the test.
    private static async Task<bool> Saved(Task sending)
    {
        try
        {
            await sending;
            return true;
        }
        catch (ValidationException)
        {
            return false;
        }
    }

    [Fact]
    public async Task The_second_of_two_sees_what_was_saved_keeps_what_was_typed_and_may_save_it()
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe);
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/people/{person}";
        var form = (await visit.Page(path)).QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last();
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, Address = "Rue de l'Exemple 1" });
        var turnedBack = await visit.Send(path, form, [KeyValuePair.Create("Form.GivenName", "Adèle")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, turnedBack.StatusCode);
        var page = await Visit.Read(turnedBack);
        Assert.Contains("Rue de l'Exemple 1", page.QuerySelector("main .govuk-summary-list")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Adèle", page.QuerySelector("[name='Form.GivenName']")!.GetAttribute("value"));
        var again = await visit.Send(path, page.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last(), []);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal("Adèle", (await Reads(worker, dossier, person)).GivenName);
    }

    [Theory]
    [InlineData((int)Rule.Safe, (int)Rule.NotAsked)]
    [InlineData((int)Rule.OnlyIf, (int)Rule.OnlyIf)]
    [InlineData((int)Rule.Never, (int)Rule.Never)]
    public async Task A_new_number_is_not_safe_because_the_old_one_was(int before, int after)
    {
        var (zone, worker, dossier, person) = await Known((Rule)before);
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, Phone = "0499 99 88 77" });
        var safe = (await worker.Send(new ShowView.Query(dossier))).People[0].Safe;
        Assert.Equal((Rule)after, safe.Call);
        Assert.Equal((Rule)before != Rule.Never, safe.MustBeAskedAgain(zone.Platform.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_day_of_birth_says_more_than_the_box_for_a_minor_and_goes_on_saying_it()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var born = Moment.Day(platform.Clock.GetUtcNow()).AddYears(-18).AddDays(2);
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, BirthDate = born });
        using var visit = worker.Visit();
        Assert.Equal(("minor", true), (await Badges(), (await Reads(worker, dossier, person)).IsMinor));
        platform.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(("", false), (await Badges(), (await Reads(worker, dossier, person)).IsMinor));
        // Ticked all the same: a box stays ticked from one year to the next.
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, IsMinor = true });
        Assert.Equal(("", false), (await Badges(), (await worker.Opens(dossier)).People[0].Person.IsMinor));
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, IsMinor = true, BirthDate = null });
        Assert.Equal("minor", await Badges());

        async Task<string> Badges() => string.Join(' ', (await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll("section[aria-labelledby='people'] .vs-badge--warn").Select(b => b.TextContent.Trim().ToLowerInvariant()));
    }

    [Fact]
    public async Task The_same_number_written_another_way_stays_safe()
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe);
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, Phone = "+32 (0)470/12.34.56" });
        Assert.Equal(Rule.Safe, (await worker.Send(new ShowView.Query(dossier))).People[0].Safe.Call);
    }

    [Fact]
    public async Task A_new_address_leaves_the_rule_for_calls_alone()
    {
        var (_, worker, dossier, person) = await Known(Rule.Safe);
        await worker.Send((await worker.Send(new Safe.Query(dossier, person))).Form with { Dossier = dossier, Person = person, Letter = Rule.Safe });
        foreach (var address in new[] { "Rue de l'Exemple 1", "Rue de l'Exemple 2" })
            await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, Address = address });
        var safe = (await worker.Send(new ShowView.Query(dossier))).People[0].Safe;
        Assert.Equal((Rule.Safe, Rule.NotAsked), (safe.Call, safe.Letter));
    }

    [Theory, EveryEngine]
    public async Task A_number_mailbox_or_address_that_comes_only_later_was_called_safe_by_nobody(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var person = await worker.LeadOf(dossier);
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, Sms = Rule.Never, Mail = Rule.Safe, Letter = Rule.Safe, Visit = Rule.OnlyIf, WhatMayBeSaid = "that the library comes" });
        await worker.Send(await Reads(worker, dossier, person) with { Dossier = dossier, Person = person, Phone = "0499 99 88 77", Mail = "ada@example.org", Address = "Rue de l'Exemple 1" });
        var safe = await worker.RulesOf(dossier, person);
        Assert.Equal((Rule.NotAsked, Rule.Never, Rule.NotAsked, Rule.NotAsked, Rule.OnlyIf), (safe.Call, safe.Sms, safe.Mail, safe.Letter, safe.Visit));
        Assert.True(safe.MustBeAskedAgain(zone.Platform.Clock.GetUtcNow()));
    }

    private static Task<Edit.Command> Reads(Person worker, Guid dossier, Guid person) => worker.Send(new Edit.Query(dossier, person, "fr"));

    private async Task<(TestZone Zone, Person Worker, Guid Dossier, Guid Person)> Known(Rule call, string engine = "sqlite")
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var made = await worker.Send(new Register.Command
        {
            Trigger = Trigger.Person, When = zone.Platform.Clock.GetUtcNow().AddHours(-3), SubKind = "Burglary", FamilyName = "Exemple", GivenName = "Ada", Phone = "0470 12 34 56", Safe = call, Condition = call == Rule.OnlyIf ? "after five" : null, Language = "fr",
        });
        return (zone, worker, made.Dossier, (await worker.Send(new ShowView.Query(made.Dossier))).People[0].Id);
    }
}
