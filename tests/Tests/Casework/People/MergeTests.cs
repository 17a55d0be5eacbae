using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Casework.People.Person;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>Two rows of one person become one, and two again as they were.</summary>
public sealed class MergeTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Two_become_one_field_by_field_and_the_stricter_rule_wins(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        var merge = await worker.Form(twins) with { Phone = Merge.Row.Gone, Address = Merge.Row.Kept };
        await worker.Send(merge);
        var view = await worker.Opens(twins.Dossier);
        var one = Assert.Single(view.People);
        Assert.Equal((twins.Kept, "Ada Exemple", "0470 00 00 02", "Rue 1", Damage.Moral | Damage.Physical), (one.Id, one.Name, one.Identity.Phone, one.Identity.Address, one.Person.Damage));
        Assert.Equal((Rule.OnlyIf, Rule.NotAsked, Rule.Never, Rule.Never, Rule.Never), (one.Safe.Call, one.Safe.Sms, one.Safe.Mail, one.Safe.Letter, one.Safe.Visit));
        Assert.Null(one.Safe.Checked);
        Assert.Equal("after five", one.Safe.Details.Value.WhatMayBeSaid);
        // All that named the other names this one, and can be read.
        Assert.Equal([twins.Kept], view.Dossier.Lead is { } lead ? [lead] : []);
        Assert.All(await zone.Look(z => z.Set<Note>().Where(n => n.DossierId == twins.Dossier).ToListAsync()), n => Assert.Equal([twins.Kept], n.Persons));
        Assert.All(await zone.Look(z => z.Set<Contact>().Where(n => n.DossierId == twins.Dossier).ToListAsync()), n => Assert.Equal([twins.Kept], n.Persons));
        Assert.All(await zone.Look(z => z.Set<FollowUp>().Where(n => n.DossierId == twins.Dossier).ToListAsync()), n => Assert.Equal([twins.Kept], n.Persons));
        var letter = await zone.Look(async z => { var l = await z.Set<Letter>().SingleAsync(); return (l.PersonId, l.State, l.Why, l.Content.Value.Text); });
        Assert.Equal((twins.Kept, LetterState.Dropped, Bar.Changed, "Bonjour Ada"), letter); // what waited is taken back
        Assert.All((await worker.Send(new VictimSupport.Casework.Dossiers.Search.Query { Text = "0470000001" })).Rows, _ => Assert.Fail("found by a number that was left behind"));
        Assert.Single((await worker.Send(new VictimSupport.Casework.Dossiers.Search.Query { Text = "0470000002" })).Rows);
        Assert.Contains(view.Timeline, h => h.Title == "Two entries of one person merged" && h.By == worker.Id);
        Assert.NotEmpty(await zone.Look(z => z.Set<AuditRow>().Where(a => a.Act == "Casework.People.Merge" && a.Subject == twins.Dossier && a.Payload.Contains("changed")).ToListAsync()));
    }

    [Theory, EveryEngine]
    public async Task What_both_agreed_to_for_one_partner_is_the_one_persons_and_back(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        var partner = await worker.Send(Referring.Partner());
        var made = new List<Guid>();
        foreach (var person in new[] { twins.Kept, twins.Gone })
        {
            made.Add((await worker.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = twins.Dossier, Persons = [person], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value);
            await worker.Agrees(twins.Dossier, made[^1]);
        }
        await worker.Send(await worker.Form(twins));
        Assert.Equal([twins.Kept, twins.Kept], await Whose());
        Assert.All(await zone.Look(z => z.Set<VictimSupport.Casework.Referrals.Consent>().ToListAsync()), c => Assert.Equal(1, c.Version));
        await worker.Send(new UndoMerge.Command(twins.Dossier, (await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers.Single().Id));
        Assert.Equal([twins.Kept, twins.Gone], await Whose());

        async Task<Guid[]> Whose() => [.. (await zone.Look(z => z.Set<VictimSupport.Casework.Referrals.Referral>().AsNoTracking().ToListAsync())).OrderBy(r => made.IndexOf(r.Id)).Select(r => r.PersonId)];
    }

    [Theory, EveryEngine]
    public async Task Reached_in_one_row_nobody_waits_for_them_in_the_other_and_undone_somebody_does(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        await worker.Send(await worker.Contact(zone, dossier));
        var gone = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "A.", FamilyName = "Exempel", Capacity = Capacity.Victim, Language = "nl" });
        Assert.Equal([gone], Assert.Single((await worker.Opens(dossier)).Planned).Persons);
        await worker.Send(await worker.Form(new Twins(dossier, await worker.LeadOf(dossier), gone)));
        Assert.Empty((await worker.Opens(dossier)).Planned);
        await worker.Send(new UndoMerge.Command(dossier, (await worker.Send(new Merge.Query(dossier, await worker.LeadOf(dossier), null))).Mergers.Single().Id));
        var view = await worker.Opens(dossier);
        Assert.Equal((ActKind.FirstContact, gone), (Assert.Single(view.Planned).Kind, Assert.Single(view.Planned[0].Persons)));
        Assert.Equal(view.Planned[0].DueAt, view.Dossier.NextDue);
        // Closed meanwhile, nothing waits in it.
        await worker.Send(await worker.Form(new Twins(dossier, await worker.LeadOf(dossier), gone)));
        await worker.Closes(dossier);
        await worker.Send(new UndoMerge.Command(dossier, (await worker.Send(new Merge.Query(dossier, await worker.LeadOf(dossier), null))).Mergers[0].Id));
        Assert.Empty((await worker.Opens(dossier)).Planned);
    }

    [Theory, EveryEngine]
    public async Task What_a_mother_agreed_to_for_her_child_holds_when_her_two_rows_become_one_and_back(string engine)
    {
        var (zone, anna, family) = await Family.In(await platforms.On(engine));
        var partner = await anna.Send(Referring.Partner("Centre PMS") with { Type = "CPMS", Needs = [VictimSupport.Network.Contracts.Need.Children] });
        var referral = (await anna.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = family.Dossier, Persons = [family.Noah], Need = VictimSupport.Network.Contracts.Need.Children, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        var again = await anna.Send(new Edit.Command { Dossier = family.Dossier, GivenName = "Mia", FamilyName = "Peeters", Capacity = Capacity.Representative, Language = "nl" });
        await anna.Send(await anna.Standing(family, again) with { Role = StandingRole.Parent, Told = Authority.Person, What = "l’école", Reason = "il le veut" });
        await anna.Send(await anna.Consent(family.Dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative, Representative = again });
        await anna.Send(await anna.Form(new Twins(family.Dossier, family.Mother, again)));
        Assert.Equal((family.Mother, false), await Given());
        await anna.Send(new UndoMerge.Command(family.Dossier, (await anna.Send(new Merge.Query(family.Dossier, family.Mother, null))).Mergers.Single().Id));
        Assert.Equal((again, false), await Given());

        async Task<(Guid?, bool)> Given() => ((await anna.Send(new VictimSupport.Casework.Referrals.Show.Query(family.Dossier, referral))).Consents.Single().Consent.Representative, (await anna.Send(new VictimSupport.Casework.Referrals.Send.Query(family.Dossier, referral))).IsOutdated);
    }

    [Theory, EveryEngine]
    public async Task A_document_about_whoever_went_stands_under_the_key_of_whoever_stayed_and_back(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        async Task<Guid> Puts(params Guid[] about) => await worker.Send(await worker.File(twins.Dossier) with { Persons = [.. about] });
        var (theirs, both) = (await Puts(twins.Gone), await Puts(twins.Kept, twins.Gone));
        Assert.Equal((twins.Gone, twins.Dossier), (await Owner(theirs), await Owner(both)));
        await worker.Send(await worker.Form(twins));
        Assert.Equal((twins.Kept, twins.Dossier), (await Owner(theirs), await Owner(both)));
        Assert.Equal(Files.Pdf, (await worker.Send(new VictimSupport.Casework.Documents.Download.Query(twins.Dossier, theirs))).Content);
        await worker.Send(new UndoMerge.Command(twins.Dossier, (await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers.Single().Id));
        Assert.Equal((twins.Gone, twins.Dossier), (await Owner(theirs), await Owner(both)));
        Assert.Equal(Files.Pdf, (await worker.Send(new VictimSupport.Casework.Documents.Download.Query(twins.Dossier, theirs))).Content);
        Assert.All((await worker.Send(new VictimSupport.Casework.Documents.List.Query(twins.Dossier))).Rows, r => Assert.Equal("Attest", r.Head.Title));

        async Task<Guid> Owner(Guid document) => await zone.Look(async z =>
        {
            var row = await z.Set<VictimSupport.Casework.Documents.Document>().SingleAsync(d => d.Id == document);
            Assert.All(await z.Set<VictimSupport.Casework.Documents.DocumentPart>().Where(p => p.DocumentId == document).Select(p => p.KeyOwner).ToListAsync(), o => Assert.Equal(row.KeyOwner, o));
            return row.KeyOwner;
        });
    }

    [Theory, EveryEngine]
    public async Task Undone_everything_is_as_it_was(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        var before = await State(zone, twins);
        await worker.Send(await worker.Form(twins) with { Name = Merge.Row.Gone, Phone = Merge.Row.Gone });
        Assert.NotEqual(before, await State(zone, twins));
        var merger = Assert.Single((await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers);
        Assert.True(await worker.Send(new UndoMerge.Command(twins.Dossier, merger.Id)));
        Assert.Equal(before, await State(zone, twins));
        Assert.False(await worker.Send(new UndoMerge.Command(twins.Dossier, merger.Id))); // pressed twice
        Assert.Empty((await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers);
        Assert.Null(await zone.Look(async z => (await z.Set<Merger>().SingleAsync()).Was)); // what it kept of both is gone
        // Both keys seal what is theirs: destroying the one's forgets the one.
        Assert.Equal("Bonjour Ada", await zone.Look(async z => (await z.Set<Letter>().SingleAsync()).Content.Value.Text));
        Assert.Equal(twins.Gone, await zone.Look(async z => (await z.Set<Letter>().SingleAsync()).KeyOwner));
    }

    [Theory, EveryEngine]
    public async Task What_somebody_changed_since_is_not_wiped_out_and_says_so(string engine)
    {
        var (_, worker, twins) = await Twins.In(await platforms.On(engine));
        await worker.Send(await worker.Form(twins));
        var merger = Assert.Single((await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers).Id;
        var was = await worker.Send(new Edit.Query(twins.Dossier, twins.Kept, "fr"));
        await worker.Send(was with { Dossier = twins.Dossier, Person = twins.Kept, GivenName = "Adèle" });
        Assert.Contains("was changed since", await Says(), StringComparison.Ordinal);
        await worker.Send((await worker.Send(new Edit.Query(twins.Dossier, twins.Kept, "fr"))) with { Dossier = twins.Dossier, Person = twins.Kept, GivenName = was.GivenName });
        await worker.Agrees(twins.Dossier, twins.Kept, r => r with { CodeWord = "Magnolia" });
        Assert.Contains("rules of safe contact were changed", await Says(), StringComparison.Ordinal);

        async Task<string> Says() => Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new UndoMerge.Command(twins.Dossier, merger)))).Errors).ErrorMessage;
    }

    [Theory, EveryEngine]
    public async Task What_was_written_since_stays_with_the_one(string engine)
    {
        var (_, worker, twins) = await Twins.In(await platforms.On(engine));
        await worker.Send(await worker.Form(twins));
        await worker.Send(new Write.Command { Dossier = twins.Dossier, Persons = [twins.Kept], Layer = Layer.Assistance, Text = "written since" });
        await worker.Send(new StillGood.Command(twins.Dossier, twins.Kept, (await worker.RulesOf(twins.Dossier, twins.Kept)).Revision)); // asked again: nothing that would be lost
        await worker.Send(new UndoMerge.Command(twins.Dossier, Assert.Single((await worker.Send(new Merge.Query(twins.Dossier, twins.Kept, null))).Mergers).Id));
        var view = await worker.Opens(twins.Dossier);
        Assert.Equal(2, view.People.Count);
        Assert.Equal("Ada Exemple", Assert.Single(view.Timeline, h => h.Text == "written since").Persons);
        Assert.Equal("A. Exempel", Assert.Single(view.Timeline, h => h.Text == "of the other").Persons);
    }

    [Theory, EveryEngine]
    public async Task What_was_typed_of_whoever_a_colleague_merged_away_meanwhile_is_saved_of_whoever_stayed(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        var (dossier, gone, now) = (twins.Dossier, twins.Gone, zone.Platform.Clock.GetUtcNow());
        var stays = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Adèle", FamilyName = "Exemple", Capacity = Capacity.Victim, Language = "fr", Phone = "0470 00 00 03" });
        await worker.Send(await worker.Form(twins));
        await worker.Send(await worker.Form(new Twins(dossier, stays, twins.Kept))); // and the one that stayed went too
        var partner = await worker.Send(Referring.Partner());
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [gone], Layer = Layer.Assistance, Text = "typed meanwhile", Next = ActKind.CallBack, Due = now.AddDays(9) });
        var contact = await worker.Send(new Record.Command { Dossier = dossier, Persons = [gone, twins.Kept], Place = Place.Office, At = now, Minutes = 25, Services = [ServiceKind.Listening], StillValid = [StillGood.Key(gone, (await worker.RulesOf(dossier, stays)).Revision)] });
        var meeting = await worker.Send(await worker.Appointment(zone, dossier) with { Persons = [gone], Despite = true });
        var document = await worker.Send(await worker.File(dossier) with { Persons = [gone] });
        var offer = (await worker.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = dossier, Persons = [gone], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        var sharing = await worker.Send(new VictimSupport.Casework.Sharings.Share.Command { Dossier = dossier, Once = Guid.NewGuid(), Persons = [gone], Ground = SharingGround.Danger, Recipient = "r", What = "w", DecidedBy = "d", Reason = "r", Told = true, At = now });
        var risk = await worker.Send(new NoteRisk.Command { Dossier = dossier, Persons = [gone], On = VictimSupport.Design.Html.Moment.Day(now), Level = RiskLevel.Moderate, Author = RiskAuthor.Police });
        await zone.Look(async z =>
        {
            Assert.Equal([stays], Assert.Single(await z.Set<Note>().Where(n => n.DossierId == dossier).ToListAsync(), n => n.Text.Value == "typed meanwhile").Persons);
            Assert.Equal([stays], Assert.Single(await z.Set<FollowUp>().Where(f => f.DossierId == dossier).ToListAsync(), f => f.DueAt > now.AddDays(8) && f.Kind == ActKind.CallBack).Persons);
            foreach (var id in new[] { contact, meeting }) Assert.Equal([stays], (await z.Set<Contact>().SingleAsync(c => c.Id == id)).Persons);
            var filed = await z.Set<VictimSupport.Casework.Documents.Document>().SingleAsync(d => d.Id == document);
            Assert.Equal([stays, stays], [.. filed.Persons, filed.KeyOwner]);
            Assert.Equal(stays, (await z.Set<VictimSupport.Casework.Referrals.Referral>().SingleAsync(r => r.Id == offer)).PersonId);
            Assert.Equal([stays], (await z.Set<VictimSupport.Casework.Sharings.Sharing>().SingleAsync(s => s.Id == sharing)).Persons);
            Assert.Equal([stays], (await z.Set<Risk>().SingleAsync(r => r.Id == risk)).Persons);
            return true;
        });
        // The rules that were read were the other row's: nothing of them was called still valid.
        Assert.Null((await worker.RulesOf(dossier, stays)).Checked);
        // An id that was never in this dossier is nobody, in whichever dossier it was merged.
        var elsewhere = await worker.Registers(Cases.Intake(zone, "Elders", "Els"));
        foreach (var (where, who) in new[] { (dossier, Guid.NewGuid()), (elsewhere, gone) })
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Write.Command { Dossier = where, Persons = [who], Layer = Layer.Assistance, Text = "of nobody" }))).Code);
    }

    [Theory, EveryEngine]
    public async Task Two_who_stand_for_each_other_or_of_whom_one_is_the_perpetrator_are_not_one(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support });
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.Form(new Twins(family.Dossier, family.Noah, family.Grandmother)))), "Name");
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.Form(new Twins(family.Dossier, family.Mother, family.Father)))), "Capacity");
    }

    [Theory, EveryEngine]
    public async Task Of_two_who_stood_for_one_child_a_conflict_stays_and_what_only_one_allowed_ends(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var again = await worker.Send(new Edit.Command { Dossier = family.Dossier, GivenName = "Rosa", FamilyName = "Fictif", Capacity = Capacity.SupportPerson, Language = "fr" });
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Person, Reason = "wants it" });
        await worker.Send(await worker.Standing(family, again) with { Role = StandingRole.Other, Conflict = true, ConflictWhat = "his mother" });
        var before = await Stood();
        await worker.Send(await worker.Form(new Twins(family.Dossier, family.Grandmother, again)));
        var one = Assert.Single((await worker.Opens(family.Dossier)).Standings);
        Assert.Equal((family.Grandmother, family.Noah, true, Authority.Nobody), (one.WhoId, one.PersonId, one.Conflict, one.Reached));
        await worker.Send(new UndoMerge.Command(family.Dossier, Assert.Single((await worker.Send(new Merge.Query(family.Dossier, family.Grandmother, null))).Mergers).Id));
        Assert.Equal(before, await Stood());

        async Task<string> Stood() => string.Join('\n', (await zone.Look(z => z.Set<Standing>().ToListAsync())).OrderBy(s => s.Id).Select(s => s.Keep().ToString()));
    }

    [Theory, EveryEngine]
    public async Task Nobody_of_another_dossier_or_behind_a_wall_is_merged(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        var elsewhere = await worker.Registers(Cases.Intake(zone)); // the same name, and perhaps the same human: two dossiers stay two
        var other = await worker.LeadOf(elsewhere);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await worker.Form(twins) with { Other = other }))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await zone.As(Role.Caseworker).Send(await worker.Form(twins)))).Code);
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.Form(twins) with { Version = 1 })), "Name");
    }

    [Theory, EveryEngine]
    public async Task Overtaken_by_a_colleague_the_rows_are_shown_as_they_are_now_and_the_next_press_merges_them(string engine)
    {
        var (zone, worker, twins) = await Twins.In(await platforms.On(engine));
        using var visit = worker.Visit();
        var path = $"/dossiers/{twins.Dossier}/people/{twins.Kept}/merge/{twins.Gone}";
        var before = await visit.Page(path);
        Assert.DoesNotContain("Saved meanwhile", before.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await worker.Send(await worker.Send(new Edit.Query(twins.Dossier, twins.Gone, "nl")) with { Dossier = twins.Dossier, Person = twins.Gone, Phone = "0470 00 00 09" });
        var shown = await Visit.Read(await visit.Send(path, Form(before), [KeyValuePair.Create("Form.Phone", nameof(Merge.Row.Gone))]));
        var theirs = shown.QuerySelectorAll("main .govuk-summary-card").Single(s => s.TextContent.Contains("Saved meanwhile", StringComparison.Ordinal));
        Assert.Contains("0470 00 00 01 / 0470 00 00 09", theirs.TextContent, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await visit.Send(path, Form(shown), [])).StatusCode);
        Assert.Equal("0470 00 00 09", Assert.Single((await worker.Opens(twins.Dossier)).People).Identity.Phone); // what was chosen is what was shown

        static AngleSharp.Html.Dom.IHtmlFormElement Form(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelectorAll("main form[method=post]").Cast<AngleSharp.Html.Dom.IHtmlFormElement>().Single(f => f.QuerySelector("[name='Form.Version']") is not null);
    }

    [Fact]
    public async Task Whatever_names_a_person_of_a_dossier_is_repointed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await zone.Look(z =>
        {
            var found = Pointers.TypesOf(z.Model).Select(t => t.ClrType).ToList();
            foreach (var known in new[] { typeof(Note), typeof(Contact), typeof(FollowUp), typeof(Letter), typeof(Message), typeof(RuleChange), typeof(Risk) }) Assert.Contains(known, found);
            // A person named by any other word would be forgotten by a merge.
            var others = z.Model.GetEntityTypes().Where(t => t.ClrType.IsAssignableTo(typeof(IOfDossier))).SelectMany(t => t.GetProperties().Where(p => p.Name.Contains("Person", StringComparison.Ordinal) && p.ClrType != typeof(Sealed<Particulars>) && p.Name is not (Pointers.Several or Pointers.One)).Select(p => $"{t.ClrType.Name}.{p.Name}")).ToList();
            Assert.Empty(others);
            return Task.FromResult(true);
        });
    }

    [Fact]
    public async Task The_page_shows_both_and_undoes_with_one_press()
    {
        var (_, worker, twins) = await Twins.In(await platforms.On("sqlite"));
        using var visit = worker.Visit();
        var page = await visit.Page($"/dossiers/{twins.Dossier}/people/{twins.Kept}/merge/{twins.Gone}");
        Assert.Contains("0470 00 00 02", page.Body!.TextContent, StringComparison.Ordinal);
        await visit.Submit($"/dossiers/{twins.Dossier}/people/{twins.Kept}/merge/{twins.Gone}", [new("Form.Name", "Gone")], "main form[method=post]:not([action*='Undo'])");
        Assert.Equal("A. Exempel", Assert.Single((await worker.Opens(twins.Dossier)).People).Name);
        await visit.Submit($"/dossiers/{twins.Dossier}/people/{twins.Kept}/merge", [], "form[action*='Undo']");
        Assert.Equal(2, (await worker.Opens(twins.Dossier)).People.Count);
    }

    [Fact]
    public void Of_two_rules_the_one_that_lets_less_through_holds()
    {
        foreach (var channel in Enum.GetValues<Channel>())
        {
            foreach (var rule in Enum.GetValues<Rule>())
            {
                Assert.Equal(Rule.Never, SafeContact.Stricter(channel, rule, Rule.Never));
                Assert.Equal(rule, SafeContact.Stricter(channel, Rule.Safe, rule));
                foreach (var other in Enum.GetValues<Rule>()) Assert.Equal(SafeContact.Stricter(channel, rule, other), SafeContact.Stricter(channel, other, rule));
            }
            // What nobody asked about lets nothing through but a call after the script, and a first letter.
            Assert.Equal(channel is Channel.Call or Channel.Letter ? Rule.OnlyIf : Rule.NotAsked, SafeContact.Stricter(channel, Rule.NotAsked, Rule.OnlyIf));
        }
    }

    [Theory]
    [InlineData("09:00", "15:00", "12:00", "18:00", "12:00", "15:00", "Safe"), InlineData("09:00", "12:00", "14:00", "18:00", null, null, "OnlyIf"), InlineData("22:00", "06:00", "09:00", "12:00", null, null, "OnlyIf"), InlineData("09:00", "12:00", null, null, "09:00", "12:00", "Safe")]
    public void Of_two_hours_what_both_allow_holds(string from, string until, string? otherFrom, string? otherUntil, string? bothFrom, string? bothUntil, string call)
    {
        var now = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
        var (one, other) = (Said(At(from), At(until)), Said(At(otherFrom), At(otherUntil)));
        one.Join(other.Now());
        Assert.Equal((At(bothFrom), At(bothUntil), Enum.Parse<Rule>(call)), (one.Details.Value.From, one.Details.Value.Until, one.Call));
        if (bothFrom is null) Assert.Contains(from, one.Details.Value.Hours, StringComparison.Ordinal);
        Assert.True(one.MustBeAskedAgain(now));

        static TimeOnly? At(string? clock) => clock is null ? null : TimeOnly.Parse(clock, System.Globalization.CultureInfo.InvariantCulture);

        SafeContact Said(TimeOnly? f, TimeOnly? u)
        {
            var safe = SafeContact.For(Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), Capacity.Victim, "fr", now));
            safe.Agree(Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, Rule.Safe, new SafeDetails(From: f, Until: u), Guid.NewGuid(), now);
            return safe;
        }
    }

    // All that a merge touches, opened, without what rises with every change.
    private static Task<string> State(TestZone zone, Twins twins) => zone.Look(async z =>
    {
        var lines = new List<string>();
        foreach (var person in (await z.Set<Person>().Where(p => p.DossierId == twins.Dossier).ToListAsync()).OrderBy(p => p.Id)) lines.Add($"{person.Id} {person.Keep()}");
        foreach (var safe in (await z.Set<SafeContact>().Where(s => s.DossierId == twins.Dossier).ToListAsync()).OrderBy(s => s.Id)) lines.Add($"{safe.Id} {safe.Now() with { Revision = 0 }}");
        foreach (var note in (await z.Set<Note>().Where(n => n.DossierId == twins.Dossier).ToListAsync()).OrderBy(n => n.Id)) lines.Add($"{note.Id} {string.Join(' ', note.Persons)} {note.Text.Value}");
        foreach (var contact in (await z.Set<Contact>().Where(n => n.DossierId == twins.Dossier).ToListAsync()).OrderBy(n => n.Id)) lines.Add($"{contact.Id} {string.Join(' ', contact.Persons)}");
        foreach (var act in (await z.Set<FollowUp>().Where(n => n.DossierId == twins.Dossier).ToListAsync()).OrderBy(n => n.Id)) lines.Add($"{act.Id} {string.Join(' ', act.Persons)}");
        foreach (var letter in await z.Set<Letter>().Where(l => l.DossierId == twins.Dossier).ToListAsync()) lines.Add($"{letter.Id} {letter.PersonId} {letter.Content.Value.Text}");
        foreach (var interpreter in (await z.Set<Interpreter>().Where(i => i.DossierId == twins.Dossier).ToListAsync()).OrderBy(i => i.Id)) lines.Add($"{interpreter.Id} {interpreter.Keep()}");
        foreach (var token in await z.Set<SearchToken>().Where(t => t.DossierId == twins.Dossier).OrderBy(t => t.Owner).ThenBy(t => t.Token).ThenBy(t => t.Kind).ToListAsync()) lines.Add($"{token.Owner} {token.Kind} {token.Token}");
        lines.Add($"{(await z.Set<Dossier>().SingleAsync(d => d.Id == twins.Dossier)).Lead}");
        return string.Join('\n', lines);
    });
}

