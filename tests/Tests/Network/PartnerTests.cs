using System.Globalization;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>The directory of partners: who fits, who may keep it, and that it ages.</summary>
public sealed class PartnerTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_is_narrowed_by_need_language_and_municipality_and_what_names_none_serves_all(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        await anna.Send(Referring.Partner("Here") with { Municipalities = "Twee-Oevers, Liège\nEupen" });
        await anna.Send(Referring.Partner("Everywhere") with { Languages = [] });
        await anna.Send(Referring.Partner("Money") with { Type = "CPAS", Needs = [Need.Money, Need.Shelter], Languages = ["de"] });
        Assert.Equal(["Everywhere", "Here", "Money"], await Names(new(null, null, null, false)));
        Assert.Equal(["Everywhere", "Here"], await Names(new(Need.Support, null, null, false)));
        Assert.Equal(["Everywhere", "Money"], await Names(new(null, "de", null, false)));
        Assert.Equal(["Everywhere", "Here", "Money"], await Names(new(null, null, "LIEGE", false)));
        Assert.Equal(["Everywhere", "Money"], await Names(new(null, null, "Gent", false)));
        Assert.Equal(["Here"], (await Names(new(Need.Support, "nl", "twee oevers", false))).Except(["Everywhere"]));

        async Task<string[]> Names(List.Query query) => [.. (await anna.Send(query)).Select(p => p.Organisation)];
    }

    [Theory, EveryEngine]
    public async Task After_six_months_an_entry_is_marked_and_the_coordinators_are_told_once_until_it_is_checked(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator, "nl");
        await zone.Hires("anna", Role.Caseworker);
        var partner = await cora.Send(Referring.Partner("Zzpartner"));
        await cora.Send(Referring.Partner("Other"));
        platform.Clock.Advance(TimeSpan.FromDays(180));
        await zone.RunJobs();
        Assert.Empty(Told());
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(Told());
        Assert.Equal((Staff.AddressOf(zone, "cora"), "Partnerlijst"), (letter.To, letter.Subject));
        Assert.DoesNotContain("Zzpartner", letter.Text, StringComparison.Ordinal);
        Assert.All(await cora.Send(new List.Query(null, null, null, false)), p => Assert.True(p.IsStale(platform.Clock.GetUtcNow())));
        using (var visit = cora.Visit()) Assert.Contains("to be checked", (await visit.Page("/partners")).Body!.TextContent, StringComparison.Ordinal);
        await cora.Send(new List.Checked(partner));
        Assert.Single(await cora.Send(new List.Query(null, null, null, false)), p => p.IsStale(platform.Clock.GetUtcNow()));
        platform.Clock.Advance(TimeSpan.FromDays(184));
        await zone.RunJobs();
        Assert.Equal(2, Told().Count); // the one that was checked ran out anew; the other was told already

        List<VictimSupport.Foundation.Mail.Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("partners-stale", StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task The_yearly_check_of_the_directory_is_a_task_of_the_coordinators_until_each_entry_was_looked_at(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var (first, second) = (await cora.Send(Referring.Partner("Zzeerste")), await cora.Send(Referring.Partner("Zztweede")));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 11, 23, 9, 0, 0, TimeSpan.Zero));
        Assert.Empty(await Tasks(cora));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 11, 25, 9, 0, 0, TimeSpan.Zero));
        var task = Assert.Single(await Tasks(cora));
        Assert.Contains("2 to look at", task.TextContent, StringComparison.Ordinal);
        Assert.Contains("24/11/2027", task.TextContent, StringComparison.Ordinal);
        Assert.NotNull(task.QuerySelector(".vs-badge--warn")); // since yesterday
        Assert.Empty(await Tasks(anna));
        Assert.EndsWith("/partners/check", task.QuerySelector("a")!.GetAttribute("href"), StringComparison.Ordinal);
        using (var visit = cora.Visit()) Assert.Equal(2, (await visit.Page("/partners/check")).QuerySelectorAll("main tbody tr").Length);
        await anna.Send(new List.Checked(first)); // whoever it was that looked
        Assert.Contains("1 to look at", Assert.Single(await Tasks(cora)).TextContent, StringComparison.Ordinal);
        await cora.Send(new List.End(second));
        Assert.Empty(await Tasks(cora));

        static async Task<AngleSharp.Dom.IElement[]> Tasks(Kit.Person who)
        {
            using var visit = who.Visit();
            return [.. (await visit.Page("/worklist")).QuerySelectorAll("main section[aria-labelledby=tasks] li")];
        }
    }

    [Theory, EveryEngine]
    public async Task Of_partners_and_agreements_each_coordinator_is_told_as_they_chose_and_whoever_is_away_is_replaced(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, dora, elsa) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("dora", Role.Coordinator), await zone.Hires("elsa", Role.Coordinator));
        var (fien, anna) = (await zone.Hires("fien", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        await cora.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 8 });
        await dora.Send(new Choose.Command { Rhythm = MailRhythm.Never, Hour = 8 });
        // Of both something falls due on 24 May: nobody looked for six months, and the end is three months away.
        await anna.Send(Working.Agreement(zone, await anna.Send(Referring.Partner())) with { From = new DateOnly(2026, 1, 1), Until = new DateOnly(2027, 8, 24), Signed = new DateOnly(2026, 1, 1) });
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 5, 24, 9, 0, 0, TimeSpan.Zero));
        await zone.IsAway(elsa, anna);
        await zone.IsAway(fien, cora);
        await zone.RunJobs();
        await zone.RunJobs();
        foreach (var kind in new[] { PartnerReminders.Stale, PartnerReminders.Ending })
            Assert.Equal([Staff.AddressOf(zone, "anna")], platform.Post.Letters.Where(l => l.Key.StartsWith(kind, StringComparison.Ordinal)).Select(l => l.To));
        platform.Clock.Advance(TimeSpan.FromHours(22)); // the next morning, for both and for whom she replaces
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal([Staff.AddressOf(zone, "cora")], platform.Post.Letters.Where(l => l.Key.StartsWith("digest", StringComparison.Ordinal)).Select(l => l.To));
    }

    [Fact]
    public async Task Keeping_it_is_for_few_reading_it_for_those_who_refer_and_ending_keeps_the_row()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, tess, desk) = (zone.As(Role.Caseworker), zone.As(Role.Trainee), zone.As(Role.FrontDesk));
        var partner = await zone.As(Role.ZoneAdministrator).Send(Referring.Partner());
        Assert.Single(await tess.Send(new List.Query(null, null, null, false)));
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => tess.Send(new List.End(partner)))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => tess.Send(Referring.Partner()))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => desk.Send(new List.Query(null, null, null, false)))).Code);
        await anna.Send(new List.End(partner));
        Assert.Empty(await anna.Send(new List.Query(null, null, null, false)));
        Assert.Single(await anna.Send(new List.Query(null, null, null, true)));
        await anna.Send(new List.Again(partner));
        Assert.Single(await anna.Send(new List.Query(null, null, null, false)));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await zone.As(Role.Coordinator).In(await zone.Platform.Zone(), Role.Coordinator).Send(new List.End(partner)))).Code);
    }

    [Fact]
    public async Task The_same_form_makes_one_entry_and_who_saved_over_another_is_told()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var form = Referring.Partner() with { Once = Guid.NewGuid() };
        Assert.Equal(await anna.Send(form), await anna.Send(form));
        var known = Assert.Single(await anna.Send(new List.Query(null, null, null, false)));
        var over = await anna.Send(new Edit.Query(known.Id)) with { Partner = known.Id };
        await anna.Send(over with { Hours = "8-16" });
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(over with { Hours = "10-12" }));
        Assert.Equal("8-16", (await anna.Send(new Edit.Query(known.Id))).Hours);
    }

    [Theory]
    [InlineData("12", false), InlineData("1712", true), InlineData("+32 (0)78 15.00.00", true), InlineData("call us", false)]
    public async Task A_short_number_is_a_number_too(string telephone, bool good)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var saving = zone.As(Role.Caseworker).Send(Referring.Partner() with { Telephone = telephone });
        if (good) await saving;
        else Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => saving)).Errors, e => e.PropertyName == "Telephone");
    }

    [Fact]
    public async Task Every_shipped_type_has_a_word_in_each_language_and_the_zones_own_name_counts_as_a_shipped_one()
    {
        Assert.Equal(PartnerTypes.All.Count, PartnerTypes.All.Select(t => t.Code).Distinct().Count());
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            Assert.All(PartnerTypes.All, t => Assert.DoesNotContain("Type_", VictimSupport.Network.Words.Of("Type_" + t.Code), StringComparison.Ordinal));
        }
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(Referring.Partner() with { Type = "Espace Parole" }));
        await anna.Send(Referring.Partner() with { OwnType = "Espace Parole" });
        var partner = Assert.Single(await anna.Send(new List.Query(null, null, null, false)));
        Assert.Equal(("Espace Parole", PartnerKind.VictimSupport), (Book.TypeOf(partner), PartnerTypes.Find(partner.Type)!.Kind));
    }
}
