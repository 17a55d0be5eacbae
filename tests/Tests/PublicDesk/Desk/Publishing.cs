using VictimSupport.Foundation.Access;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace VictimSupport.Tests.PublicDesk.Desk;

/// <summary>What a coordinator publishes on the page for anybody.</summary>
internal static class Publishing
{
    public static async Task Reaches(TestZone zone, string? telephone, string? sms)
    {
        var chief = zone.As(Role.Coordinator);
        await chief.Send(await chief.Send(new Reach.Query()) with { Telephone = telephone, Sms = sms });
        zone.Platform.Services.GetRequiredService<PublicPages>().Forget(zone.Id);
    }

    public static async Task Says(TestZone zone, string language, Func<Texts.Command, Texts.Command> change)
    {
        var chief = zone.As(Role.Coordinator);
        await chief.Send(change(await chief.Send(new Texts.Query(language))) with { Language = language });
        zone.Platform.Services.GetRequiredService<PublicPages>().Forget(zone.Id);
    }
}
