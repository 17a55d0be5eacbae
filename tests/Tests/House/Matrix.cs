using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>The isolation matrix: every door and every thing it does × everybody of the cast. Says what was wrong, and how much was asked.</summary>
internal sealed partial class Matrix(World world, World other)
{
    private readonly HttpClient client = world.Zone.Platform.CreateDefaultClient(new Uri("http://localhost"));
    private readonly Guid absent = new("0192f000-0000-7000-8000-00000000dead");

    public List<string> Faults { get; } = [];
    public int Asked { get; private set; }
    public HashSet<string> Doors { get; } = [];

    /// <summary>Every door, as everybody: who may not gets nothing that tells there is something.</summary>
    public async Task Walk(IEnumerable<Door> doors)
    {
        var cast = new Cast(world, other);
        var (zone, account) = (await cast.OfTheZone(), await cast.OfTheAccount());
        var desks = new Dictionary<string, IReadOnlyList<Figure>> { [Pass.OperatorPlace] = await cast.OfThePlatform(Pass.OperatorPlace), [Pass.FiguresPlace] = await cast.OfThePlatform(Pass.FiguresPlace) };
        foreach (var door in doors)
        {
            Doors.Add(door.Text);
            if (door.Demand is null)
            {
                Faults.Add($"{door} carries neither [Requires] nor [Open]");
                continue;
            }
            var first = door.Text.Split('/')[1];
            var figures = door.IsInZone ? zone : desks.TryGetValue(first, out var desk) ? desk : first == "account" ? account : null;
            if (figures is null && door.Demand.Deed is not null) Faults.Add($"{door} demands {door.Demand.Deed} where nobody of the cast stands");
            foreach (var figure in figures ?? [await Nobody(cast)])
            {
                foreach (var knock in door.Knocks)
                {
                    if (first == "account" && knock.Method != "GET" && figure.Taken == Taken.ByTheirRoles) continue; // it would end the session the next one needs
                    var answer = await Ask(door, knock, figure, _ => absent);
                    if (Judge(door, knock, figure, answer) is { } fault) Faults.Add($"{knock.Method} {door}{(knock.Handler is null ? "" : " " + knock.Handler)} as {figure.Name}: {(int)answer.StatusCode}, {fault}");
                }
            }
        }
    }

    /// <summary>Every door with an id in its address, its query or its form, as everybody who may: what belongs to another zone, and what is hidden in one's own, answers as what is not there, to the byte.</summary>
    public async Task Compare(IEnumerable<Door> doors)
    {
        // What takes something out comes last: after it there is nothing left to tell of.
        var all = doors.Where(d => d.IsInZone && !d.IsForPrograms && d.Demand?.Deed is not null).ToList();
        foreach (var (door, knocks) in new[] { false, true }.SelectMany(last => all.Select(d => (Door: d, Knocks: d.Knocks.Where(k => (k.Handler == "TakeOut") == last).ToList()))).Where(d => d.Knocks.Count > 0))
        {
            Doors.Add(door.Text);
            foreach (var figure in (await new Cast(world, other).OfTheZone()).Where(f => f.Taken == Taken.ByTheirRoles && f.May(door.Demand!.Deed!.Value)))
            {
                foreach (var knock in knocks)
                {
                    foreach (var name in door.Route.Parameters.Select(p => p.Name).Concat(knock.Boxes.Where(b => b.Type == typeof(Guid) && b.Name != "vs-once").Select(b => b.Name)))
                    {
                        var nothing = await Ask(door, knock, figure, n => n == name ? absent : Own(n));
                        var one = await Bytes(nothing, absent);
                        await Differs("of another zone", other.Of(Last(name))[0]);
                        // The event with its lines: of another event alone a line would not be there anyhow.
                        if (figure.Visits && world.OfOurOwn.TryGetValue(Last(name), out var ours)) await Differs("that they do not come for", ours, n => world.OfOurOwn.TryGetValue(Last(n), out var own) ? own : Own(n));
                        // Whoever builds walls names any dossier of the zone that no wall hides from them.
                        if ((figure.Walled || (!figure.May(May.OpenAnyDossierOfTheZone) && !door.ToString().StartsWith("/walls", StringComparison.Ordinal))) && world.Hidden.TryGetValue(Last(name), out var hidden)) await Differs(figure.Walled ? "behind a wall" : "of a colleague alone", hidden);

                        async Task Differs(string whose, Guid id, Func<string, Guid>? beside = null)
                        {
                            var there = await Ask(door, knock, figure, n => n == name ? id : (beside ?? Own)(n));
                            var two = await Bytes(there, id);
                            // A page of the log grows by each look at it: there only the status can be the same.
                            if (door.ToString().Contains("privacy/audit", StringComparison.Ordinal) ? there.StatusCode == nothing.StatusCode : one == two) return;
                            // What the first asking took out is gone at the second, whatever this id was: what is not there is asked for once more.
                            if (await Bytes(await Ask(door, knock, figure, n => n == name ? absent : (beside ?? Own)(n)), absent) == two) return;
                            Faults.Add($"{knock.Method} {door} {knock.Handler} as {figure.Name}: {name} {whose} does not answer as one that is not there ({(int)there.StatusCode}, {(int)nothing.StatusCode}){Difference(one, two)}");
                        }
                    }
                }
            }
        }

        // What stands beside the id under test is one's own where one has something, so that it alone decides.
        Guid Own(string name) => world.Of(Last(name))[0];
    }

