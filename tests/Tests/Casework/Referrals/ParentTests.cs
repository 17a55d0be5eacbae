using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Show = VictimSupport.Casework.Referrals.Show;

namespace VictimSupport.Tests.Casework;

public sealed class ParentTests(Platforms platforms)
{
    /// <summary>A mother who was beaten is a victim in the dossier of her boy, and shares a telephone with the man who beat her: she agrees for the boy, he for nobody.</summary>
    [Theory, EveryEngine]
    public async Task A_parent_who_is_helped_too_agrees_for_a_minor_and_the_other_who_is_suspected_does_not(string engine)
    {
        var (_, anna, family) = await Family.In(await platforms.On(engine));
        var partner = await anna.Send(Referring.Partner("Centre PMS") with { Type = "CPMS", Needs = [VictimSupport.Network.Contracts.Need.Children] });
        var referral = (await anna.Send(new Offer.Command { Dossier = family.Dossier, Persons = [family.Noah], Need = VictimSupport.Network.Contracts.Need.Children, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        Assert.Empty(await May());
        foreach (var parent in new[] { family.Mother, family.Father }) await anna.Send(await anna.Standing(family, parent) with { Role = StandingRole.Parent, Conflict = parent == family.Father, ConflictWhat = parent == family.Father ? "suspect" : null });
        await anna.Send(await anna.Standing(family, family.Grandmother) with { Role = StandingRole.Support });
        // Nobody decided that she is told: to ask her would tell her.
        Assert.Empty(await May());
        await anna.Send(await anna.Standing(family, family.Mother) with { Role = StandingRole.Parent, Told = Authority.Person, What = "l’école", Reason = "il le veut" });
        Assert.Equal(family.Mother, Assert.Single(await May()));
        var consent = await anna.Consent(family.Dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative, Representative = family.Mother };
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(consent with { Representative = family.Father, Once = Guid.NewGuid() }))).Code);
        await anna.Send(consent with { Once = Guid.NewGuid() });
        Assert.NotNull((await anna.Sends(family.Dossier, referral)).Token);
        // He would rather not: she is told nothing from now on, and what she agreed to goes no further until it is decided anew.
        await anna.Send(await anna.Standing(family, family.Mother) with { Role = StandingRole.Parent, Told = Authority.Nobody, What = null, Reason = null });
        Assert.Empty(await May());
        Assert.Null((await anna.Send(new Show.Query(family.Dossier, referral))).Referral.ConsentId);
        await anna.Send(await anna.Standing(family, family.Mother) with { Role = StandingRole.Parent, Told = Authority.Person, What = "l’école", Reason = "il le veut" });
        await anna.Send(await anna.Consent(family.Dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative, Representative = family.Mother, Once = Guid.NewGuid() });
        // Grown up, he agrees for himself: what she agreed to goes no further.
        await anna.Send(await anna.Send(new Edit.Query(family.Dossier, family.Noah, "fr")) with { Dossier = family.Dossier, Person = family.Noah, IsMinor = false, EstimatedAge = 19 });
        Assert.Empty(await May());
        Assert.Null((await anna.Send(new Show.Query(family.Dossier, referral))).Referral.ConsentId);

        async Task<Guid[]> May() => [.. (await anna.Send(new Agree.Query(family.Dossier, referral, [], null))).Representatives.Select(r => r.Id)];
    }

    [Fact]
    public async Task On_an_eighteenth_birthday_no_parent_agrees_any_more_and_what_one_agreed_to_goes_no_further()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, anna, family) = await Family.In(platform);
        await anna.Send(await anna.Send(new Edit.Query(family.Dossier, family.Noah, "fr")) with { Dossier = family.Dossier, Person = family.Noah, EstimatedAge = null, BirthDate = Moment.Day(platform.Clock.GetUtcNow()).AddYears(-18).AddDays(2) });
        var partner = await anna.Send(Referring.Partner("Centre PMS") with { Type = "CPMS", Needs = [VictimSupport.Network.Contracts.Need.Children] });
        var referral = (await anna.Send(new Offer.Command { Dossier = family.Dossier, Persons = [family.Noah], Need = VictimSupport.Network.Contracts.Need.Children, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        await anna.Send(await anna.Standing(family, family.Mother) with { Role = StandingRole.Parent, Told = Authority.Person, What = "l’école", Reason = "il le veut" });
        await anna.Send(await anna.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "the father lives at home", Reference = "LA.7" });
        await anna.Send(await anna.Consent(family.Dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative, Representative = family.Mother, Once = Guid.NewGuid() });
        var before = await anna.Send(new Agree.Query(family.Dossier, referral, [], null));
        Assert.Equal((true, family.Mother, false), (before.IsMinor, Assert.Single(before.Representatives).Id, (await anna.Send(new Send.Query(family.Dossier, referral))).IsOutdated));
        platform.Clock.Advance(TimeSpan.FromDays(3));
        var after = await anna.Send(new Agree.Query(family.Dossier, referral, [], null));
        Assert.Equal((false, 0, true), (after.IsMinor, after.Representatives.Count, (await anna.Send(new Send.Query(family.Dossier, referral))).IsOutdated));
        // Nor does another zone learn through whom he was reached as a child.
        var (b, chief) = (await platform.Zone(), zone.As(Role.Coordinator));
        var content = (await b.As(Role.Coordinator).Send(new VictimSupport.Casework.Handovers.Show.Query(await chief.HandsOver(family.Dossier, b, f => f with { Persons = [family.Noah], Fields = [] })))).Content!;
        Assert.False(Assert.Single(content.People).IsMinor);
        Assert.DoesNotContain("0470 99 88 77", string.Concat(content.Notes.Select(n => n.Text)), StringComparison.Ordinal);
    }
}
