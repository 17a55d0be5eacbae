using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary><c>/api/figures/v1</c> by the Belgian REST guide: what is published, and nothing else. Programs of the platform ask it outside every zone, programs of a zone within theirs; both read the same.</summary>
internal static class Api
{
    public const string Scope = "figures";
    private const int DefaultSize = 100, LargestSize = 1000;

    // As the guide has it: lower camel case, and what is empty is left out.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/releases", [Requires(May.SeeProtectedFigures), Scope(Scope)] (HttpContext http, IMediator pipeline, CancellationToken ct) => Releases(http, pipeline, ct));
        api.MapGet("/releases/{release}", [Requires(May.SeeProtectedFigures), Scope(Scope)] (string release, HttpContext http, IMediator pipeline, CancellationToken ct) => One(release, http, pipeline, ct));
        WorkApi.Map(api);
        api.MapGet("/releases/{release}/tables", [Requires(May.SeeProtectedFigures), Scope(Scope)] (string release, HttpContext http, IMediator pipeline, CancellationToken ct) => Tables(release, http, pipeline, ct));
        api.MapGet("/releases/{release}/tables/{table}", [Requires(May.SeeProtectedFigures), Scope(Scope)] (string release, string table, HttpContext http, IMediator pipeline, CancellationToken ct) => OneTable(release, table, http, pipeline, ct));
        api.MapGet("/releases/{release}/tables/{table}/cells", [Requires(May.SeeProtectedFigures), Scope(Scope)] (string release, string table, HttpContext http, IMediator pipeline, CancellationToken ct) => Cells(release, table, http, pipeline, ct));
    }

    [Requires(May.SeeProtectedFigures), Scope(Scope)]
    internal sealed record AllReleases : ICatalogQuery<IReadOnlyList<Release>>;

    [Requires(May.SeeProtectedFigures), Scope(Scope)]
    internal sealed record OneRelease(string Id) : ICatalogQuery<OnTheShelf?>;

    /// <summary>The first releases of the quarters of a final one that is without an area, where they stand; empty of every other release.</summary>
    [Requires(May.SeeProtectedFigures), Scope(Scope)]
    internal sealed record FirstOnes(Release Of, Table Table) : ICatalogQuery<IReadOnlyList<OnTheShelf>>;

    internal sealed class Handler(Shelf shelf) : IRequestHandler<AllReleases, IReadOnlyList<Release>>, IRequestHandler<OneRelease, OnTheShelf?>, IRequestHandler<FirstOnes, IReadOnlyList<OnTheShelf>>
    {
        public async Task<IReadOnlyList<OnTheShelf>> Handle(FirstOnes query, CancellationToken ct)
        {
            var (valid, first) = (await shelf.Valid(ct), new List<OnTheShelf>());
            if (!query.Of.IsValid) return first;
            foreach (var quarter in Shelf.Periods([query.Of], query.Table, Span.Quarter))
            {
                if (await shelf.Read(valid, query.Table, quarter, ct) is { First: { } beneath } && !first.Contains(beneath)) first.Add(beneath);
            }
            return first;
        }

        public Task<IReadOnlyList<Release>> Handle(AllReleases query, CancellationToken ct) => shelf.Releases(ct);
        public Task<OnTheShelf?> Handle(OneRelease query, CancellationToken ct) => shelf.Of(query.Id, ct);
    }

    private static async Task<IResult> Releases(HttpContext http, IMediator pipeline, CancellationToken ct)
    {
        if (Faults(http, ["kind"]) is { } refused) return refused;
        var kinds = http.Request.Query["kind"].OfType<string>().ToList();
        if (kinds.Exists(k => !Enum.GetNames<ReleaseKind>().Contains(k, StringComparer.Ordinal))) return Bad(http, "kind", "One of " + string.Join(", ", Enum.GetNames<ReleaseKind>()) + ".");
        var all = (await pipeline.Send(new AllReleases(), ct)).Where(r => kinds.Count == 0 || kinds.Contains(r.Kind.ToString(), StringComparer.Ordinal)).ToList();
        return Paged(http, all.ConvertAll(r => Filled(Told(http, r))), string.Join(' ', all.Select(Mark)));
    }

    private static async Task<IResult> One(string release, HttpContext http, IMediator pipeline, CancellationToken ct) =>
        Faults(http, [], pages: false) is { } refused ? refused
        : (await pipeline.Send(new AllReleases(), ct)).FirstOrDefault(r => r.Id == release) is { } found ? Whole(http, Told(http, found), Mark(found)) : Problem.Of(http, Problem.ResourceNotFound);

    private static async Task<IResult> Tables(string release, HttpContext http, IMediator pipeline, CancellationToken ct)
    {
        if (Faults(http, []) is { } refused) return refused;
        if (await pipeline.Send(new OneRelease(release), ct) is not { } found) return await NotThere(release, http, pipeline, ct);
        return Paged(http, found.Release.Programme!.In(found.Release.Kind.ToString()).Select(t => Filled(Told(http, found.Release, t))).ToList(), Mark(found.Release));
    }

    // One address, two forms: the table as it is described, or all of it as a JSON-stat dataset.
    private static async Task<IResult> OneTable(string release, string table, HttpContext http, IMediator pipeline, CancellationToken ct)
    {
        if (Faults(http, [], pages: false, jsonStat: true) is { } refused) return refused;
        if (await pipeline.Send(new OneRelease(release), ct) is not { } found || Find(found, table) is not { } known) return await NotThere(release, http, pipeline, ct);
        http.Response.Headers.Append(HeaderNames.Vary, "Accept, Accept-Language");
        if (Wanted(http) != JsonStat.MediaType) return Whole(http, Told(http, found.Release, known), Mark(found.Release));
        // Its labels are words: another language is another answer.
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        http.Response.Headers.ContentLanguage = language;
        return Tagged(http, Mark(found.Release) + "json-stat" + language) ?? Results.Bytes(JsonStat.Bytes(JsonStat.Of(found, known)), JsonStat.MediaType);
    }

    private static async Task<IResult> Cells(string release, string table, HttpContext http, IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new OneRelease(release), ct) is not { } found || Find(found, table) is not { } known) return await NotThere(release, http, pipeline, ct);
        var axes = new[] { Axes.Area, Axes.Period }.Concat(Axes.Of(known).Select(a => a.Name)).ToList();
        if (Faults(http, axes) is { } refused) return refused;
        var asked = axes.ToDictionary(a => a, a => http.Request.Query[a].OfType<string>().ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var cells = found.Table(known.Id).Select(f => (Figure: f, At: Axes.At(f))).ToList();
        foreach (var (axis, codes) in asked.Where(a => a.Value.Count > 0))
        {
            var there = cells.Select(c => c.At[axis]).ToHashSet(StringComparer.Ordinal);
            if (!codes.All(c => there.Contains(c) || IsOf(known, axis, c))) return Bad(http, axis, "There is no such code in this table.");
        }
        var first = await pipeline.Send(new FirstOnes(found.Release, known), ct);
        var chosen = cells.Where(c => asked.All(a => a.Value.Count == 0 || a.Value.Contains(c.At[a.Key]))).OrderBy(c => c.Figure.Id, StringComparer.Ordinal)
            .Select(c => new Dictionary<string, object?>(StringComparer.Ordinal) { ["cell"] = c.Figure.Id, ["at"] = c.At, ["value"] = c.Figure.Value, ["margin95"] = c.Figure.Margin, ["signs"] = Signs(c.Figure), ["first"] = c.Figure.IsMissing ? First(http, first, c.Figure) : null }).Select(Filled).ToList();
        return Paged(http, chosen, string.Join(' ', first.Select(f => Mark(f.Release)).Prepend(Mark(found.Release))), new Dictionary<string, object?>(StringComparer.Ordinal) { ["release"] = found.Release.Id, ["table"] = known.Id, ["withdrawn"] = Withdrawn(found.Release), ["coverage"] = Coverage(found.Release) });
    }

    // A release that is there and cannot be read says so.
    private static async Task<IResult> NotThere(string release, HttpContext http, IMediator pipeline, CancellationToken ct) =>
        Problem.Of(http, Problem.ResourceNotFound, (await pipeline.Send(new AllReleases(), ct)).Where(r => r.Id == release && !Published.CanRead(r)).Select(r => new ValidationFailure("release", $"Made by the programme of tables {r.ProgrammeHash}, which this platform does not have.")), "path");

    private static string[]? Signs(Figure figure) => figure.Signs.Length == 0 ? null : figure.Signs.Split(' ');

    // What pages and their files show in place of a figure that the final release is without.
    private static Dictionary<string, object?>? First(HttpContext http, IReadOnlyList<OnTheShelf> first, Figure missing) =>
        first.Select(f => (f.Release, Figure: f.Find(missing.Table.Id, missing.Id))).FirstOrDefault(f => f.Figure is { IsMissing: false }) is not { Figure: { } figure, Release: { } release } ? null
            : Filled(new Dictionary<string, object?>(StringComparer.Ordinal) { ["release"] = release.Id, ["href"] = $"{Base(http)}/releases/{release.Id}", ["value"] = figure.Value, ["margin95"] = figure.Margin, ["signs"] = Signs(figure) });

    private static bool IsOf(Table table, string axis, string code) => Axes.Find(table, axis)?.Codes.Contains(code, StringComparer.Ordinal) == true;

    private static Table? Find(OnTheShelf found, string table) => found.Release.Programme!.In(found.Release.Kind.ToString()).FirstOrDefault(t => t.Id == table);

    // What is empty is left out, also of what is put together by name.
    private static Dictionary<string, object?> Filled(IEnumerable<KeyValuePair<string, object?>> body) => body.Where(b => b.Value is not null).ToDictionary(b => b.Key, b => b.Value, StringComparer.Ordinal);

    private static Dictionary<string, object?> Told(HttpContext http, Release release) => new(StringComparer.Ordinal)
    {
        ["href"] = $"{Base(http)}/releases/{release.Id}", ["id"] = release.Id, ["kind"] = release.Kind.ToString(), ["period"] = release.Period, ["publishedAt"] = release.PublishedAt.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
        ["programmeHash"] = release.ProgrammeHash, ["coverage"] = Coverage(release), ["withdrawn"] = Withdrawn(release), ["structuralWork"] = release.Kind == ReleaseKind.F ? new { href = $"{Base(http)}/releases/{release.Id}/structural-work" } : null, ["tables"] = Published.CanRead(release) ? new { href = $"{Base(http)}/releases/{release.Id}/tables" } : null,
    };

    private static Dictionary<string, object?> Told(HttpContext http, Release release, Table table) => new(StringComparer.Ordinal)
    {
        ["href"] = $"{Base(http)}/releases/{release.Id}/tables/{table.Id}", ["id"] = table.Id, ["name"] = InAll(() => Said.Table(table)), ["definition"] = InAll(() => Words.Of("PubTableText_" + table.Id)),
        ["withdrawn"] = Withdrawn(release), ["grain"] = char.ToLowerInvariant(table.Geography.ToString()[0]) + table.Geography.ToString()[1..], ["shortestPeriod"] = char.ToLowerInvariant(table.Period.ToString()[0]) + table.Period.ToString()[1..],
        ["dimensions"] = Axes.Of(table).Select(a => new { name = a.Name, label = InAll(() => Said.Axis(a.Name)), codes = a.Codes.Concat(a.IsSeveral ? [] : [Published.All]).Select(c => new { code = c, label = InAll(() => Said.Code(a.Name, c)) }) }),
        ["sigma2"] = table.Sigma2, ["delta2"] = table.Delta2, ["cells"] = new { href = $"{Base(http)}/releases/{release.Id}/tables/{table.Id}/cells" },
    };

    internal static object? Withdrawn(Release release) => release.Withdrawn is not { } back ? null : new
    {
        at = back.At.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture), fault = char.ToLowerInvariant(back.Fault.ToString()[0]) + back.Fault.ToString()[1..], text = InAll(() => Said.Withdrawn(release)),
    };

    private static object Coverage(Release release) => new { participatingZones = release.Zones, ofZones = release.OfZones, inhabitantsPercent = release.InhabitantsPercent, validatedZones = release.Validated, without = release.Missing.Split(';', StringSplitOptions.RemoveEmptyEntries) };

    // Names in every language, as the guide writes lists of codes: whoever reads them need not ask four times.
    internal static SortedDictionary<string, string> InAll(Func<string> word)
    {
        var (said, before) = (new SortedDictionary<string, string>(StringComparer.Ordinal), CultureInfo.CurrentUICulture);
        try
        {
            foreach (var language in new[] { "de", "en", "fr", "nl" })
            {
                CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language + "-BE");
                said[language] = word();
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
        return said;
    }

    private static string Base(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{ApiDoor.Segment}/figures/v1";

    private static string Self(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}{http.Request.QueryString}";

    internal static string Mark(Release release) => release.Id + " " + release.ProgrammeHash + (release.IsValid ? "" : " withdrawn");

    private static IResult Whole(HttpContext http, Dictionary<string, object?> body, string mark)
    {
        body.Remove("href", out var self);
        return Tagged(http, mark) ?? Results.Json(Filled([KeyValuePair.Create("self", self), .. body]), Json);
    }

    internal static IResult Paged(HttpContext http, List<Dictionary<string, object?>> all, string mark, Dictionary<string, object?>? more = null)
    {
        var (page, size) = (Number(http, "page") ?? 1, Number(http, "pageSize") ?? DefaultSize);
        var pages = Math.Max(1, (all.Count + size - 1) / size);
        if (page > pages) return Bad(http, "page", $"There are {pages} pages.");
        if (Tagged(http, mark) is { } same) return same;
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["self"] = Self(http) };
        foreach (var (key, value) in more ?? []) body[key] = value;
        body["items"] = all.Skip((page - 1) * size).Take(size);
        body["total"] = all.Count;
        body["pageSize"] = size;
        body["first"] = At(1);
        body["prev"] = page > 1 ? At(page - 1) : null;
        body["next"] = page < pages ? At(page + 1) : null;
        body["last"] = At(pages);
        return Results.Json(Filled(body), Json);

        string At(int to) => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}{QueryString.Create([.. http.Request.Query.Where(q => q.Key is not "page").SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v))), KeyValuePair.Create("page", (string?)to.ToString(CultureInfo.InvariantCulture))])}";
    }

    // What is out never changes, but that it may be taken back: the mark of an answer is its release, its address and its form.
    private static IResult? Tagged(HttpContext http, string mark)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{mark} {Self(http)}")))[..32]}\"");
        http.Response.Headers.Append(HeaderNames.Vary, "Authorization");
        http.Response.GetTypedHeaders().ETag = tag;
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false) || t.Equals(EntityTagHeaderValue.Any)) ? Results.StatusCode(StatusCodes.Status304NotModified) : null;
    }

    // What stands in the address and is not known, and an Accept that nothing here satisfies, before anything is read.
    internal static IResult? Faults(HttpContext http, IReadOnlyList<string> filters, bool pages = true, bool jsonStat = false)
    {
        if (Wanted(http) is not { } form || (form == JsonStat.MediaType && !jsonStat)) return Problem.Of(http, Problem.NotAcceptable);
        var issues = new List<ValidationFailure>();
        foreach (var (name, values) in http.Request.Query)
        {
            if (pages && name is "page" or "pageSize")
            {
                if (Number(http, name) is not { } number || number < 1 || (name == "pageSize" && number > LargestSize) || values.Count != 1) issues.Add(new ValidationFailure(name, name == "page" ? "A number from 1." : $"A number from 1 to {LargestSize}."));
            }
            else if (!filters.Contains(name, StringComparer.Ordinal)) issues.Add(new ValidationFailure(name.Length == 0 ? "-" : name, "Not known here."));
        }
        return issues.Count == 0 ? null : Problem.Of(http, Problem.BadRequest, issues, "query");
    }

    /// <summary>The form that is wanted most of those there are; null: none of them.</summary>
    private static string? Wanted(HttpContext http)
    {
        var accept = http.Request.GetTypedHeaders().Accept;
        if (accept.Count == 0) return "application/json";
        foreach (var type in accept.Where(a => a.Quality is not 0).OrderByDescending(a => a.Quality ?? 1))
        {
            if (type.MediaType.Equals(JsonStat.MediaType, StringComparison.OrdinalIgnoreCase)) return JsonStat.MediaType;
            if (type.MatchesAllTypes || type.MediaType.Value is { } named && (named.Equals("application/json", StringComparison.OrdinalIgnoreCase) || named.Equals("application/*", StringComparison.OrdinalIgnoreCase))) return "application/json";
        }
        return null;
    }

    private static int? Number(HttpContext http, string name) => int.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static IResult Bad(HttpContext http, string name, string detail) => Problem.Of(http, Problem.BadRequest, [new ValidationFailure(name, detail)], "query");

    /// <summary>What a program may be given.</summary>
    internal sealed class Offer : IOfferScope
    {
        public string Name => Scope;
        public string Text => Words.PubScopeText;
    }
}
