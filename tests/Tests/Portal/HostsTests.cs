using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>What anybody reads and where people work have a host each, and neither answers the other's pages.</summary>
public sealed class HostsTests(Platforms platforms)
{
    private static readonly Dictionary<string, string?> Apart = new() { ["Hosts:Public"] = "contact.example", ["Hosts:Portal"] = "portal.example" };

    [Fact]
    public async Task Each_host_answers_its_own_pages()
    {
        await using var platform = Platform.Start("sqlite", Apart);
        var zone = "/" + (await (await platform.Zone()).GoesLive()).Code;
        var faults = new List<string>();
        foreach (var (path, open, portal, other) in new[]
        {
            (zone + "/fr/contact", 200, 404, 404), (zone + "/contact", 302, 404, 404), (zone + "/logo", 404, 404, 404), (zone + "/theme.css", 200, 200, 404), (zone + "/fr/feedback", 200, 404, 404),
            (zone + "/worklist", 404, 302, 404), (zone + "/", 302, 302, 404), (zone, 302, 302, 404), (zone + "/duty/x", 404, 404, 404), (zone + "/admin/public-page", 404, 302, 404), (zone + "/api/zones/v1/me", 404, 401, 404),
            ("/", 200, 302, 404), ("/account/sign-in", 404, 200, 404), ("/operator/zones", 404, 302, 404), ("/health", 200, 200, 200), ("/0999/fr/contact", 404, 404, 404), ("/error/404", 404, 404, 404),
        })
        {
            foreach (var (host, wanted) in new[] { ("contact.example", open), ("portal.example", portal), ("PORTAL.example", portal), ("other.example", other) })
            {
                var status = (int)await At(platform, host, path);
                if (status != wanted) faults.Add($"{host}{path}: {status}, should be {wanted}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task The_directory_on_a_host_of_its_own_says_nothing_of_where_people_work()
    {
        await using var platform = Platform.Start("sqlite", Apart);
        using var client = platform.CreateClient(new() { BaseAddress = new Uri("http://contact.example"), AllowAutoRedirect = false });
        Assert.DoesNotContain("/account/", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_the_public_desk_that_is_open_is_on_the_public_host_and_no_other_page_is()
    {
        var endpoints = (await platforms.On("sqlite")).Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        var open = endpoints.Where(e => e.RoutePattern.PathSegments is [var first, ..] && first.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "language" }).ToList();
        Assert.True(open.Count >= 6);
        foreach (var endpoint in endpoints.Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null))
        {
            var path = new PathString("/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart text ? text.Content : p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "language" } && open.Contains(endpoint) ? "fr" : "id")))));
            var isOutside = PageDoor.Zoneless.Contains(path.Value!.Split('/')[1]);
            if (isOutside) continue;
            var isOurs = endpoint.Metadata.GetMetadata<PageActionDescriptor>()!.ViewEnginePath.StartsWith("/PublicDesk/", StringComparison.Ordinal) && !path.StartsWithSegments("/admin");
            Assert.True(isOurs == (Hosts.IsForAnybody(true, path) == true), $"{path} of {endpoint.Metadata.GetMetadata<PageActionDescriptor>()!.ViewEnginePath}");
        }
    }

    [Theory]
    [InlineData("Production", null, null, false), InlineData("Production", "a.example", null, false), InlineData("Production", "a.example", "A.example", false), InlineData("Production", "a.example", "b.example", true), InlineData("Production", " ", "b.example", false)]
    [InlineData("Development", null, null, true), InlineData("Development", "a.example", "a.example", true)]
    public void Outside_development_the_start_is_refused_where_the_two_are_not_apart(string environment, string? open, string? portal, bool starts)
    {
        var settings = new ConfigurationManager { ["Hosts:Public"] = open, ["Hosts:Portal"] = portal };
        var there = new Where(environment);
        if (starts) Hosts.Check(settings, there);
        else Assert.Contains("Hosts:Public", Assert.Throws<StartRefusedException>(() => Hosts.Check(settings, there)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_asked_at_the_public_host_is_a_page_for_anybody_and_leads_away_after_leaving()
    {
        await using var platform = Platform.Start("sqlite", Apart);
        var zone = "/" + (await (await platform.Zone()).GoesLive()).Code;
        using var client = platform.CreateClient(new() { BaseAddress = new Uri("http://contact.example"), AllowAutoRedirect = false, HandleCookies = false });
        Assert.Equal(zone + "/contact", (await Ask(zone, null)).Headers.Location!.OriginalString);
        foreach (var path in new[] { "/nothing", zone + "/worklist", zone + "/what", "/account/sign-in", "/operator/zones", "/0999", zone + "/fr/what" })
        {
            var answer = await Ask(path, null);
            if (path == "/0999") answer = await Ask(answer.Headers.Location!.OriginalString, null);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            var page = await Visit.Read(answer);
            Assert.NotNull(page.QuerySelector("#vs-leave"));
            Assert.NotNull(page.QuerySelector("a[href='tel:112']"));
            Assert.Empty(page.QuerySelectorAll("a[href^='/account']"));
            Assert.DoesNotContain("not found", page.Title!, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("access", page.Body!.TextContent, StringComparison.OrdinalIgnoreCase);
            var left = await Ask(path, "q=1");
            if (path == "/0999") left = await Ask(left.Headers.Location!.OriginalString, "q=1");
            Assert.StartsWith("https://www.meteo.be/", left.Headers.Location?.OriginalString ?? $"{path}: {left.StatusCode}", StringComparison.Ordinal);
        }

        async Task<HttpResponseMessage> Ask(string path, string? cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.AcceptLanguage.ParseAdd("en");
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            return await client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<HttpStatusCode> At(Platform platform, string host, string path)
    {
        using var client = platform.CreateClient(new() { BaseAddress = new Uri("http://" + host), AllowAutoRedirect = false });
        return (await client.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode;
    }

    private sealed class Where(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "";
        public string ContentRootPath { get; set; } = "";
        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }

    [Theory]
    [InlineData("Development", null, null, null, null, true), InlineData("Production", null, null, null, null, false), InlineData("Production", "mail.example", null, null, null, true), InlineData("Production", null, "/var/mail", null, null, true)]
    [InlineData("Development", null, null, "", "", true), InlineData("Development", null, null, "{number}@sms.example", "agenda@mail.example", true)]
    [InlineData("Development", null, null, "{number}@sms.example", null, false), InlineData("Development", null, null, null, "agenda@mail.example", false)]
    [InlineData("Development", null, null, "gateway@sms.example", "agenda@mail.example", false), InlineData("Production", "mail.example", null, "{number}", "agenda@mail.example", false)]
    public void Where_real_people_are_mail_that_would_go_nowhere_and_a_gateway_half_set_up_keep_the_portal_from_starting(string environment, string? server, string? kept, string? gateway, string? sender, bool starts)
    {
        var settings = new ConfigurationManager { ["Mail:Host"] = server, ["Mail:Folder"] = kept, ["SmsGateway:Address"] = gateway, ["SmsGateway:From"] = sender };
        var fault = Record.Exception(() => VictimSupport.Foundation.Mail.OutgoingMail.Check(settings, new Where(environment)));
        if (starts) Assert.Null(fault);
        else Assert.IsType<StartRefusedException>(fault);
    }
}
