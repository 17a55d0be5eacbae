namespace VictimSupport.Foundation.Access;

/// <summary>Knows whether a session is alive and which roles its account holds; asked on every request, so that ending a session or a role
/// acts at once. Implemented where accounts and roles live.</summary>
public interface IKnowStanding
{
    /// <summary>The caller behind a pass; null: the session ended, the account is closed, or it holds no role there.</summary>
    /// <param name="zone">null: on the platform, outside any zone.</param>
    /// <param name="quiet">Asked by a page itself, not by a person: the session is not kept awake by it.</param>
    ValueTask<Caller?> Of(Guid account, Guid session, Guid? zone, bool quiet, CancellationToken ct);
}

/// <summary>An endpoint that pages ask by themselves: it does not count as somebody being there. A script says the same of a single request
/// by the header, a page that loads itself again by the key in its address. To say it falsely only lets one's own session end sooner.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class QuietAttribute : Attribute
{
    public const string Header = "Vs-Quiet", Key = "vs-quiet";

    public static bool Is(Microsoft.AspNetCore.Http.HttpContext http) => http.Request.Headers.ContainsKey(Header) || http.Request.Query.ContainsKey(Key)
        || Microsoft.AspNetCore.Http.EndpointHttpContextExtensions.GetEndpoint(http)?.Metadata.GetMetadata<QuietAttribute>() is not null;
}

/// <summary>Knows who stands behind a program's access token. Implemented where tokens are issued.</summary>
public interface IKnowBearers
{
    /// <summary>null: it is no token of this zone, it lapsed, or what it was granted for has ended.</summary>
    /// <param name="issuer">The zone's address, as the request names it.</param>
    /// <param name="zone">null: a program that reads the figures over all zones, and belongs to none.</param>
    ValueTask<Caller?> Of(string token, string issuer, Guid? zone, CancellationToken ct);
}

/// <summary>Names of the two cookies' schemes and the claims in them.</summary>
public static class Pass
{
    /// <summary>Who: signed in, with which factors. Path <c>/account</c>.</summary>
    public const string SessionScheme = "session";

    /// <summary>Where: minted from the session after a role check. Path <c>/{code}</c>, <c>/operator</c> or <c>/figures</c>; refused elsewhere.</summary>
    public const string PlaceScheme = "pass";
    /// <summary>The name identifier, so that a form of one cookie's page is good under the other: antiforgery ties its token to it.</summary>
    public const string AccountClaim = System.Security.Claims.ClaimTypes.NameIdentifier;
    public const string SessionClaim = "session", PlaceClaim = "place";

    /// <summary>The place of a zone in a pass: its id, so that a code given to another zone later opens nothing.</summary>
    public static string PlaceOf(Guid zone) => zone.ToString("N");
    public const string OperatorPlace = "operator", FiguresPlace = "figures";
}

/// <summary>Something that must be done before anything of a zone opens to an account, such as accepting the code of conduct.</summary>
public interface IStandAtTheDoor
{
    /// <param name="sends">A form is sent: where the account has been in before, it passes, so that nothing that was typed is lost.</param>
    /// <returns>The page below the zone on which it is done; null: the way is free.</returns>
    ValueTask<string?> First(Guid zone, Guid account, bool sends, CancellationToken ct);
}
