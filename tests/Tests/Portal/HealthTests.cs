using System.Net;
using Microsoft.Data.Sqlite;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

public sealed class HealthTests
{
    [Fact]
    public async Task The_service_says_whether_it_is_up_degraded_or_down_and_no_more()
    {
        await using var platform = Platform.Start("sqlite");
        await platform.Zone();
        using var visit = new Visit(platform, "", null);
        Assert.Equal((HttpStatusCode.OK, """{"status":"UP"}"""), await Asked(platform, visit));
        await using var attacker = new SqliteConnection($"Data Source={Path.Combine(platform.Folder, "catalog.db")};Pooling=False");
        await attacker.OpenAsync(TestContext.Current.CancellationToken);
        await attacker.Do("UPDATE zone SET \"State\" = 0");
        Assert.Equal((HttpStatusCode.OK, """{"status":"DEGRADED"}"""), await Asked(platform, visit));
        await attacker.Do("ALTER TABLE zone RENAME TO gone");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"DOWN"}"""), await Asked(platform, visit));
        await attacker.Do("ALTER TABLE gone RENAME TO zone");
        await attacker.Do("UPDATE zone SET \"State\" = 1");
        Assert.Equal((HttpStatusCode.OK, """{"status":"UP"}"""), await Asked(platform, visit));
    }

    private static async Task<(HttpStatusCode Status, string Said)> Asked(Platform platform, Visit visit)
    {
        platform.Clock.Advance(TimeSpan.FromSeconds(3)); // an answer is kept for two seconds
        var answer = await visit.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
