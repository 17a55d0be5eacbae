using System.Net;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Visits every endpoint of the running host as nobody, as a stranger from another zone, and as every role, against the access matrix. A new page is covered the minute it exists.</summary>
public sealed class EveryPageTests(Platforms platforms)
{
    private const string NoId = "0192f000-0000-7000-8000-00000000dead";
    private static readonly string[] Verbs = ["GET", "POST"];

    [Fact]
    public async Task Every_endpoint_says_who_may()
    {
        var platform = await platforms.On("sqlite");
        Assert.NotEmpty(Endpoints(platform));
        Assert.All(Endpoints(platform), endpoint => Assert.True(DemandOf(endpoint) is not null, $"{endpoint.RoutePattern.RawText} carries neither [Requires] nor [Open]"));
    }

    [Fact]
    public async Task Every_page_of_a_zone_opens_to_the_roles_of_the_matrix_and_is_not_there_for_others()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await platform.Zone());
        var faults = new List<string>();
        foreach (var endpoint in Endpoints(platform).Where(InZone))
        {
            var demand = DemandOf(endpoint)!;
            var path = PathOf(endpoint);
            foreach (var verb in Verbs)
            {
                foreach (var role in Enum.GetValues<Role>())
                {
                    using var visit = zone.Visit(role);
                    var status = await Send(visit, verb, $"/{zone.Code}{path}");
                    // A page behind an id that does not exist answers 404 to all: nobody learns whether it is the id or the role.
                    var may = demand.Deed is not { } deed || AccessMatrix.Allows(deed, [role]);
                    if (!may && status != HttpStatusCode.NotFound) faults.Add($"{verb} {path} as {role}: {status}, should be 404");
                    if (may && !HasId(endpoint) && verb == "GET" && status is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError) faults.Add($"{verb} {path} as {role}: {status}, should open");
                    if ((int)status >= 500) faults.Add($"{verb} {path} as {role}: {status}");
                }
                if (demand.Deed is null) continue;
                using (var stranger = other.Visit(Enum.GetValues<Role>()))
                {
                    var status = await Send(stranger, verb, $"/{zone.Code}{path}");
                    if (status != HttpStatusCode.NotFound) faults.Add($"{verb} {path} as a stranger with every role elsewhere: {status}, should be 404");
                }
                using var passer = zone.Passer();
                var nobody = await Send(passer, verb, $"/{zone.Code}{path}");
                if (nobody is not (HttpStatusCode.Redirect or HttpStatusCode.BadRequest)) faults.Add($"{verb} {path} as nobody: {nobody}, should lead to the sign-in");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Every_page_is_silent_of_what_stands_behind_a_wall_or_was_not_given_to_the_stand_in()
    {
        const string Family = "Zzkanarie", Phone = "0470 65 43 21";
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var roles = Enum.GetValues<Role>().Except([Role.Operator, Role.Analyst]).ToArray();
        var (officer, walled, standIn, free) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("walled", Role.Coordinator), await zone.Hires("standin", Role.OutsideStandIn), await zone.Hires("free", Role.Coordinator));
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (planted, given) = (await worker.Registers(Cases.Intake(zone, Family, "Quirien", Phone)), await worker.Registers(Cases.Intake(zone, "Oefening", "Otis")));
        await officer.Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Quirien", FamilyName = Family });
        await zone.Gives(given, standIn.Id);
        var appointment = await worker.Send(await worker.Appointment(zone, planted) with { Place = Place.Home, Note = Family });
        var message = await zone.As(Role.FrontDesk).Send(TrayTests.Message(Family, "Quirien"));
        await free.Opens(planted);
        var secrets = new[] { Family, "Q.Z.", (await worker.Opens(planted)).Dossier.Number };
        Guid[] ids = [planted, await worker.LeadOf(planted), (await worker.Opens(planted)).Planned[0].Id, message, given, appointment];

        using (var everything = new Visit(platform, zone.Code, walled.Id, roles)) await Silent(everything, "walled off");
        using (var outside = new Visit(platform, zone.Code, standIn.Id, Role.OutsideStandIn)) Assert.Contains("Oefening", await Silent(outside, "stand-in"), StringComparison.Ordinal);
        using (var sees = new Visit(platform, zone.Code, free.Id, roles))
        {
            // It is to be seen for whoever may: the silence above is the wall's.
            var all = await Bodies(sees);
            Assert.All(secrets, secret => Assert.Contains(secret, all, StringComparison.Ordinal));
        }

        async Task<string> Silent(Visit visit, string who)
        {
            var all = await Bodies(visit);
            foreach (var secret in secrets) Assert.True(!all.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{who}: {secret} in …{Around(all, secret)}…");
            return all;
        }

        async Task<string> Bodies(Visit visit)
        {
            var all = new System.Text.StringBuilder();
            foreach (var endpoint in Endpoints(platform).Where(e => InZone(e) && DemandOf(e)!.Deed is not null))
            {
                foreach (var id in HasId(endpoint) ? ids : [Guid.Empty])
                {
                    var path = $"/{zone.Code}{PathOf(endpoint)}".Replace(NoId, id.ToString(), StringComparison.Ordinal);
                    all.Append("\n== ").Append(endpoint.RoutePattern.RawText).Append('\n').Append(await Body(await visit.Get(path)));
                }
            }
            foreach (var page in new[] { "/agenda?all=true", "/worklist?tab=Team", "/worklist?tab=Unassigned", "/worklist?tab=Closed", "/tray?declined=true" }) all.Append("\n== ").Append(page).Append('\n').Append(await Body(await visit.Get(page)));
            all.Append("\n== search\n").Append(await Body(await visit.Submit("/search", [KeyValuePair.Create("Form.Text", Phone)])));
            return all.ToString();
        }

        static string Around(string text, string what) => text.IndexOf(what, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? $"{text[Math.Max(0, text.LastIndexOf("\n== ", at, StringComparison.Ordinal))..][..40]} {text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 80)]}" : "";
    }

    [Fact]
    public async Task A_zone_that_does_not_exist_answers_as_one_that_does()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        using var passer = zone.Passer();
        using var stranger = other.Visit(Role.Coordinator);
        foreach (var endpoint in Endpoints(platform).Where(e => InZone(e) && DemandOf(e)!.Deed is not null))
        {
            var (there, nowhere) = (await passer.Client.GetAsync($"/{zone.Code}{PathOf(endpoint)}"), await passer.Client.GetAsync($"/0999{PathOf(endpoint)}"));
            Assert.Equal(there.StatusCode, nowhere.StatusCode);
            Assert.Equal(there.Headers.Location!.ToString().Replace(zone.Code, "0999", StringComparison.Ordinal), nowhere.Headers.Location!.ToString());
            var (foreign, absent) = (await stranger.Client.GetAsync($"/{zone.Code}{PathOf(endpoint)}"), await stranger.Client.GetAsync($"/0999{PathOf(endpoint)}"));
            Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
            Assert.Equal(await Body(foreign), await Body(absent));
        }
    }

    [Fact]
    public async Task Every_address_for_programs_asks_for_a_token_of_its_zone_with_its_scope()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (here, there) = (await Programs.System(zone), await Programs.System(other));
        var faults = new List<string>();
        foreach (var endpoint in Endpoints(platform).Where(e => IsForPrograms(e) && DemandOf(e)!.Deed is not null))
        {
            var (demand, path) = (DemandOf(endpoint)!, $"/{zone.Code}{PathOf(endpoint)}");
            if (demand.Scope is null) faults.Add($"{path} names no scope");
            var verb = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];
            await Expect(HttpStatusCode.Unauthorized, "nobody", zone.Passer(), null);
            // A person at a page has no business here: only a token counts, so no other site can ask in her name.
            await Expect(HttpStatusCode.Unauthorized, "somebody with every role", zone.Visit(Enum.GetValues<Role>()), null);
            await Expect(HttpStatusCode.Unauthorized, "a token that is none", zone.Passer(), "nonsense");
            await Expect(HttpStatusCode.Unauthorized, "a token of another zone", zone.Passer(), await there.Token(demand.Scope!));
            await Expect(HttpStatusCode.Forbidden, "a token without the scope", zone.Passer(), await here.Token(""));
            if (!HasId(endpoint)) await Expect(HttpStatusCode.OK, "a token with the scope", zone.Passer(), await here.Token(demand.Scope!));
            var nowhere = await Ask(zone.Passer(), verb, path.Replace(zone.Code, "0999", StringComparison.Ordinal), await here.Token(demand.Scope!));
            if (nowhere != HttpStatusCode.Unauthorized) faults.Add($"{path} in a zone that does not exist: {nowhere}");

            async Task Expect(HttpStatusCode wanted, string who, Visit visit, string? token)
            {
                using (visit)
                {
                    if (await Ask(visit, verb, path, token) is var status && status != wanted) faults.Add($"{verb} {path} as {who}: {status}, should be {wanted}");
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        // The same door, planted: without the scope on it no program comes in, whatever it was given.
        var program = Caller.Nobody with { Client = Guid.NewGuid(), Scopes = new HashSet<string> { "zones" } };
        Assert.False(new Demand(May.BeSignedIn).Admits(program));
        Assert.True(new Demand(May.BeSignedIn, "zones").Admits(program));
        Assert.False(new Demand(May.RunThePlatform, "zones").Admits(program with { Account = Guid.NewGuid(), Roles = new HashSet<Role> { Role.Caseworker } }));
    }

    private static async Task<HttpStatusCode> Ask(Visit visit, string verb, string path, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return (await visit.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }

    [Fact]
    public async Task The_operators_pages_open_to_operators_only()
    {
        var platform = await platforms.On("sqlite");
        foreach (var endpoint in Endpoints(platform).Where(e => e.RoutePattern.RawText!.TrimStart('/').StartsWith("operator", StringComparison.Ordinal)))
        {
            foreach (var role in Enum.GetValues<Role>())
            {
                using var visit = new Visit(platform, "operator", Guid.NewGuid(), role);
                // A page behind an id that does not exist answers 404 to all.
                var opens = AccessMatrix.Allows(DemandOf(endpoint)!.Deed!.Value, [role]) && !HasId(endpoint);
                Assert.Equal(opens ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await visit.Get(PathOf(endpoint))).StatusCode);
            }
            using var zone = (await platform.Zone()).Visit(Enum.GetValues<Role>()); // every role in a zone, none on the platform
            Assert.Equal(HttpStatusCode.NotFound, (await zone.Client.GetAsync(PathOf(endpoint))).StatusCode);
        }
    }

    [Fact]
    public void A_page_that_says_nothing_is_found_and_does_not_start_the_host()
    {
        Assert.Null(Demand.Of(typeof(PlantedPage)));
        Assert.Throws<StartRefusedException>(() => VictimSupport.Foundation.House.EveryDoorSaysWhoMay([typeof(PlantedPage)]));
    }

    private sealed class PlantedPage : PageModel;

    /// <summary>The address of every page of a zone that asks who one is, with each of these ids wherever it takes one.</summary>
    internal static IReadOnlyList<string> Addresses(Platform platform, IReadOnlyList<Guid> ids) =>
        [.. Endpoints(platform).Where(e => InZone(e) && DemandOf(e)!.Deed is not null).SelectMany(e => HasId(e) ? ids.Select(id => PathOf(e).Replace(NoId, id.ToString(), StringComparison.Ordinal)) : [PathOf(e)])];

    private static IReadOnlyList<RouteEndpoint> Endpoints(Platform platform) =>
        [.. platform.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().DistinctBy(e => e.RoutePattern.RawText)
            .Where(e => e.RoutePattern.RawText != FileFallback)];

    // The framework's own, in development only: answers 404 for a file it does not know.
    private const string FileFallback = "{**path:file}";

    private static Demand? DemandOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page) return Demand.Of(page.ModelTypeInfo!);
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } source)
            return Demand.Of(Type.GetType(source.Properties.Values.OfType<Type>().FirstOrDefault()?.AssemblyQualifiedName ?? "") ?? ModelOf(source));
        if (endpoint.Metadata.GetMetadata<RequiresAttribute>() is { } requires) return new Demand(requires.Deed, endpoint.Metadata.GetMetadata<ScopeAttribute>()?.Name);
        return endpoint.Metadata.GetMetadata<OpenAttribute>() is null ? null : new Demand((May?)null);
    }

    // The page model of a page not compiled into its descriptor yet: the type that lives where the page does.
    private static Type ModelOf(PageActionDescriptor page)
    {
        var name = "VictimSupport." + page.ViewEnginePath.Trim('/').Replace('/', '.');
        return AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name!.StartsWith("VictimSupport.", StringComparison.Ordinal)).Select(a => a.GetType(name)).FirstOrDefault(t => t is not null)
            ?? throw new InvalidOperationException($"No page model {name} for {page.ViewEnginePath}");
    }

    private static bool IsForPrograms(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal);
    private static bool InZone(RouteEndpoint endpoint) => !IsForPrograms(endpoint) && !PageDoor.Zoneless.Contains(endpoint.RoutePattern.RawText!.Trim('/').Split('/')[0]);
    private static bool HasId(RouteEndpoint endpoint) => endpoint.RoutePattern.Parameters.Count > 0;

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart => NoId,
        _ => "",
    }))));

    private static async Task<HttpStatusCode> Send(Visit visit, string verb, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (verb == "POST") request.Content = new FormUrlEncodedContent([]);
        return (await visit.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }

    private static async Task<string> Body(HttpResponseMessage response) =>
        System.Text.RegularExpressions.Regex.Replace(await response.Content.ReadAsStringAsync(), "[0-9a-f]{32}", "reference", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
