using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Leaving;

/// <summary>The code of the goal that a zone chose for its exit in a language; null where it chose none. Registered scoped by whoever keeps the zone's content.</summary>
internal delegate ValueTask<string?> ChosenGoal(string language, CancellationToken ct);

/// <param name="Code">Its name in words is <c>Goal_…</c>.</param>
internal sealed record Goal(string Code, string Language, string Address);

/// <summary>Where an exit leads: a page about something else, in the reader's language, that says nothing of us. A zone chooses among these and names none of its own: an address that anybody could write would one day lead back.
/// Looked at every month; last on 2026-11-24.</summary>
internal static class Goals
{
    /// <summary>The first is the one of a zone that chose nothing, the weather of the whole country by the institute that is charged with it: nobody asks why somebody reads that.</summary>
    public static readonly IReadOnlyList<Goal> All =
    [
        new("Weather", "fr", "https://www.meteo.be/fr/belgique"),
        new("Weather", "nl", "https://www.meteo.be/nl/belgie"),
        new("Weather", "de", "https://www.meteo.be/de/belgien"),
        new("Weather", "en", "https://www.meteo.be/en/belgium"),
        new("Country", "fr", "https://www.belgium.be/fr"),
        new("Country", "nl", "https://www.belgium.be/nl"),
        new("Country", "de", "https://www.belgium.be/de"),
        new("Country", "en", "https://www.belgium.be/en"),
    ];

    /// <summary>How long a zone's choice is waited for; whoever leaves is not held up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<string> Codes => All.Select(g => g.Code).Distinct(StringComparer.Ordinal);

    /// <summary>The languages of the pages for anybody, as they stand in an address.</summary>
    public static IReadOnlyCollection<string> Languages { get; } = [.. All.Select(g => g.Language).Distinct(StringComparer.Ordinal)];

    /// <summary>The address in a language; of a code that is not shipped (any more) the first of it.</summary>
    public static string Of(string? code, string language) =>
        (All.FirstOrDefault(g => g.Language == language && g.Code == code) ?? All.FirstOrDefault(g => g.Language == language) ?? All[0]).Address;

    /// <summary>The goal of this request. A database that is away or slow holds nobody up.</summary>
    public static async ValueTask<string> Of(HttpContext http, string language)
    {
        if (http.RequestServices.GetRequiredService<WhereAndWho>().Zone is null) return Of((string?)null, language);
        try
        {
            return Of(await http.RequestServices.GetRequiredService<ChosenGoal>()(language, http.RequestAborted).AsTask().WaitAsync(Patience, http.RequestAborted), language);
        }
#pragma warning disable CA1031 // Whatever is wrong with a zone's choice, somebody wants to be gone now.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Of((string?)null, language);
        }
    }
}
