using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class DossierNumbersTests(Platforms platforms)
{
    private const int Clients = 64;

    [Theory, EveryEngine]
    public async Task Sixty_four_who_register_at_once_get_numbers_of_their_own(string engine)
    {
        var each = engine == "sqlite" && Environment.GetEnvironmentVariable("VS_TEST_ALL") == "1" ? 1000 : 20;
        var zone = await (await platforms.On(engine)).Zone();
        var made = new ConcurrentBag<Guid>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var worker = zone.As(Role.Caseworker);
            // No name: this is about numbers, not about who is known already.
            for (var i = 0; i < each; i++) made.Add(await worker.Registers(Cases.Intake(zone, "", "") with { Unknown = true }));
        })));
        Assert.Equal(Clients * each, made.Distinct().Count());
        var numbers = await zone.Look(z => z.Set<Dossier>().Select(d => d.Number).ToListAsync());
        Assert.Equal(Clients * each, numbers.Distinct().Count());
    }

    [Theory, EveryEngine]
    public async Task Numbers_of_consecutive_registrations_do_not_follow_each_other(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var numbers = new List<string>();
        for (var i = 0; i < 8; i++) numbers.Add((await worker.Opens(await worker.Registers(Cases.Intake(zone)))).Dossier.Number);
        Assert.NotEqual(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.Equal(8, numbers.Select(n => n[..^2]).Distinct().Count()); // they differ in more than their end
    }
}
