using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Statistics.Portal;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>The contracts at <c>/openapi</c>: each API has one, it names every address that is mapped and no other, it keeps the Belgian guide, and answers are as it says.</summary>
public sealed class ContractTests(Platforms platforms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_address_for_programs_stands_in_its_contract_and_nothing_else_does()
    {
        var platform = await platforms.On("sqlite");
        using var http = platform.CreateDefaultClient(new Uri("http://localhost"));
        var mapped = platform.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && !e.RoutePattern.RawText.Contains("**", StringComparison.Ordinal))
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => (Name: e.RoutePattern.RawText!.Split('/')[2], Operation: $"{m} /{string.Join('/', e.RoutePattern.RawText.Split('/').Skip(4))}"))).Distinct().ToLookup(e => e.Name, e => e.Operation, StringComparer.Ordinal);
        Assert.Equal(["figures", "zones"], mapped.Select(m => m.Key).Order(StringComparer.Ordinal));
        foreach (var api in mapped)
        {
            var answer = await http.GetAsync($"/openapi/{api.Key}-v1.yaml", Ct);
            Assert.Equal((HttpStatusCode.OK, "application/yaml"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var contract = Contract.Read(await answer.Content.ReadAsStringAsync(Ct));
            Assert.Equal(api.Order(StringComparer.Ordinal), contract.Operations.Keys.Order(StringComparer.Ordinal));
            Assert.Empty(contract.Faults());
        }
        // What can be asked of the figures is every axis there is.
        var figures = Contract.Read(Repository.Read("src/Statistics/Portal/openapi.yaml"));
        Assert.Equal(Axes.Names.Concat([Axes.Area, Axes.Period, "page", "pageSize"]).Order(StringComparer.Ordinal), figures.Query("GET /releases/{release}/tables/{table}/cells").Order(StringComparer.Ordinal));
        // It stands outside every zone alone.
        var zone = await platform.Zone();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/{zone.Code}/openapi/figures-v1.yaml", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/openapi/nothing-v1.yaml", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("openapi: 3.0.3", "openapi: 3.1.0", "version 3.1.0"), InlineData("operationId: getRelease\n", "operationId: get_release\n", "GET /releases/{release}: no operationId"), InlineData("operationId: getTables", "operationId: getReleases", "getReleases twice")]
    [InlineData("tags: [releases]", "tags: [other]", "no tag"), InlineData("summary: One release\n", "summary: x\n", "no summary"), InlineData("$ref: \"#/components/responses/Problem\"", "$ref: \"#/components/responses/Nothing\"", "no default problem"), InlineData("schemas/Releases\"", "schemas/Nothing\"", "leads nowhere"), InlineData("#/components/parameters/table\"", "#/components/parameters/page\"", "parameters of its path")]
    public void A_contract_that_breaks_a_rule_is_found(string rule, string broken, string found)
    {
        var text = Repository.Read("src/Statistics/Portal/openapi.yaml");
        Assert.Contains(rule, text, StringComparison.Ordinal);
        Assert.Contains(Contract.Read(text.Replace(rule, broken, StringComparison.Ordinal)).Faults(), f => f.Contains(found, StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_that_is_other_than_the_contract_says_is_found()
    {
        var contract = Contract.Read(Repository.Read("src/Statistics/Portal/openapi.yaml"));
        const string Good = """{"self":"http://x/1","release":"2026-Q3-P","table":"T1","coverage":{"participatingZones":10,"ofZones":10,"without":[]},"items":[{"cell":"a","at":{"area":"BE"},"value":12,"margin95":6,"signs":["p"]}],"total":1,"pageSize":100,"first":"http://x/1","last":"http://x/1"}""";
        Assert.Empty(Misfits(Good));
        foreach (var (part, other) in new[] { ("\"value\":12", "\"value\":12.5"), ("\"value\":12", "\"value\":null"), ("\"value\":12", "\"exact\":12"), ("\"total\":1,", ""), ("[\"p\"]", "[\"z\"]"), ("\"http://x/1\"", "\"x\""), ("{\"area\":\"BE\"}", "\"BE\""), ("\"pageSize\":100", "\"pageSize\":\"100\"") })
        {
            Assert.Contains(part, Good, StringComparison.Ordinal);
            Assert.NotEmpty(Misfits(Good.Replace(part, other, StringComparison.Ordinal)));
        }

        IReadOnlyList<string> Misfits(string answer) => contract.Misfits("GET /releases/{release}/tables/{table}/cells", "200", "application/json", JsonNode.Parse(answer));
    }

    [Fact]
    public async Task Who_asks_of_a_zone_is_told_as_its_contract_says()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var contract = Contract.Read(Repository.Read("src/Zones/Api/openapi.yaml"));
        using var own = await Programs.System(zone);
        using var http = zone.Platform.CreateDefaultClient(new Uri("http://localhost"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{zone.Code}/api/zones/v1/me") { Headers = { Authorization = new("Bearer", await own.Token("zones")) } };
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(contract.Misfits("GET /me", "200", answer.Content.Headers.ContentType!.MediaType!, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))));
        using var refused = await http.GetAsync($"/{zone.Code}/api/zones/v1/me", Ct);
        Assert.Empty(contract.Misfits("GET /me", "default", refused.Content.Headers.ContentType!.MediaType!, JsonNode.Parse(await refused.Content.ReadAsStringAsync(Ct))));
    }
}
