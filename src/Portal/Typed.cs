using Microsoft.AspNetCore.Antiforgery;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>What somebody typed into a form that could not be saved, for the page that says so.</summary>
/// <param name="To">Where it was sent.</param>
internal sealed record Typed(string To, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>Longer text is shown, so that it can be read and copied.</summary>
    public static bool IsText(string value) => value.Length > 40 || value.Contains('\n', StringComparison.Ordinal);

    /// <summary>What a person wrote into it, to be read and copied: each longer text for itself, then the short ones, line by line. Nothing that the page itself put in.</summary>
    public IReadOnlyList<string> Written
    {
        get
        {
            var written = Fields.Where(f => f.Key != Token && !Ours.Contains(f.Key) && !f.Key.EndsWith("Version", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(f.Value) && !Guid.TryParse(f.Value, out _) && !bool.TryParse(f.Value, out _)).Select(f => f.Value).ToLookup(IsText);
            return written[false].Any() ? [.. written[true], string.Join('\n', written[false])] : [.. written[true]];
        }
    }

    private static readonly HashSet<string> Ours = new([FormTag.Once, FormTag.Place, FormTag.Kept, FormTag.Version, FormTag.Turn, FormTag.Unticked, FormTag.KeepNow, State], StringComparer.Ordinal);

    /// <summary>The same, where the form proves by its token that one of our pages showed it to this very person: what was sent to nowhere is shown to whoever wrote it, and a forged form shows nothing.</summary>
    public static async Task<Typed?> Proven(HttpContext http, string to)
    {
        if (await Of(http, to) is not { } typed) return null;
        return IsOfAnybody(http.Request, to) || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? typed : null;
    }

    // Not more than their own forms hold: what is refused because there is too much of it is not read. Reference and code are as good as a password.
    private static bool IsOfAnybody(HttpRequest request, string to) =>
        to.Split('?')[0] is var path && ShownOnce.IsForAnybody(path) && !path.TrimEnd('/').EndsWith("/status", StringComparison.OrdinalIgnoreCase) && Hosts.IsOurs(request) && request.ContentLength <= 100_000;

    /// <summary>null where nothing was posted, or nothing that may be shown: what is typed under /account are secrets, and a form without our own cookie, which only our own pages send, is a stranger's. Pages for anybody keep no cookie: there the browser says whose form it is.</summary>
    public static Task<Typed?> Of(HttpContext http) => Of(http, http.Request.PathBase + http.Request.Path + http.Request.QueryString);

    public static async Task<Typed?> Of(HttpContext http, string to)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || !http.Request.HasFormContentType || !(http.Request.Cookies.ContainsKey(Cookie) || IsOfAnybody(http.Request, to)) || new PathString(to).StartsWithSegments("/account")) return null;
        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            return new Typed(to, [.. form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? ""))]);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The cookie of our forms. The browser sends it from our own pages only (SameSite=Strict).</summary>
    public const string Cookie = "f";

    /// <summary>The field of what a form for anybody carries sealed.</summary>
    public const string State = "state";

    /// <summary>The field with the form's token.</summary>
    public const string Token = "__RequestVerificationToken";
}
