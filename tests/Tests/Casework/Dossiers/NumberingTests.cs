using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework.Dossiers;

public sealed class NumberingTests(Platforms platforms)
{
    private static readonly int Each = Environment.GetEnvironmentVariable("VS_TEST_ALL") == "1" ? 1000 : 6;

    [Theory, EveryEngine]
    public async Task Sixty_four_colleagues_at_once_get_numbers_of_their_own(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Coordinator);
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (client, _) =>
        {
            for (var i = 0; i < Each; i++) await worker.Send(new Register.Command { Trigger = Trigger.Patrol, SubKind = "Burglary", FamilyName = $"Exemple {client} {i}", Language = "fr" });
        });
        var numbers = await zone.Look(z => z.Set<Dossier>().Select(d => d.Number).ToListAsync());
        Assert.Equal(64 * Each, numbers.Distinct().Count());
        // No dossier without its outbox row.
        Assert.Equal(64 * Each, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Kind == "dossier-opened")));
    }

    [Fact]
    public async Task Numbers_that_follow_each_other_do_not_look_so()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Coordinator);
        for (var i = 0; i < 20; i++) await worker.Send(new Register.Command { Trigger = Trigger.Patrol, SubKind = "Burglary", Unknown = true, Language = "fr" });
        var numbers = await zone.Look(z => z.Set<Dossier>().OrderBy(d => d.Id).Select(d => d.Number).ToListAsync());
        Assert.NotEqual(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.True(numbers.Zip(numbers.Skip(1)).Count(pair => pair.First[..8] == pair.Second[..8]) < 2);
    }
}
