using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Identity;

/// <summary>One address is one account, and none passes for another.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("Jan.Maes@Example.Test"), InlineData("ＪＡＮ.maes@example.test"), InlineData("  jan.maes@example.test ")]
    public void However_it_is_written_it_is_one(string written) => Assert.Equal(Addresses.Normal("jan.maes@example.test"), Addresses.Normal(written));

    [Theory]
    [InlineData("jаn.maes@example.test"), InlineData("jan.maes@exаmple.test"), InlineData("jan.mae\u0455@example.test"), InlineData("jan\u200b.maes@example.test"), InlineData("jan.maes\u202e@example.test"), InlineData("jan maes@example.test")]
    public async Task A_letter_of_another_alphabet_is_refused(string written)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var administrator = zone.As(Role.ZoneAdministrator);
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => administrator.Send(new Invite.Command { Name = "Jan", Email = written, Template = "Caseworker", Language = "fr" }));
        Assert.Throws<RefusedException>(() => Invitation.New(new Invitee(written, "Jan", "fr"), new Promise(zone.Id, Role.FrontDesk, null), null, default));
    }

    [Theory]
    [InlineData("jan.rnaes@example.test", true), InlineData("jan-maes@example.test", true), InlineData("jan.maes@examp1e.test", true), InlineData("JAN.MAES@example.test", false), InlineData("jan.maas@example.test", false), InlineData("janmaes@example.test", false)]
    public async Task An_address_that_the_eye_takes_for_a_colleagues_is_not_invited(string written, bool doubted)
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        using var known = await Holder.Make(platform, zone, "jan.maes@example.test", Role.FrontDesk);
        var invitation = new Invite.Command { Name = "Jan", Email = written, Template = "Caseworker", Language = "fr" };
        if (doubted) await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => zone.As(Role.ZoneAdministrator).Send(invitation));
        else Assert.NotEqual(NewcomerFate.Clash, await zone.As(Role.ZoneAdministrator).Send(invitation));
        Assert.Equal(NewcomerFate.New, await elsewhere.As(Role.ZoneAdministrator).Send(invitation)); // of another zone's people nothing is told
    }

    [Fact]
    public async Task Two_accounts_under_one_address_cannot_be()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var known = await Holder.Make(platform, zone, "one@example.test", Role.FrontDesk);
        await Assert.ThrowsAnyAsync<Exception>(() => Holder.Make(platform, zone, "ONE@example.test", Role.FrontDesk));
        Assert.Equal(known.Id, (await platform.Services.GetRequiredService<IAccounts>().WithEmail("One@Example.Test", default))!.Id);
    }
}
