using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Api;

/// <summary><c>GET /{code}/api/zones/v1/me</c>: who asks, through which program, in which zone, with which scopes.</summary>
internal static class Me
{
    public const string Scope = "zones";

    public static void Map(RouteGroupBuilder api) => api.MapGet("/me", [Requires(May.BeSignedIn), Scope(Scope)] async (HttpContext http, IMediator pipeline, CancellationToken ct) =>
    {
        http.Response.Headers.Vary = "Authorization";
        return Results.Json(await pipeline.Send(new Query { Self = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}" }, ct), Json);
    });

    // As the Belgian REST guide has it: lower camel case, and what is empty is left out.
    private static readonly System.Text.Json.JsonSerializerOptions Json = new(System.Text.Json.JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    [Requires(May.BeSignedIn), Scope(Scope)]
    internal sealed record Query : IQuery<Answer>
    {
        internal string Self { get; init; } = "";
    }

    internal sealed record Answer(string Self, Person? Account, Program Client, Place Zone, IEnumerable<string> Scopes);
    internal sealed record Person(Guid Id, string? DisplayName, IEnumerable<string> Roles);
    internal sealed record Program(Guid Id, string? Name);
    internal sealed record Place(Guid Id, string Code, IReadOnlyDictionary<string, string> Name);

    internal sealed class Handler(Caller caller, UseCase here, IAccounts accounts, IKnowPrograms programs) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Record;
            var person = caller.Account is { } account
                ? new Person(account, (await accounts.Named([account], ct)).GetValueOrDefault(account)?.DisplayName, caller.Roles.Select(r => Camel(r.ToString())).Order(StringComparer.Ordinal))
                : null;
            var names = new[] { ("fr", zone.NameFr), ("nl", zone.NameNl), ("de", zone.NameDe) }.Where(n => n.Item2 is not null).ToDictionary(n => n.Item1, n => n.Item2!);
            var client = caller.Client ?? throw new RefusedException("client");
            return new Answer(query.Self, person, new Program(client, await programs.Name(client, ct)), new Place(zone.Id, zone.Code, names), caller.Scopes.Order(StringComparer.Ordinal));
        }

        private static string Camel(string code) => char.ToLowerInvariant(code[0]) + code[1..];
    }

    internal sealed class Offer : IOfferScope
    {
        public string Name => Scope;
        public string Text => Words.ScopeText;
    }
}
