using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Zones;

/// <summary>The operator runs the platform and sees nobody: states, counts, instants and types of faults.</summary>
public sealed class OperatorPagesTests(Platforms platforms)
{
    private const string Canary = "ZZCANARYOPERATOR";

    [Theory, EveryEngine]
    public async Task No_page_of_the_operator_shows_what_is_in_a_zone(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        await zone.Hires(Canary, Role.Caseworker);
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone, Canary, Canary) with { Note = Canary, Municipality = Canary });
        var typed = await TypeEverywhere(platform, zone, dossier);
        Assert.True(typed > 10, $"only {typed} fields were found to type into");
        await zone.RunJobs();
        var storage = platform.Services.GetRequiredService<JobStorage>();
        Fail(storage, zone.Code, new InvalidOperationException(Canary));
        Assert.Contains(storage.GetMonitoringApi().FailedJobs(0, 10), f => Says(f.Value.ExceptionMessage)); // it is there to be shown

        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        var pages = OperatorPages(platform);
        Assert.True(pages.Count >= 5);
        foreach (var path in pages)
        {
            var page = await (await visit.Get(path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.False(Says(page), $"{path} shows what is in a zone");
        }
        var jobs = await visit.Page("/operator/jobs");
        Assert.Contains("System.InvalidOperationException", jobs.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(zone.Code, jobs.Body!.TextContent, StringComparison.Ordinal);
        // The check sees a page that says too much: the same jobs with the message beside the type.
        Assert.True(Says(jobs.Body!.TextContent + storage.GetMonitoringApi().FailedJobs(0, 10).First().Value.ExceptionMessage));
    }

    [Fact]
    public async Task What_stops_a_job_is_kept_and_logged_by_its_type_alone()
    {
        await using var platform = Platform.Start("sqlite", new() { ["Jobs:Run"] = "true" });
        var storage = platform.Services.GetRequiredService<JobStorage>();
        var id = platform.Services.GetRequiredService<IBackgroundJobClient>().Enqueue<Failing>(job => job.Run());
        for (var i = 0; i < 200 && storage.GetMonitoringApi().JobDetails(id)?.History.Any(h => h.StateName is "Scheduled" or "Failed") != true; i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        var history = storage.GetMonitoringApi().JobDetails(id).History;
        Assert.Contains(history, h => h.StateName is "Scheduled" or "Failed");
        Assert.All(history, h => Assert.False(Says(h.Reason) || h.Data.Values.Any(Says), $"{h.StateName} keeps the message"));
        Assert.Contains(history, h => (h.Reason + string.Concat(h.Data.Values)).Contains("InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(platform.Logs.Lines, Says);
    }

    [Fact]
    public async Task The_list_of_zones_makes_none_and_brings_nobody_in()
    {
        var platform = await platforms.On("sqlite");
        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        var page = await visit.Page("/operator/zones");
        Assert.Empty(page.QuerySelectorAll("main form")); // a link on the screen would make an operator who is alone a zone's administrator
        Assert.NotNull(page.QuerySelector("main a[href='/operator/zones/new']"));
        Assert.NotNull(page.QuerySelector("main a[href='/operator/zones/import']"));
    }

    [Theory, EveryEngine]
    public async Task A_suspended_zone_is_closed_from_the_next_request_on_and_loses_nothing(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        using var passer = zone.Passer();

        var bad = await visit.Submit("/operator", [KeyValuePair.Create("Form.Code", zone.Code), KeyValuePair.Create("Form.To", "Suspended")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode); // no reason given
        Assert.NotNull(await Registry(platform).Find(zone.Code));

        Assert.Equal(HttpStatusCode.Redirect, (await Turn(visit, zone, "Suspended", "Maintenance")).StatusCode);
        Assert.Null(await Registry(platform).Find(zone.Code));
        Assert.False(await platform.Services.GetRequiredService<EnterZone>().In(zone.Code, _ => Task.CompletedTask)); // its jobs wait
        Assert.Equal(HttpStatusCode.Redirect, (await passer.Get("/worklist")).StatusCode);
        Assert.Equal("suspended", (await visit.Page("/operator")).QuerySelectorAll("tbody tr").Single(r => r.Children[0].TextContent == zone.Code).Children[2].TextContent);

        await Turn(visit, zone, "Active", "Settled");
        Assert.NotNull((await worker.Opens(dossier)).Dossier);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_was_suspended_by_another_process_is_noticed_within_seconds(string engine)
    {
        if (engine == "sqlite") return; // one process
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        Assert.NotNull(await Registry(platform).Find(zone.Code));
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Suspend", zone.Id, async house =>
        {
            (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id)).State = ZoneState.Suspended;
            return true;
        }, default);
        platform.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(await Registry(platform).Find(zone.Code));
    }

    [Theory, EveryEngine]
    public async Task Health_says_what_each_zones_job_noted_and_what_stopped_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var report = platform.Services.GetRequiredService<HouseReport>();
        Assert.Null((await report.Now(default)).Zones.Single().Visited);
        platform.Post.Failing = new IOException(Canary);
        await zone.Hires("coordinator", Role.Coordinator);
        await zone.As(Role.OnCall).Registers(Cases.Intake(zone));
        await zone.RunJobs();
        var health = (await report.Now(default)).Zones.Single();
        Assert.NotNull(health.Visited);
        Assert.NotNull(health.Anchored);
        Assert.True(health.Records > 0);
        Assert.Equal(health.Waiting > 0, health.OldestDue is not null);

        await using (var attacker = await zone.Break()) await attacker.Do("DROP TABLE outbox");
        await Assert.ThrowsAnyAsync<Exception>(() => zone.RunJobs());
        health = (await report.Now(default)).Zones.Single();
        Assert.Contains("Exception", health.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(" ", health.Fault, StringComparison.Ordinal);
        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        Assert.Contains(health.Fault!, (await visit.Page("/operator/health")).Body!.TextContent, StringComparison.Ordinal);
    }

    // Marked text into every box of every form of the zone that somebody's role opens.
    private static async Task<int> TypeEverywhere(Platform platform, TestZone zone, Guid dossier)
    {
        var typed = 0;
        var paths = Templates(platform).Where(t => !PageDoor.Zoneless.Contains(t.Split('/')[0])).Select(t => "/" + System.Text.RegularExpressions.Regex.Replace(t, "\\{[^}]*\\}", dossier.ToString(), System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))).ToList();
        foreach (var role in (Role[])[Role.Coordinator, Role.Caseworker, Role.ZoneAdministrator, Role.FrontDesk, Role.DataProtectionOfficer])
        {
            foreach (var path in paths)
            {
                using var visit = zone.Visit(role);
                var response = await visit.Get(path);
                if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != "text/html") continue;
                foreach (var form in (await Visit.Read(response)).QuerySelectorAll<IHtmlFormElement>("main form[method=post]"))
                {
                    var boxes = form.Elements.OfType<IHtmlTextAreaElement>().Select(t => t.Name).Concat(form.Elements.OfType<IHtmlInputElement>().Where(i => i.Type is "text" or "search" or "email").Select(i => i.Name)).OfType<string>().Distinct().ToList();
                    if (boxes.Count == 0) continue;
                    typed += boxes.Count;
                    await visit.Send(path, form, boxes.Select(name => KeyValuePair.Create(name, name.Contains("mail", StringComparison.OrdinalIgnoreCase) ? Canary + "@example.test" : Canary)));
                }
            }
        }
        return typed;
    }

    private static void Fail(JobStorage storage, string zone, Exception because)
    {
        using var connection = storage.GetConnection();
        var id = connection.CreateExpiredJob(Job.FromExpression<ZoneJob>(job => job.Run(zone, CancellationToken.None)), new Dictionary<string, string>(), DateTime.UtcNow, TimeSpan.FromHours(1));
        using var write = connection.CreateWriteTransaction();
        write.SetJobState(id, new FailedState(because)); // past the filter that would have quieted it
        write.Commit();
    }

    private static Task<HttpResponseMessage> Turn(Visit visit, TestZone zone, string to, string reason) =>
        visit.Submit("/operator", [KeyValuePair.Create("Form.Code", zone.Code), KeyValuePair.Create("Form.To", to), KeyValuePair.Create("Form.Reason", reason)]);

    private static ZoneRegistry Registry(Platform platform) => platform.Services.GetRequiredService<ZoneRegistry>();
    private static bool Says(string? text) => text?.Contains(Canary, StringComparison.OrdinalIgnoreCase) == true;
    private static IReadOnlyList<string> Templates(Platform platform) => [.. platform.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null).Select(e => e.RoutePattern.RawText!.Trim('/')).Distinct()];
    private static List<string> OperatorPages(Platform platform) => [.. Templates(platform).Where(t => t.Split('/')[0] == "operator").Select(t => "/" + t)];

    public sealed class Failing
    {
        public void Run() => throw new InvalidOperationException(Canary);
    }
}
