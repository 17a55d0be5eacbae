using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using PoolShow = VictimSupport.OnCall.Pools.Show;

namespace VictimSupport.Tests.OnCall;

/// <summary>Zones that share their on-call, brought together as they really are: proposed by one, agreed to by the other.</summary>
internal static class Pooling
{
    /// <summary>Two zones, somebody on call in each, a coordinator in the first.</summary>
    internal sealed record Two(TestZone Here, TestZone There, Guid Pool, Person Admin, Person Cora, Person Anna, Person Bert)
    {
        /// <summary>As a form names Anna, who is of the first zone, and Bert, who is of the second.</summary>
        public string AnnaKey => $"{Anna.Id:N}@{Here.Code}";
        public string BertKey => $"{Bert.Id:N}@{There.Code}";
    }

    public static async Task<Two> Pooled(this Platform platform)
    {
        var (here, there) = (await platform.Zone(), await platform.Zone());
        var admin = here.As(Role.ZoneAdministrator);
        var pool = await admin.Send(platform.Proposal("Pool " + here.Code) with { Zones = there.Code });
        await there.As(Role.ZoneAdministrator).Send(new PoolShow.Answer { Pool = pool, Agrees = true });
        return new Two(here, there, pool, admin, await here.Hires("cora", Role.Coordinator), await here.Hires("anna", Role.OnCall), await there.Hires("bert", Role.Caseworker));
    }

    public static Propose.Command Proposal(this Platform platform, string name) =>
        new() { Title = name, From = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()), Outside = "Zone Ailleurs" };

    /// <summary>A shift as it is entered by hand.</summary>
    public static Edit.Command Shift(this Two two, string who, DateTimeOffset start, int hours, Rank rank = Rank.Duty) =>
        new() { Pool = two.Pool, Start = start, End = start.AddHours(hours), Rank = rank, Who = who };

    /// <summary>The whole of the catalogue's rows, past the pipeline.</summary>
    public static async Task<T> House<T>(this Platform platform, Func<CatalogDbContext, Task<T>> at)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await at(house);
    }

    public static Task<List<Shift>> Rota(this Two two) => two.Here.Platform.House(h => h.Set<Shift>().AsNoTracking().Where(s => s.Pool == two.Pool && s.Removed == null).OrderBy(s => s.Start).ThenBy(s => s.Rank).ToListAsync(TestContext.Current.CancellationToken));
}