    private static string? Judge(Door door, Knock knock, Figure figure, HttpResponseMessage answer)
    {
        var status = answer.StatusCode;
        if ((int)status >= 500) return "a fault";
        if (status == HttpStatusCode.Forbidden) return "which says that there is something";
        if (door.Demand!.Deed is not { } deed) return null;
        if (door.IsForPrograms) return status == HttpStatusCode.Unauthorized ? null : "should ask for a token: a cookie is none";
        if (figure.May(deed))
            return status is HttpStatusCode.NotFound && knock.Method == "GET" && !door.HasId && knock.Boxes.All(b => b.Type != typeof(Guid)) ? "should open" : IsSignIn(answer) ? "should not be led to the sign-in" : null;
        if (figure.Taken == Taken.AsNobody) return IsSignIn(answer) ? null : "should be led to the sign-in";
        return status == HttpStatusCode.NotFound ? null : "should not be there";
    }

    // A form that comes after the session's end is kept first, then leads there.
    private static bool IsSignIn(HttpResponseMessage answer) => answer.Headers.Location?.ToString() is { } to
        && ((answer.StatusCode == HttpStatusCode.Redirect && to.StartsWith("/account/enter?to=", StringComparison.Ordinal)) || (answer.StatusCode == HttpStatusCode.TemporaryRedirect && to.StartsWith("/account/kept", StringComparison.Ordinal)));

    private async Task<HttpResponseMessage> Ask(Door door, Knock knock, Figure figure, Func<string, Guid> id)
    {
        Asked++;
        var random = new Random(7);
        var path = (door.IsInZone ? "/" + world.Zone.Code : "") + door.Path(p => p.ParameterPolicies.Any(q => q.Content?.Contains("int", StringComparison.Ordinal) == true) ? "404" : id(p.Name).ToString());
        var fields = knock.Boxes.Where(b => !Hostile.IsFile(b)).SelectMany(b => b.Type == typeof(Guid) ? [(b.Name, Encoding.UTF8.GetBytes(b.Name == "vs-once" ? Guid.NewGuid().ToString() : id(b.Name).ToString()))] : Hostile.Fitting(b, (_, _) => absent.ToString(), random))
            .Select(f => KeyValuePair.Create(f.Item1, Encoding.UTF8.GetString(f.Item2))).ToList();
        var query = knock.Method == "GET" ? fields.ToList() : [];
        if (knock.Handler is { } handler) query.Add(KeyValuePair.Create("handler", handler));
        if (query.Count > 0) path += "?" + string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"));
        using var request = new HttpRequestMessage(new HttpMethod(knock.Method), path);
        request.Headers.TryAddWithoutValidation("Cookie", figure.Cookie);
        request.Headers.AcceptLanguage.ParseAdd("en");
        if (knock.Method != "GET") request.Content = new FormUrlEncodedContent(fields.Append(KeyValuePair.Create("__RequestVerificationToken", figure.Token)));
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<Figure> Nobody(Cast cast) => (await cast.OfTheAccount())[0];

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..].TrimEnd('s');

    // All that a reader can see of an answer but what every answer has of its own: reference, tokens, one-time ids and codes, and the id that was asked for.
    private static async Task<string> Bytes(HttpResponseMessage answer, Guid asked) =>
        $"{(int)answer.StatusCode} {answer.Headers.Location?.ToString().Replace(asked.ToString(), "ID", StringComparison.OrdinalIgnoreCase)} {string.Join(',', answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).Where(k => k is not ("Set-Cookie" or "Content-Length")).Order(StringComparer.Ordinal))}\n"
        + Own().Replace((await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(asked.ToString(), "ID", StringComparison.OrdinalIgnoreCase), "");

    private static string Difference(string one, string two)
    {
        var at = Enumerable.Range(0, Math.Min(one.Length, two.Length)).FirstOrDefault(i => one[i] != two[i], Math.Min(one.Length, two.Length));
        return $"\n  {Around(one)}\n  {Around(two)}";

        string Around(string text) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 120)].ReplaceLineEndings(" ");
    }

    [GeneratedRegex("<code>[0-9a-f]{32}</code>|<code data-code[^>]*>[0-9 ]+</code>|value=\"CfDJ8[^\"]*\"|name=\"vs-once\"[^>]*>|data-address=\"/[0-9]{4}/search/[0-9a-f-]{36}\"|value=\"[0-9]{15,}-[0-9]+\"", RegexOptions.None, 1000)]
    private static partial Regex Own();
}
