using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>The figure on the bell is kept for seconds, and never for longer than nothing was written.</summary>
public sealed class BellTests
{
    [Theory, EveryEngine]
    public async Task The_figure_is_kept_for_ten_seconds_for_each_reader_and_is_old_as_soon_as_something_was_written(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var early = await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var late = await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        var due = (await zone.Look(z => z.Set<Dossier>().SingleAsync(d => d.Id == late))).NextDue!.Value;
        platform.Clock.Advance(due - platform.Clock.GetUtcNow() - TimeSpan.FromSeconds(3));
        using var hers = anna.Visit();
        using var his = bert.Visit();
        Assert.Equal((2, 0), (await Figure(hers), await Figure(his)));
        platform.Clock.Advance(TimeSpan.FromSeconds(8)); // the third fell due, nobody wrote
        Assert.Equal(2, await Figure(hers));
        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, await Figure(hers));
        await cora.Send(new Assign.Command(early, bert.Id));
        Assert.Equal((2, 1), (await Figure(hers), await Figure(his)));
    }

    private static async Task<int> Figure(Visit visit) => int.Parse((await visit.Page("/search")).QuerySelector(".vs-bell .vs-count")?.TextContent ?? "0", CultureInfo.InvariantCulture);
}