/// <summary>Ada, typed in twice: at night from her sister's telephone, by day from her own.</summary>
internal sealed record Twins(Guid Dossier, Guid Kept, Guid Gone)
{
    public static async Task<(TestZone Zone, VictimSupport.Tests.Kit.Person Worker, Twins Twins)> In(Platform platform)
    {
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, phone: "0470 00 00 01") with { Safe = Rule.OnlyIf, Condition = "after five", Note = "of the one" });
        var kept = await worker.LeadOf(dossier);
        await worker.Send(await worker.Send(new Edit.Query(dossier, kept, "fr")) with { Dossier = dossier, Person = kept, Address = "Rue 1", Damages = [Damage.Moral] });
        await worker.Agrees(dossier, kept, r => r with { Call = Rule.OnlyIf, Mail = Rule.Safe, Letter = Rule.Never, Visit = Rule.Safe, WhatMayBeSaid = "after five" });
        var gone = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "A.", FamilyName = "Exempel", Capacity = Capacity.Victim, Language = "nl", Phone = "0470 00 00 02", Address = "Rue 2", Damages = [Damage.Physical] });
        await worker.Agrees(dossier, gone, r => r with { Call = Rule.Safe, Mail = Rule.Never, Letter = Rule.Safe, Visit = Rule.Never });
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [gone], Layer = Layer.Assistance, Text = "of the other", Next = ActKind.CallBack, Due = zone.Platform.Clock.GetUtcNow().AddHours(5) });
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [kept, gone], Layer = Layer.Police, Text = "of both" });
        await worker.Send(new Record.Command { Dossier = dossier, Persons = [kept, gone], Place = Place.Office, At = zone.Platform.Clock.GetUtcNow(), Minutes = 20, Services = [ServiceKind.Listening] });
        await worker.Send(new Prepare.Command { Dossier = dossier, Person = gone, Kind = LetterKind.Recontact, Language = "nl", Text = "Bonjour Ada", Shown = (await worker.RulesOf(dossier, gone)).Revision });
        await worker.Send(new Interpret.Command { Dossier = dossier, Person = gone, Kind = InterpreterKind.Phone, Name = "Tolk Vertaler", Version = (await worker.Opens(dossier)).Dossier.Version });
        return (zone, worker, new Twins(dossier, kept, gone));
    }
}

internal static class Merging
{
    /// <summary>The form, filled in as it comes: what the row that stays says.</summary>
    public static async Task<Merge.Command> Form(this VictimSupport.Tests.Kit.Person by, Twins twins) => new()
    {
        Dossier = twins.Dossier, Person = twins.Kept, Other = twins.Gone, Version = (await by.Opens(twins.Dossier)).Dossier.Version,
        Name = Merge.Row.Kept, Capacity = Merge.Row.Kept, Sex = Merge.Row.Kept, Birth = Merge.Row.Kept, Language = Merge.Row.Kept, Phone = Merge.Row.Kept, Mail = Merge.Row.Kept, Address = Merge.Row.Kept,
    };
}
