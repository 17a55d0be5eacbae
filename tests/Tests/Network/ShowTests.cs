using System.Net;
using AngleSharp.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Partners;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>One partner: who works there, in which world it belongs, and that it is looked at.</summary>
public sealed class ShowTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_contact_lies_sealed_under_a_key_of_its_own_which_is_destroyed_when_it_is_taken_out(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var partner = await anna.Send(Referring.Partner());
        var form = Working.Contact(partner, "Zzkanarie") with { Once = Guid.NewGuid() };
        var who = await anna.Send(form);
        Assert.Equal(who, await anna.Send(form)); // the same form makes one
        await anna.Send(Working.Contact(partner, "Bo Voorbeeld"));
        Assert.Equal(["Bo Voorbeeld", "Zzkanarie"], (await anna.Send(new Show.Query(partner))).Contacts.Select(c => c.Says.Name));
        Assert.Empty(await CanaryTests.Holding(zone, "Zzkanarie"));

        var known = (await anna.Send(new Contact.Query(partner, who))).Form;
        await anna.Send(known with { Partner = partner, Who = who, Function = "Director" });
        var late = await Assert.ThrowsAsync<ValidationException>(() => anna.Send(known with { Partner = partner, Who = who, Function = "Clerk" }));
        Assert.Equal("Name", Assert.Single(late.Errors).PropertyName);
        Assert.Equal("Director", (await anna.Send(new Contact.Query(partner, who))).Form.Function);

        Assert.False(await zone.IsErased(who));
        await anna.Send(new Show.TakeOut(partner, who));
        Assert.Equal("Bo Voorbeeld", Assert.Single((await anna.Send(new Show.Query(partner))).Contacts).Says.Name);
        await zone.RunJobs();
        Assert.False(await zone.Look(z => z.Set<ContactPerson>().AnyAsync(c => c.Id == who)));
        Assert.True(await zone.IsErased(who));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Show.TakeOut(partner, who)))).Code);
    }

    [Fact]
    public async Task The_page_shows_all_that_is_known_and_who_may_only_read_changes_nothing()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var partner = await anna.Send(Referring.Partner());
        var who = await anna.Send(Working.Contact(partner));
        await anna.Send(Working.Agreement(zone, partner));
        await anna.Send(Working.Activity(zone, partner));
        using (var reader = zone.Visit(Role.Trainee))
        {
            var page = await reader.Page($"/partners/{partner}");
            foreach (var said in new[] { "CAW Lindeberg", "Ella Exemple", "Coordinator", "Protocol on referrals", "in force", "Yearly meeting", "psycho-medico-social", "supra-local" }) Assert.Contains(said, page.Body!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("main form[method=post], main a[href*='/contact']"));
            Assert.Equal(HttpStatusCode.NotFound, (await reader.Get($"/partners/{partner}/contact")).StatusCode);
        }
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Trainee).Send(new Show.TakeOut(partner, who)))).Code);
        using var keeper = zone.Visit(Role.Coordinator);
        var wrong = await keeper.Submit($"/partners/{partner}/contact", [KeyValuePair.Create("Form.Name", ""), KeyValuePair.Create("Form.Telephone", "call me"), KeyValuePair.Create("Form.Remark", "kept")], "main form:has([name='Form.Name'])");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var again = await Visit.Read(wrong);
        Assert.NotNull(again.QuerySelector(".govuk-error-summary a[href='#Form_Name']"));
        Assert.NotNull(again.QuerySelector(".govuk-error-summary a[href='#Form_Telephone']"));
        Assert.Contains("kept", again.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing here about a victim", (await keeper.Page("/partners/activity")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reach_and_field_are_as_usual_for_the_type_unless_somebody_says_otherwise()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        await anna.Send(Referring.Partner("House of justice") with { Type = "MJ_AV" });
        await anna.Send(Referring.Partner("Welfare") with { Type = "CPAS" });
        await anna.Send(Referring.Partner("Own") with { Type = "OTHER", Level = PartnerLevel.SupraLocal, Sphere = PartnerSphere.Judicial });
        Assert.Equal(["House of justice", "Own"], await Names(new(null, null, null, false) { Sphere = PartnerSphere.Judicial }));
        Assert.Equal(["Welfare"], await Names(new(null, null, null, false) { Level = PartnerLevel.Local }));
        Assert.Equal(["House of justice", "Own"], await Names(new(null, null, null, false) { Level = PartnerLevel.SupraLocal }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(Referring.Partner() with { Level = (PartnerLevel)7 }));

        async Task<string[]> Names(List.Query query) => [.. (await anna.Send(query)).Select(p => p.Organisation)];
    }

    [Theory, EveryEngine]
    public async Task What_the_bell_counts_stands_in_the_list_of_six_months_on_the_last_days_of_a_month_too(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 8, 31, 9, 0, 0, TimeSpan.Zero));
        var cora = await zone.Hires("cora", Role.Coordinator);
        var one = await cora.Send(Referring.Partner("One"));
        platform.Clock.SetUtcNow(new DateTimeOffset(2028, 2, 28, 9, 0, 0, TimeSpan.Zero));
        Assert.Empty(await cora.Send(new Check.Query(6)));
        platform.Clock.SetUtcNow(new DateTimeOffset(2028, 2, 29, 9, 0, 0, TimeSpan.Zero)); // there is no 31 February
        Assert.True((await zone.Look(z => z.Set<Partner>().AsNoTracking().SingleAsync(p => p.Id == one))).IsStale(platform.Clock.GetUtcNow()));
        Assert.Equal([one], (await cora.Send(new Check.Query(6))).Select(p => p.Id));
        Assert.Empty(await cora.Send(new Check.Query(12)));
    }

    [Theory, EveryEngine]
    public async Task The_yearly_look_lists_what_is_old_and_one_press_does_for_one_or_for_several(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var (one, two, three) = (await anna.Send(Referring.Partner("One")), await anna.Send(Referring.Partner("Two")), await anna.Send(Referring.Partner("Three")));
        var ended = await anna.Send(Referring.Partner("Ended"));
        await anna.Send(new List.End(ended));
        platform.Clock.Advance(TimeSpan.FromDays(200));
        await anna.Send(Referring.Partner("New"));
        Assert.Empty(await anna.Send(new Check.Query(12)));
        Assert.Equal(["One", "Three", "Two"], (await anna.Send(new Check.Query(6))).Select(p => p.Organisation));
        using var visit = anna.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Press("/partners/check?months=6", $"button[formaction*='{one}']")).StatusCode);
        Assert.Equal(["Three", "Two"], (await anna.Send(new Check.Query(6))).Select(p => p.Organisation));
        var none = await visit.Submit("/partners/check?months=6", [], "#check");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.StatusCode);
        Assert.NotNull((await Visit.Read(none)).QuerySelector(".govuk-error-summary a[href='#Form_Partners']"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/partners/check?months=6", [KeyValuePair.Create("Form.Partners", two.ToString()), KeyValuePair.Create("Form.Partners", three.ToString())], "#check")).StatusCode);
        Assert.Empty(await anna.Send(new Check.Query(6)));
        Assert.Equal(anna.Id, (await zone.Look(z => z.Set<Partner>().AsNoTracking().SingleAsync(p => p.Id == two))).CheckedBy);
        // What is no longer offered, or another zone's, is not there; and then none is noted.
        platform.Clock.Advance(TimeSpan.FromDays(40));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Check.Command { Partners = [one, ended] }))).Code);
        Assert.Equal(zone.Today().AddDays(-40), (await zone.Look(z => z.Set<Partner>().AsNoTracking().SingleAsync(p => p.Id == one))).CheckedOn);
    }
}
