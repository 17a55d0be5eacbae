using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>What a form was filled in over, carried in the form itself as a print of each box: as short for a long text as for a short one, and saying nothing that does not stand on the page. Where somebody else saved meanwhile, boxes that nobody touched here take what was saved there, and what was changed here stays: two people's work on different boxes meets.
/// For a page with a <c>Form</c> and a <c>Meanwhile</c> of the same type, which is what stands there now and null where nobody else saved.</summary>
public static class Over
{
    /// <summary>The name of the hidden field.</summary>
    public const string Name = "Form.Over";

    /// <summary>What the form of a page is filled in over; null: the page tells of nobody who saves meanwhile.</summary>
    public static string? Of(PageModel page, HttpContext http)
    {
        if (Boxes(page) is not var (form, meanwhile)) return null;
        // What was typed is nothing that it was filled in over: a form that is shown again keeps what it carried.
        if ((meanwhile.GetValue(page) ?? (HttpMethods.IsPost(http.Request.Method) ? null : form.GetValue(page))) is not { } stands) return Carried(http);
        return string.Join(' ', Prints(stands, form.PropertyType).Select(p => $"{p.Key}:{p.Value}"));
    }

    /// <summary>After the page knows what stands there now.</summary>
    /// <param name="unread">Boxes that could not be read: what was typed there stays.</param>
    internal static void TakeTheirs(PageModel page, HttpContext http, IReadOnlySet<string> unread)
    {
        if (Boxes(page) is not var (form, meanwhile) || meanwhile.GetValue(page) is not { } now || form.GetValue(page) is not { } mine || Carried(http) is not { } carried) return;
        // Whoever forges it changes what their own form says and nothing else.
        var over = carried.Split(' ').ToHashSet(StringComparer.Ordinal);
        var (here, there) = (Prints(mine, form.PropertyType), Prints(now, form.PropertyType));
        foreach (var box in form.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p is { CanRead: true, CanWrite: true } && p.SetMethod!.IsPublic && here.ContainsKey(p.Name)))
        {
            if (!over.Contains($"{box.Name}:{here[box.Name]}") || here[box.Name] == there[box.Name]) continue;
            var key = "Form." + box.Name;
            if (unread.Any(u => IsOf(u, key))) continue;
            box.SetValue(mine, box.GetValue(now));
            foreach (var kept in page.ModelState.Keys.Where(k => IsOf(k, key)).ToList()) page.ModelState.SetModelValue(kept, null, null);
        }
    }

    private static (PropertyInfo Form, PropertyInfo Meanwhile)? Boxes(PageModel page) =>
        page.GetType().GetProperty("Form") is { } form && page.GetType().GetProperty("Meanwhile") is { } meanwhile && form.PropertyType == meanwhile.PropertyType && !form.PropertyType.IsValueType ? (form, meanwhile) : null;

    private static string? Carried(HttpContext http) => http.Request.HasFormContentType && http.Request.Form[Name].ToString() is { Length: > 0 } carried ? carried : null;

    private static Dictionary<string, string> Prints(object form, Type type) => ((JsonObject)JsonSerializer.SerializeToNode(form, type)!).ToDictionary(
        p => p.Key, p => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{p.Key} {Text(p.Value)}")).AsSpan(0, 8)), StringComparer.Ordinal);

    // An empty box and none, and lines however they end, are the same.
    private static string Text(JsonNode? node) => node switch
    {
        null or JsonArray { Count: 0 } => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim(),
        _ => node.ToJsonString(),
    };

    private static bool IsOf(string key, string box) => key == box || key.StartsWith(box + ".", StringComparison.Ordinal) || key.StartsWith(box + "[", StringComparison.Ordinal);
}
