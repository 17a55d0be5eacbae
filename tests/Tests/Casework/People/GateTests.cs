using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Settings;
using Person = VictimSupport.Casework.People.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>The one gate, row by row as the product says it, and the ways up to it.</summary>
public sealed class GateTests(Platforms platforms)
{
    // A Tuesday, ten o'clock in Belgium.
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<string> Listed = new(StringComparer.Ordinal) { "Burglary", "RoadAccident", "Fire" };

    /// <summary>Rule, channel, unattended, first letter: what comes of it.</summary>
    public static TheoryData<string, string, bool, bool, string, string> Table()
    {
        var table = new TheoryData<string, string, bool, bool, string, string>();
        foreach (var channel in Enum.GetValues<Channel>())
        {
            foreach (var unattended in new[] { false, true })
            {
                Row(Rule.Never, channel, unattended, false, Passage.Closed, Bar.Never);
                Row(Rule.Safe, channel, unattended, false, Passage.Open, Bar.None);
                Row(Rule.OnlyIf, channel, unattended, false, unattended ? Passage.Closed : Passage.AsAgreed, unattended ? Bar.OnlyIf : Bar.None);
                var comes = channel is Channel.Call or Channel.Visit && !unattended;
                Row(Rule.NotAsked, channel, unattended, false, comes ? Passage.AttendedAfterScript : Passage.Closed, comes ? Bar.None : Bar.NotAsked);
            }
        }
        foreach (var unattended in new[] { false, true })
        {
            Row(Rule.NotAsked, Channel.Letter, unattended, true, Passage.FirstLetter, Bar.None);
            Row(Rule.Never, Channel.Letter, unattended, true, Passage.Closed, Bar.Never);
            Row(Rule.NotAsked, Channel.Sms, unattended, true, Passage.Closed, Bar.NotAsked); // a first letter is a letter
            Row(Rule.NotAsked, Channel.Mail, unattended, true, Passage.Closed, Bar.NotAsked);
        }
        return table;

        void Row(Rule rule, Channel channel, bool unattended, bool first, Passage passage, Bar bar) => table.Add(rule.ToString(), channel.ToString(), unattended, first, passage.ToString(), bar.ToString());
    }

    [Theory, MemberData(nameof(Table))]
    public void The_gate_says_what_the_table_says(string rule, string channel, bool unattended, bool first, string passage, string bar)
    {
        var whom = Whom(Enum.Parse<Channel>(channel), Enum.Parse<Rule>(rule));
        var what = new Outgoing(Enum.Parse<Channel>(channel), unattended, first, Read: true);
        Assert.Equal((Enum.Parse<Passage>(passage), Enum.Parse<Bar>(bar)), Clearance.Look(whom, what, Now));
        var (leave, why) = Clearance.Ask(whom, what, Now);
        Assert.Equal(Enum.Parse<Bar>(bar), why);
        Assert.Equal(bar == nameof(Bar.None), leave is not null);
        if (leave is not null) Assert.Equal((whom.Person.Id, what.Channel, what.Channel switch { Channel.Call or Channel.Sms => "+32470123456", Channel.Mail => "ada@example.org", _ => "Rue 1" }), (leave.Person, leave.Channel, leave.To));
    }

    [Theory]
    [InlineData(nameof(Capacity.Deceased)), InlineData(nameof(Capacity.AllegedAuthor)), InlineData(nameof(Capacity.Representative)), InlineData(nameof(Capacity.SupportPerson)), InlineData(nameof(Capacity.Mentioned))]
    public void Nobody_who_is_only_mentioned_is_ever_reached(string capacity)
    {
        foreach (var channel in Enum.GetValues<Channel>())
            Assert.Equal((Passage.Closed, Bar.Mentioned), Clearance.Look(Whom(channel, Rule.Safe, capacity: Enum.Parse<Capacity>(capacity)), new Outgoing(channel), Now));
    }

    [Fact]
    public void Without_having_read_the_rule_there_is_no_leave()
    {
        foreach (var rule in new[] { Rule.Safe, Rule.OnlyIf, Rule.NotAsked })
        {
            var (leave, bar) = Clearance.Ask(Whom(Channel.Call, rule), new Outgoing(Channel.Call), Now);
            Assert.Null(leave);
            Assert.Equal(Bar.Unread, bar);
        }
        Assert.Equal(Bar.Never, Clearance.Ask(Whom(Channel.Call, Rule.Never), new Outgoing(Channel.Call), Now).Bar); // what is closed stays so, read or not
    }

    [Theory]
    [InlineData("Burglary", true), InlineData("RoadAccident", true), InlineData("Fire", true), InlineData("Robbery", false), InlineData("PartnerViolence", false), InlineData("FamilyViolence", false), InlineData("SexualViolence", false), InlineData("Stalking", false), InlineData("FamilyConflict", false)]
    public void A_first_letter_goes_for_listed_facts_only_and_never_after_violence_or_to_a_minor(string subKind, bool goes)
    {
        // A zone that lists everything does not open what endangers.
        HashSet<string> everything = [.. SubKinds.All.Select(s => s.Code)];
        Assert.Equal(goes ? Bar.None : Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind)));
        Assert.Equal(goes || !SubKinds.NeverUnasked(subKind) ? Bar.None : Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind) with { FirstLetterFor = everything }));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind) with { FirstLetterFor = new HashSet<string>() }));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind, minor: true)));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind, danger: Danger.AtHome)));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind, danger: Danger.AddressSecret)));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind) with { Elsewhere = true }));
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind, additional: "Stalking")));
        // To the house of the alleged perpetrator nothing goes unasked, and where somebody is accused it was no stranger; on the road it may have been anybody.
        Assert.Equal(Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind) with { Authors = [new Particulars("Muster", "Bob", null, null, "RUE 1")] }));
        Assert.Equal(goes && subKind == "RoadAccident" ? Bar.None : Bar.FirstLetter, First(Whom(Channel.Letter, Rule.NotAsked, subKind) with { Authors = [new Particulars("Muster", "Bob", null, null, "Rue 11")] }));

        static Bar First(Addressee whom) => Clearance.Look(whom, new Outgoing(Channel.Letter, First: true), Now).Bar;
    }

    [Fact]
    public void What_others_called_safe_is_asked_first_and_nothing_goes_out_unattended_on_it()
    {
        foreach (var channel in new[] { Channel.Call, Channel.Visit })
        {
            var whom = Whom(channel, Rule.Safe);
            whom.Safe.Wrote(Rule.Safe, default, default, default, Rule.Safe, new SafeDetails());
            Assert.Equal((Passage.AttendedAfterScript, Bar.None), Clearance.Look(whom, new Outgoing(channel), Now));
            Assert.Equal((Passage.Closed, Bar.Outdated), Clearance.Look(whom, new Outgoing(channel, Unattended: true), Now));
            whom.Safe.StillGood(Guid.NewGuid(), Now);
            Assert.Equal((Passage.Open, Bar.None), Clearance.Look(whom, new Outgoing(channel), Now));
        }
    }

    [Fact]
    public void A_minor_gets_no_letter_home_until_it_was_decided()
    {
        foreach (var rule in new[] { Rule.Safe, Rule.OnlyIf })
        {
            var whom = Whom(Channel.Letter, rule, minor: true);
            Assert.Equal(Bar.Minor, Clearance.Look(whom, new Outgoing(Channel.Letter), Now).Bar);
            whom.Safe.Decide(Decider.Minor);
            Assert.Equal(Bar.None, Clearance.Look(whom, new Outgoing(Channel.Letter), Now).Bar);
            whom.Safe.Decide(Decider.Nobody);
            Assert.Equal(Bar.Minor, Clearance.Look(whom, new Outgoing(Channel.Letter), Now).Bar);
        }
        Assert.Equal(Bar.None, Clearance.Look(Whom(Channel.Call, Rule.Safe, minor: true), new Outgoing(Channel.Call), Now).Bar);
    }

    [Fact]
    public void On_the_eighteenth_birthday_somebody_is_a_minor_no_more_though_nobody_saved_anything()
    {
        var tomorrow = Now.AddDays(1);
        foreach (var (rule, first, bar) in new[] { (Rule.Safe, false, Bar.Minor), (Rule.NotAsked, true, Bar.FirstLetter) })
        {
            var whom = Whom(Channel.Letter, rule, minor: true);
            whom.Person.Identity = whom.Person.Identity.Value with { BirthDate = VictimSupport.Design.Html.Moment.Day(tomorrow).AddYears(-18) };
            Assert.Equal(bar, Clearance.Look(whom, new Outgoing(Channel.Letter, First: first), Now).Bar);
            Assert.Equal(Bar.None, Clearance.Look(whom, new Outgoing(Channel.Letter, First: first), tomorrow).Bar);
            whom.Person.IsMinor = false; // whatever was ticked
            Assert.Equal(bar, Clearance.Look(whom, new Outgoing(Channel.Letter, First: first), Now).Bar);
        }
        // Then they are called themselves, through nobody.
        var (child, other) = (Whom(Channel.Call, Rule.Safe, minor: true), Whom(Channel.Call, Rule.Safe));
        child.Person.Identity = child.Person.Identity.Value with { BirthDate = VictimSupport.Design.Html.Moment.Day(tomorrow).AddYears(-18) };
        var standing = Standing.Between(child.Dossier.Id, other.Person.Id, child.Person.Id, Guid.NewGuid(), Now);
        standing.Decide(StandingRole.Support, conflict: false, Authority.Nobody, Authority.Person, new StandingWords(), Guid.NewGuid(), Now);
        var through = child with { Stead = new Stead(standing, other.Person, other.Safe) };
        Assert.Equal(Bar.None, Clearance.Look(through, new Outgoing(Channel.Call, Through: other.Person.Id), Now).Bar);
        Assert.Equal(Bar.Undecided, Clearance.Look(through, new Outgoing(Channel.Call, Through: other.Person.Id), tomorrow).Bar);
    }

    [Theory]
    [InlineData("09:00", "15:00", true, "2026-11-24T09:00", true), InlineData("09:00", "15:00", true, "2026-11-24T08:59", false), InlineData("09:00", "15:00", true, "2026-11-24T15:00", false)]
    [InlineData("09:00", "15:00", true, "2026-11-28T10:00", false), InlineData("09:00", "15:00", false, "2026-11-28T10:00", true), InlineData(null, null, true, "2026-11-29T10:00", false)]
    [InlineData("22:00", "06:00", false, "2026-11-24T23:30", true), InlineData("22:00", "06:00", false, "2026-11-24T05:59", true), InlineData("22:00", "06:00", false, "2026-11-24T12:00", false)]
    [InlineData("09:00", "15:00", false, "2026-07-01T14:30", true)] // by the clock on a Belgian wall, in summer too
    public void Outside_the_hours_nothing_goes_but_a_letter(string? from, string? until, bool weekdays, string at, bool open)
    {
        var now = VictimSupport.Design.Html.Moment.Instant(DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        var details = new SafeDetails(From: from is null ? null : TimeOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), Until: until is null ? null : TimeOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture), Weekdays: weekdays);
        foreach (var channel in Enum.GetValues<Channel>())
            Assert.Equal(open || channel == Channel.Letter ? Bar.None : Bar.Hours, Clearance.Look(Whom(channel, Rule.Safe, details: details), new Outgoing(channel), now).Bar);
    }

    [Fact]
    public void A_number_or_an_address_put_right_does_not_lift_the_hours()
    {
        var details = new SafeDetails(From: new TimeOnly(9, 0), Until: new TimeOnly(15, 0));
        var evening = Now.AddHours(10);
        foreach (var channel in new[] { Channel.Call, Channel.Visit })
        {
            var whom = Whom(channel, Rule.Safe, details: details);
            whom.Safe.Moved(channel);
            Assert.Equal(Rule.NotAsked, whom.Safe.Of(channel));
            Assert.Equal((Passage.AttendedAfterScript, Bar.None), Clearance.Look(whom, new Outgoing(channel), Now));
            Assert.Equal((Passage.Closed, Bar.Hours), Clearance.Look(whom, new Outgoing(channel), evening));
            Assert.Equal(Bar.None, Clearance.Look(whom, new Outgoing(channel, At: Now.AddDays(1)), evening).Bar); // by the hour that was agreed
        }
        var corrected = Whom(Channel.Call, Rule.Safe, details: details);
        corrected.Safe.Moved(Channel.Call);
        Assert.Equal((false, true), (new Glance(corrected, Now).IsOutsideHours, new Glance(corrected, evening).IsOutsideHours));
        // Nor those of whoever is called for a child.
        var child = Whom(Channel.Call, Rule.Never, minor: true);
        var standing = Standing.Between(child.Dossier.Id, corrected.Person.Id, child.Person.Id, Guid.NewGuid(), Now);
        standing.Decide(StandingRole.Support, conflict: false, Authority.Nobody, Authority.Person, new StandingWords(), Guid.NewGuid(), Now);
        var through = child with { Stead = new Stead(standing, corrected.Person, corrected.Safe) };
        Assert.Equal(Bar.None, Clearance.Look(through, new Outgoing(Channel.Call, Through: corrected.Person.Id), Now).Bar);
        Assert.Equal(Bar.Hours, Clearance.Look(through, new Outgoing(Channel.Call, Through: corrected.Person.Id), evening).Bar);
    }

    [Fact]
    public void Where_nothing_is_noted_there_is_nowhere_to_go()
    {
        var person = Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), Capacity.Victim, "fr", Now);
        var safe = SafeContact.For(person);
        safe.Agree(Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, new SafeDetails(), Guid.NewGuid(), Now);
        foreach (var channel in Enum.GetValues<Channel>()) Assert.Equal(channel == Channel.Visit ? Bar.None : Bar.Nowhere, Clearance.Look(new Addressee(person, safe, Facts("Burglary"), Listed), new Outgoing(channel), Now).Bar);
    }

    [Fact]
    public void Leave_is_made_by_the_gate_alone_and_prints_as_dots()
    {
        Assert.Empty(typeof(Clearance).GetConstructors());
        Assert.DoesNotContain("470", Clearance.Ask(Whom(Channel.Call, Rule.Safe), new Outgoing(Channel.Call, Read: true), Now).Leave!.ToString(), StringComparison.Ordinal);
        foreach (var bar in Enum.GetValues<Bar>()) Assert.Equal(bar, Bars.Of(bar.Code()));
        Assert.Null(Bars.Of("absent"));
    }

    [Theory, EveryEngine]
    public async Task The_number_comes_after_the_rule_was_read_and_its_showing_is_recorded(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56") with { Safe = Rule.NotAsked });
        var person = await worker.LeadOf(dossier);
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/people/{person}/call";
        foreach (var page in new[] { await visit.Page($"/dossiers/{dossier}"), await visit.Page(path) })
        {
            Assert.Empty(page.QuerySelectorAll("a[href^='tel:']"));
            Assert.DoesNotContain("0470 12", page.Body!.TextContent, StringComparison.Ordinal);
            Assert.Contains("no voicemail", page.Body!.TextContent, StringComparison.Ordinal); // the script
        }
        var before = (await Recorded(zone, "Casework.People.Call")).Count;
        var shown = await Visit.Read(await visit.Submit($"/dossiers/{dossier}", [], $"form[action$='/people/{person}/call']"));
        Assert.Equal("tel:+32470123456", Assert.Single(shown.QuerySelectorAll("a[href^='tel:']")).GetAttribute("href"));
        Assert.Equal(before + 2, (await Recorded(zone, "Casework.People.Call", a => a.Actor == worker.Id && a.Subject == dossier)).Count); // the number, and the rule above it
    }

    [Theory, EveryEngine]
    public async Task A_forged_form_for_a_closed_channel_gets_nothing_and_is_recorded(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1", mail: "ada@example.org");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Never, Sms = Rule.Never, Mail = Rule.Never, Letter = Rule.Never });
        using var visit = worker.Visit();
        var form = (await visit.Page($"/dossiers/{dossier}/facts")).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        var revision = (await worker.RulesOf(dossier, person)).Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (path, act, more) in (IEnumerable<(string, string, (string, string)[])>)
        [
            ("call", "Casework.People.Call", []),
            ("message", "Casework.People.Text", [("Form.Channel", "Sms"), ("Form.Text", "Hello")]),
            ("message", "Casework.People.Text", [("Form.Channel", "Mail"), ("Form.Text", "Hello")]),
            ("letter", "Casework.Letters.Prepare", [("Form.Kind", "First"), ("Form.Language", "fr"), ("Form.Text", "Bonjour")]),
        ])
        {
            var answer = await visit.Send($"/dossiers/{dossier}/people/{person}/{path}", form, [KeyValuePair.Create("Form.Shown", revision), .. more.Select(m => KeyValuePair.Create(m.Item1, m.Item2))]);
            var page = await Visit.Read(answer);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(page.QuerySelectorAll("a[href^='tel:']"));
            Assert.Contains("never", page.Body!.TextContent, StringComparison.Ordinal);
            Assert.NotEmpty(await Recorded(zone, act + "!gate-never", a => a.Subject == dossier && a.Actor == worker.Id && a.Payload.Contains("gate-never", StringComparison.Ordinal)));
        }
        Assert.Equal(2, (await Recorded(zone, "Casework.People.Text!gate-never")).Count);
        Assert.Equal(0, await zone.Look(async z => await z.Set<Message>().CountAsync() + await z.Set<Letter>().CountAsync()));
        // The dossier's page does not even offer them.
        var offered = await visit.Page($"/dossiers/{dossier}");
        Assert.Empty(offered.QuerySelectorAll($"form[action$='/people/{person}/call'], a[href$='/people/{person}/message'], a[href$='/people/{person}/letter']"));
    }

    [Fact]
    public async Task Who_read_an_older_rule_reads_again()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var shown = (await worker.RulesOf(dossier, person)).Revision;
        await worker.Agrees(dossier, person, r => r with { Call = Rule.OnlyIf, WhatMayBeSaid = "after five" });
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Call.Command { Dossier = dossier, Person = person, Shown = shown }))).Errors, e => e.PropertyName == "Shown");
        Assert.Equal("gate-unread", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Call.Command { Dossier = dossier, Person = person }))).Code);
        Assert.Equal("after five", (await worker.Send(new Call.Command { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision })).Agreed.WhatMayBeSaid);
    }

    [Theory, EveryEngine]
    public async Task Nobody_of_another_dossier_zone_or_behind_a_wall_is_reached(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (worker, walled) = (await zone.Hires("w", Role.Caseworker), await zone.Hires("x", Role.Coordinator));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var (elsewhere, stranger) = await other.As(Role.Caseworker).Knows(other, "Rue 2");
        await zone.WallsOff(walled, dossier);
        foreach (var (by, d, p) in new[] { (worker, dossier, stranger), (worker, elsewhere, stranger), (walled, dossier, person), (zone.As(Role.Caseworker), dossier, person) })
        {
            await Refused(by.Send(new Call.Query(d, p)));
            await Refused(by.Send(new Call.Command { Dossier = d, Person = p, Shown = 0 }));
            await Refused(by.Send(new Text.Command { Dossier = d, Person = p, Shown = 0, Channel = Channel.Mail, Text = "Hello" }));
            await Refused(by.Send(new Prepare.Query(d, p, null, null)));
            await Refused(by.Send(new Prepare.Command { Dossier = d, Person = p, Shown = 0, Kind = LetterKind.First, Language = "fr", Text = "Bonjour" }));
        }
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_lists_nothing_sends_no_first_letter_and_the_setting_acts_at_once(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);
        await zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.FirstLetterFor, Chosen = [], From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Bar.FirstLetter, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);
        Assert.Equal("gate-firstletter", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Shown = 0, Kind = LetterKind.First, Language = "fr", Text = "Bonjour" }))).Code);
    }

    [Theory, EveryEngine]
    public async Task Who_said_never_or_was_beaten_in_another_dossier_gets_no_first_letter(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Exemple", "Ada", "Fire");
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);
        await colleague.Agrees(another, same, r => r with { Letter = Rule.Never });
        Assert.Equal(Bar.Never, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);
        var (third, lone) = await worker.Knows(zone, "Rue 3", "Muster", "Bram", phone: null);
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(third, lone, LetterKind.First, null))).Bar);
        await colleague.Knows(zone, "Rue 4", "Muster", "Bram", "PartnerViolence", phone: null);
        Assert.Equal(Bar.FirstLetter, (await worker.Send(new Prepare.Query(third, lone, LetterKind.First, null))).Bar);
    }

    [Theory, EveryEngine]
    public async Task Who_said_never_in_another_dossier_is_not_called_visited_or_written_to_until_they_are_asked_anew(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Exemple", "Ada", "PartnerViolence");
        await colleague.Agrees(another, same, r => r with { Call = Rule.Never, Visit = Rule.Never, Mail = Rule.Never });
        zone.Platform.Clock.Advance(TimeSpan.FromDays(2));
        // Ticked as safe at the intake, by whoever told of a burglary: that is not the person's own word on what they closed.
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var person = await worker.LeadOf(dossier);
        var (bystander, stranger) = await worker.Knows(zone, "Rue 7", "Muster", "Bram", phone: "0471 99 88 77");
        await Closed("0470 12");
        Assert.Equal("+32471998877", (await worker.Send(new Call.Command { Dossier = bystander, Person = stranger, Shown = 0 })).To);
        foreach (var record in await Recorded(zone, "Casework.People.Call!gate-never"))
            foreach (var hidden in new[] { another, same }) Assert.DoesNotContain(hidden.ToString(), record.Payload, StringComparison.OrdinalIgnoreCase);
        // Asked since, they changed it here; what was not asked again stays closed.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        // One tap says nothing of what was said elsewhere; the form shows it.
        Assert.False(await worker.Send(new StillGood.Command(dossier, person, (await worker.RulesOf(dossier, person)).Revision)));
        Assert.Equal(Rule.Never, (await worker.Send(new Safe.Query(dossier, person))).Form.Call);
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, Mail = Rule.NotAsked });
        Assert.Equal("+32470123456", (await worker.Send(await Number())).To);
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Visits()))).Code);
        await worker.Agrees(dossier, person, r => r with { Visit = Rule.Safe });
        await worker.Send(await Visits());
        // And said anew there, it holds here again.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await colleague.Send(new StillGood.Command(another, same, (await colleague.RulesOf(another, same)).Revision));
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Number()))).Code);

        async Task Closed(string digits)
        {
            var shown = await worker.Send(new Call.Query(dossier, person));
            Assert.Equal((Rule.Never, Bar.Never), (shown.Rule, shown.Bar));
            Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Number()))).Code);
            Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Visits()))).Code);
            Assert.Equal(Bar.Never, (await worker.Send(new Text.Query(dossier, person))).Ways.Single(w => w.Channel == Channel.Mail).Bar);
            using var visit = worker.Visit();
            Assert.Empty((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll($"form[action$='/people/{person}/call']"));
            var page = await visit.Page($"/dossiers/{dossier}/people/{person}/call");
            Assert.DoesNotContain(digits, page.Body!.TextContent, StringComparison.Ordinal);
            Assert.Contains("The person said never", page.Body!.TextContent, StringComparison.Ordinal);
        }

        async Task<Call.Command> Number() => new() { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision };
        async Task<VictimSupport.Casework.Contacts.Plan.Command> Visits() => await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true };
    }

    [Theory, EveryEngine]
    public async Task Who_said_never_to_letters_in_another_dossier_gets_none_until_they_are_asked_anew(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        await worker.PlansALetter(zone, dossier, person);
        var due = Assert.Single((await worker.Send(new VictimSupport.Casework.Letters.List.Query())).Due);
        Assert.Equal(Bar.None, due.Bar);
        var prepared = await worker.Send(await Recontact() with { Kind = LetterKind.HandedOver });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Exemple", "Ada", "Fire");
        await colleague.Agrees(another, same, r => r with { Letter = Rule.Never });

        var shown = await worker.Send(new Prepare.Query(dossier, person, LetterKind.Recontact, null));
        Assert.Equal((Rule.Never, Bar.Never, ""), (shown.Rule, shown.Bar, shown.Text));
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Recontact()))).Code);
        // What was prepared before is not printed either, nor does the batch prepare one.
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Print.Command(prepared)))).Code);
        await worker.Send(new Withdraw.Command(prepared));
        Assert.Equal(Bar.Never, Assert.Single((await worker.Send(new VictimSupport.Casework.Letters.List.Query())).Due).Bar);
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new PrepareDue.Command(due.Act, person)))).Code);
        // Asked since, they want letters: here they are open again.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        await worker.Send(await Recontact());

        async Task<Prepare.Command> Recontact() => new() { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision, Kind = LetterKind.Recontact, Language = "fr", Text = "Bonjour" };
    }

    [Theory, EveryEngine]
    public async Task A_never_stays_the_last_word_though_the_day_of_asking_is_lost(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Exemple", "Ada", "Fire");
        var form = await colleague.Send(new Edit.Query(another, same, "fr"));
        await colleague.Send(form with { Dossier = another, Person = same, Mail = "ada@exemple.be" });
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await colleague.Agrees(another, same, r => r with { Letter = Rule.Never, Mail = Rule.Safe });
        Assert.Equal(Bar.Never, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.Recontact, null))).Bar);
        // With another mailbox nobody knows any more when she was asked there.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        form = await colleague.Send(new Edit.Query(another, same, "fr"));
        await colleague.Send(form with { Dossier = another, Person = same, Mail = "ada.2@exemple.be" });
        Assert.Null((await colleague.RulesOf(another, same)).Checked);
        Assert.Equal(Bar.Never, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.Recontact, null))).Bar);
    }

    [Theory, EveryEngine]
    public async Task Danger_at_home_in_another_dossier_stops_a_first_letter_and_a_second_first_letter_is_none(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);
        var letter = await worker.Send(First());
        await worker.Send(new Print.Command(letter));
        Assert.Equal(Bar.NotAsked, BarOf(await Assert.ThrowsAsync<RefusedException>(() => worker.Send(First()))));
        Assert.NotEqual(Bar.None, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, null))).Bar);

        var (third, lone) = await worker.Knows(zone, "Rue 3", "Muster", "Bram", phone: null);
        var (other, _) = await colleague.Knows(zone, "Rue 4", "Muster", "Bram", phone: null);
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(third, lone, LetterKind.First, null))).Bar);
        await colleague.Endangers(other, Danger.AddressSecret);
        Assert.Equal(Bar.FirstLetter, (await worker.Send(new Prepare.Query(third, lone, LetterKind.First, null))).Bar);

        Prepare.Command First() => new() { Dossier = dossier, Person = person, Shown = 0, Kind = LetterKind.First, Language = "fr", Text = "Bonjour" };
        static Bar BarOf(RefusedException refused) => Bars.Of(refused.Code)!.Value;
    }

    [Theory, EveryEngine]
    public async Task Of_somebody_else_at_the_same_number_a_never_closes_the_number_alone_and_nothing_comes_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, Letter = Rule.Safe, Visit = Rule.Safe });
        var letter = await worker.Send(await Written());
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, partner) = await colleague.Knows(zone, "Rue 1", "Muster", "Bram", "PartnerViolence");
        await colleague.Agrees(another, partner, r => r with { Call = Rule.Never, Sms = Rule.Never, Mail = Rule.Never, Letter = Rule.Never, Visit = Rule.Never });
        await zone.RunJobs();
        Assert.Equal(Bar.Never, (await worker.Send(new Call.Query(dossier, person))).Bar);
        Assert.Equal(Bar.None, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.Recontact, null))).Bar);
        Assert.Equal(LetterState.Prepared, (await zone.Look(z => z.Set<Letter>().SingleAsync(l => l.Id == letter))).State);
        Assert.DoesNotContain((await worker.Opens(dossier)).Planned, a => a.Kind == ActKind.Other);

        async Task<Prepare.Command> Written() => new() { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision, Kind = LetterKind.Recontact, Language = "fr", Text = "Bonjour" };
    }

    [Theory, EveryEngine]
    public async Task A_visit_that_somebody_planned_to_do_does_not_stand_for_the_warning_that_none_is_wanted(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Visit = Rule.Safe });
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [person], Layer = VictimSupport.Foundation.Secrecy.Layer.Assistance, Next = ActKind.Visit, Due = zone.Platform.Clock.GetUtcNow().AddMinutes(1), Version = (await worker.Opens(dossier)).Dossier.Version });
        await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await worker.Agrees(dossier, person, r => r with { Visit = Rule.Never });
        Assert.Equal(2, (await worker.Opens(dossier)).Planned.Count(a => a.Kind == ActKind.Visit));
    }

    [Theory, EveryEngine]
    public async Task A_never_reaches_a_row_that_says_more_of_the_name_or_less(string engine)
    {
        foreach (var (here, there) in new[] { ("Ada Maria", "Ada"), ("Ada", "Ada Maria") })
        {
            var zone = await (await platforms.On(engine)).Zone();
            var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
            var (dossier, person) = await worker.Knows(zone, "Rue 1", given: here, phone: null);
            await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
            var letter = await worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision, Kind = LetterKind.Recontact, Language = "fr", Text = "Bonjour" });
            zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
            var (another, same) = await colleague.Knows(zone, "Rue 9", given: there, phone: null);
            var (third, stranger) = await worker.Knows(zone, "Rue 5", "Muster", here, phone: null);
            await colleague.Agrees(another, same, r => r with { Letter = Rule.Never });
            Assert.Equal(Bar.Never, (await worker.Send(new Prepare.Query(dossier, person, LetterKind.Recontact, null))).Bar);
            Assert.NotEqual(Bar.Never, (await worker.Send(new Prepare.Query(third, stranger, LetterKind.First, null))).Bar);
            await zone.RunJobs();
            Assert.Equal(LetterState.Dropped, (await zone.Look(z => z.Set<Letter>().SingleAsync(l => l.Id == letter))).State);
        }
    }

    [Theory, EveryEngine]
    public async Task Nothing_written_goes_to_the_number_or_the_mailbox_of_the_alleged_perpetrator(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var person = await worker.LeadOf(dossier);
        var form = await worker.Send(new Edit.Query(dossier, person, "fr"));
        await worker.Send(form with { Dossier = dossier, Person = person, Mail = "ensemble@exemple.be" });
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, Sms = Rule.Safe, Call = Rule.Safe });
        Assert.Equal([Bar.None, Bar.None], await Ways());
        await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bram", FamilyName = "Muster", Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = "+32 470 12 34 56", Mail = "Ensemble@exemple.be" });
        Assert.Equal([Bar.Conflict, Bar.Conflict], await Ways());
        Assert.Equal(Bar.None, (await worker.Send(new Call.Query(dossier, person))).Bar); // somebody hears who answers

        async Task<IEnumerable<Bar>> Ways() => (await worker.Send(new Text.Query(dossier, person))).Ways.Select(w => w.Bar);
    }

    [Theory, EveryEngine]
    public async Task Whom_somebody_accuses_in_another_dossier_is_no_safe_way_to_them_here(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var colleague = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1", mail: "ensemble@exemple.be");
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, Sms = Rule.Safe, Call = Rule.Safe });
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "ordered", Reference = "LA.1" });
        var through = new Call.Command { Dossier = family.Dossier, Person = family.Noah, Through = family.Grandmother, ThroughShown = 0 };
        // Somebody else's dossier, of somebody else by that name's telephone: it says nothing of her.
        var (strangers, _) = await colleague.Knows(zone, "Rue 7", "Voorbeeld", "Ilse", "Stalking", phone: "0470 77 77 77");
        await Accuses(strangers, "Bram", "Muster", "+32 470 12 34 56", "Ensemble@exemple.be");
        Assert.Equal([Bar.None, Bar.None], await Ways());
        Assert.StartsWith("+32", (await worker.Send(through with { Shown = await Shown() })).To, StringComparison.Ordinal);

        var (hers, _) = await colleague.Knows(zone, "Rue 1", subKind: "Stalking");
        await Accuses(hers, "Bram", "Muster", "+32 470 12 34 56", "Ensemble@exemple.be");
        Assert.Equal([Bar.Conflict, Bar.Conflict], await Ways());
        // Another number and mailbox now, but he is the one who may answer: what was agreed is as good as not asked.
        await worker.Send((await worker.Send(new Edit.Query(dossier, person, "fr"))) with { Dossier = dossier, Person = person, Phone = "0470 65 43 21", Mail = "seule@exemple.be" });
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, Sms = Rule.Safe, Call = Rule.Safe, WhoMayAnswer = "Bram Muster" });
        Assert.DoesNotContain(Bar.None, await Ways());
        // Whatever shows her rules says so too: the dossier, the strip on every page of it, the worklist, the card beside an intake, the print.
        var asGate = VictimSupport.Casework.Words.ChannelRule(VictimSupport.Casework.Words.Of(Channel.Call), VictimSupport.Casework.Words.Of(Rule.NotAsked));
        var shown = (await worker.Send(new ShowView.Query(dossier))).People.Single(p => p.Id == person);
        Assert.True(shown.NamesAuthor);
        Assert.Equal(asGate, shown.Says(Channel.Call));
        Assert.True(Assert.Single(await worker.Send(new RulesOnEveryPage.Query(dossier))).NamesAuthor);
        Assert.Equal(asGate, (await worker.Send(new Mine.Query(Tab.Mine, 1))).Rows.Single(r => r.Dossier == dossier).Reach!.Says(Channel.Call));
        Assert.Equal(asGate, (await worker.Send(new Register.Check { FamilyName = shown.Identity.FamilyName, GivenName = shown.Identity.GivenName })).Single(c => c.Dossier == dossier).Says(Channel.Call));
        var printed = await worker.Send(new PrintPerson.Command { Dossier = dossier, Person = person, Layers = [Layer.Assistance], Reason = PrintReason.Justice });
        Assert.Equal((Rule.NotAsked, null), (printed.Rules.Of(Channel.Call), printed.Rules.Details.WhoMayAnswer));
        await worker.Agrees(dossier, person, r => r with { WhoMayAnswer = null });
        Assert.Equal([Bar.None, Bar.None], await Ways());

        // And nobody is reached through somebody whom they accuse elsewhere.
        var (his, _) = await colleague.Knows(zone, "Rue 3", "Fictif", "Noah", "Stalking", phone: "0470 00 00 09");
        await Accuses(his, "Rosa", "Fictif", "0470 99 88 77", null);
        Assert.Equal("gate-conflict", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(through with { Shown = await Shown() }))).Code);

        async Task Accuses(Guid there, string given, string name, string phone, string? mail) =>
            await colleague.Send(new Edit.Command { Dossier = there, GivenName = given, FamilyName = name, Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = phone, Mail = mail });
        async Task<IEnumerable<Bar>> Ways() => (await worker.Send(new Text.Query(dossier, person))).Ways.Select(w => w.Bar);
        async Task<int> Shown() => (await worker.RulesOf(family.Dossier, family.Noah)).Revision;
    }

    [Theory, EveryEngine]
    public async Task A_minor_is_not_reached_through_whoever_said_never_in_another_dossier(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "ordered", Reference = "LA.1" });
        var call = new Call.Command { Dossier = family.Dossier, Person = family.Noah, Through = family.Grandmother, ThroughShown = 0 };
        var hers = (await worker.Opens(family.Dossier)).People.Single(p => p.Id == family.Grandmother).Identity;
        Assert.StartsWith("+32", (await worker.Send(call with { Shown = await Shown() })).To, StringComparison.Ordinal);
        var colleague = zone.As(Role.Caseworker);
        var (own, herself) = await colleague.Knows(zone, "Rue 3", hers.FamilyName, hers.GivenName, phone: hers.Phone);
        await colleague.Agrees(own, herself, r => r with { Call = Rule.Never });
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(call with { Shown = await Shown() }))).Code);

        async Task<int> Shown() => (await worker.RulesOf(family.Dossier, family.Noah)).Revision;
    }

    [Theory, EveryEngine]
    public async Task After_violence_at_home_what_was_agreed_is_to_be_asked_again_in_every_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        Assert.False(await Amber());
        var facts = await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier));
        await worker.Send(facts with { Dossier = dossier, Municipality = "Elsewhere", Additional = ["Assault"] });
        Assert.False(await Amber()); // other facts change nothing
        facts = await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier));
        await worker.Send(facts with { Dossier = dossier, Additional = ["FamilyViolence"] });
        Assert.True(await Amber());
        // Rules that somebody changed meanwhile were not the ones that were read.
        var read = (await worker.RulesOf(dossier, person)).Revision;
        await worker.Agrees(dossier, person, r => r with { Visit = Rule.Never });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        facts = await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier));
        await worker.Send(facts with { Dossier = dossier, Additional = ["PartnerViolence"] });
        Assert.False(await worker.Send(new StillGood.Command(dossier, person, read)));
        Assert.True(await Amber());
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await worker.Send(new StillGood.Command(dossier, person, read + 1)));
        Assert.False(await Amber());
        // A new dossier of the same person, opened by somebody who does not see this one.
        var opened = await colleague.Registers(Cases.Intake(zone, phone: "0470 12 34 56", subKind: "PartnerViolence"));
        Assert.True(await Amber());
        Assert.False((await colleague.RulesOf(opened, await colleague.LeadOf(opened))).MustBeAskedAgain(zone.Platform.Clock.GetUtcNow())); // asked at the intake, with the event known
        var record = Assert.Single(await Recorded(zone, "Casework.Intakes.Register", a => a.Actor == colleague.Id));
        Assert.DoesNotContain(person.ToString(), record.Payload, StringComparison.OrdinalIgnoreCase); // and its record names nothing of it

        async Task<bool> Amber() => (await worker.RulesOf(dossier, person)).MustBeAskedAgain(zone.Platform.Clock.GetUtcNow());
    }

    [Theory, EveryEngine]
    public async Task Who_is_named_or_helped_only_later_after_violence_at_home_has_their_rules_asked_again_elsewhere(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (ada, bram) = (await colleague.Registers(Cases.Intake(zone, phone: "0470 12 34 56")), await colleague.Registers(Cases.Intake(zone, "Muster", "Bram", "0471 99 88 77")));
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var dossier = await worker.Registers(Cases.Intake(zone, "", "", subKind: "PartnerViolence") with { Unknown = true });
        var unknown = await worker.LeadOf(dossier);
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bram", FamilyName = "Muster", Capacity = Capacity.Mentioned, Language = "fr" });
        Assert.False(await Amber(ada));
        await Edits(unknown, e => e with { GivenName = "Ada", FamilyName = "Exemple" });
        Assert.True(await Amber(ada));
        Assert.Null((await worker.RulesOf(dossier, unknown)).ViolenceAt); // asked here with the event known
        Assert.False(await Amber(bram));
        await Edits(mentioned, e => e with { Capacity = Capacity.Witness });
        Assert.True(await Amber(bram));
        // What changes nothing of who they are has nobody asked again.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await colleague.Send(new StillGood.Command(ada, await colleague.LeadOf(ada), (await Rules(ada)).Revision)));
        await Edits(unknown, e => e with { Address = "Rue 1", Damages = [Damage.Moral] });
        Assert.False(await Amber(ada));

        async Task Edits(Guid person, Func<Edit.Command, Edit.Command> how) => await worker.Send(how(await worker.Send(new Edit.Query(dossier, person, "fr"))) with { Dossier = dossier, Person = person });
        async Task<SafeContact> Rules(Guid of) => await colleague.RulesOf(of, await colleague.LeadOf(of));
        async Task<bool> Amber(Guid of) => (await Rules(of)).MustBeAskedAgain(zone.Platform.Clock.GetUtcNow());
    }

    [Theory, EveryEngine]
    public async Task For_a_minor_the_minor_or_the_coordinator_decides_with_a_reason(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, chief) = (zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var (dossier, person) = await worker.Knows(zone, "Rue 1", minor: true);
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        Assert.Equal("gate-minor", await Code());
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(dossier, person, r => r with { LettersHome = Decider.Minor }))).Errors, e => e.PropertyName == "MinorReason");
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(dossier, person, r => r with { LettersHome = Decider.Coordinator, MinorReason = "wants it" }))).Errors, e => e.PropertyName == "LettersHome");
        await chief.Agrees(dossier, person, r => r with { LettersHome = Decider.Coordinator, MinorReason = "lives alone" });
        Assert.Null(await Code());
        var view = await worker.Opens(dossier);
        Assert.Contains(view.Timeline, h => h.Title == "Decision on letters home" && h.By == chief.Id);
        Assert.Equal((Decider.Coordinator, "lives alone"), (view.People[0].Safe.LettersHome, view.People[0].Safe.Details.Value.MinorReason));
        // A caseworker may change the other rules without undoing it, and may undo it; the reason is the coordinator's.
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(dossier, person, r => r with { MinorReason = "wants it" }))).Errors, e => e.PropertyName == "MinorReason");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        await worker.Agrees(dossier, person, r => r with { LettersHome = Decider.Nobody });
        Assert.Equal("gate-minor", await Code());
        using var visit = worker.Visit();
        Assert.Contains("No representative is told", (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe")!.TextContent, StringComparison.Ordinal);

        async Task<string?> Code()
        {
            try
            {
                await worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision, Kind = LetterKind.Recontact, Language = "fr", Text = "Bonjour" });
                return null;
            }
            catch (RefusedException refused)
            {
                return refused.Code;
            }
        }
    }

    [Fact]
    public async Task The_hours_are_typed_kept_and_shown()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/people/{person}/safe-contact";
        var half = await visit.Submit(path, new Dictionary<string, string> { ["Form.Call"] = "Safe", ["Form.From"] = "09:00" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, half.StatusCode);
        Assert.Equal("09:00", (await Visit.Read(half)).QuerySelector("[name='Form.From']")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, new Dictionary<string, string> { ["Form.Call"] = "OnlyIf", ["Form.From"] = "09:00", ["Form.Until"] = "15:00", ["Form.Weekdays"] = "true" })).StatusCode);
        Assert.Contains("09:00–15:00", (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("09:00", (await visit.Page(path)).QuerySelector("[name='Form.From']")!.GetAttribute("value"));
    }

    [Theory, EveryEngine]
    public async Task The_number_of_a_message_in_the_tray_passes_the_gate_too(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var open = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        var closed = await zone.As(Role.FrontDesk).Send(TrayTests.Message() with { MayCall = Rule.Never, Condition = null });
        using var visit = worker.Visit();
        Assert.Empty((await visit.Page($"/tray/{open}")).QuerySelectorAll("a[href^='tel:']"));
        var shown = await Visit.Read(await visit.Submit($"/tray/{open}", [], "form[action*='Call']"));
        Assert.Equal("tel:+32470112233", Assert.Single(shown.QuerySelectorAll("a[href^='tel:']")).GetAttribute("href"));
        Assert.Single(await Recorded(zone, "Casework.Tray.CallBack", a => a.Subject == open && a.Actor == worker.Id));
        Assert.Empty((await visit.Page($"/tray/{closed}")).QuerySelectorAll("form[action*='Call']"));
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new VictimSupport.Casework.Tray.CallBack.Command(closed)))).Code);
        Assert.Single(await Recorded(zone, "Casework.Tray.CallBack!gate-never", a => a.Subject == closed));
        await worker.Send((await worker.Send(new VictimSupport.Casework.Tray.Prefill.Query(open))) with { SubKind = "Burglary", Tray = open });
        await Refused(worker.Send(new VictimSupport.Casework.Tray.CallBack.Command(open))); // the dossier's rules hold now
    }

    [Theory, EveryEngine]
    public async Task Who_said_never_in_a_dossier_is_not_called_back_from_the_tray(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var message = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        var other = await zone.As(Role.FrontDesk).Send(TrayTests.Message("Muster", "Bram") with { Phone = "0471 99 88 77" });
        // Known under another name, by the same telephone.
        var (dossier, person) = await colleague.Knows(zone, "Rue 1", "Autre", "Nom", phone: "0470 11 22 33");
        await worker.Send(new VictimSupport.Casework.Tray.CallBack.Command(message));
        await colleague.Agrees(dossier, person, r => r with { Call = Rule.Never });
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new VictimSupport.Casework.Tray.CallBack.Command(message)))).Code);
        await worker.Send(new VictimSupport.Casework.Tray.CallBack.Command(other));
        using var visit = worker.Visit();
        var page = await Visit.Read(await visit.Submit($"/tray/{message}", [], "form[action*='Call']"));
        Assert.Empty(page.QuerySelectorAll("a[href^='tel:']"));
        Assert.Contains("The person said never", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Autre", page.Body!.TextContent, StringComparison.Ordinal);
    }

    internal static async Task<IReadOnlyList<AuditRow>> Recorded(TestZone zone, string act, Func<AuditRow, bool>? which = null) =>
        [.. (await zone.Look(z => z.Set<AuditRow>().AsNoTracking().Where(a => a.Act == act).OrderBy(a => a.Seq).ToListAsync())).Where(which ?? (_ => true))];

    private static async Task Refused(Task sending) => Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => sending)).Code);

    private static Addressee Whom(Channel channel, Rule rule, string subKind = "Burglary", Capacity capacity = Capacity.Victim, bool minor = false, Danger danger = Danger.None, string? additional = null, SafeDetails? details = null)
    {
        var person = Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada", "0470 12 34 56", "ada@example.org", "Rue 1"), capacity, "fr", Now);
        person.IsMinor = minor;
        var safe = SafeContact.For(person);
        Rule On(Channel c) => c == channel ? rule : c == Channel.Call ? Rule.Never : Rule.Safe; // the others say nothing about this one
        safe.Agree(On(Channel.Call), On(Channel.Sms), On(Channel.Mail), On(Channel.Letter), On(Channel.Visit), details ?? new SafeDetails(), Guid.NewGuid(), Now);
        var dossier = Facts(subKind);
        dossier.Danger = danger;
        if (additional is not null) dossier.Additional = [additional];
        return new Addressee(person, safe, dossier, Listed);
    }

    private static Dossier Facts(string subKind) => Dossier.Open(default, Trigger.Person, SubKinds.Find(subKind)!, null, "", Guid.NewGuid(), Now);
}
