using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Letters;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Intakes;

/// <summary>The eight fields of the intake on paper, to be filled in where there is no network and typed in afterwards. The same fields in the same order; nothing of anybody stands on it.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Card(WhereAndWho who, IZoneSettings settings, TimeProvider clock) : PageModel
{
    /// <summary>Of paper.</summary>
    public static readonly IReadOnlyList<string> Sizes = ["A5", "A6"];

    [BindProperty(SupportsGet = true)] public string? Language { get; set; }
    [BindProperty(SupportsGet = true)] public string? Size { get; set; }

    /// <summary>Those of the zone first, then the others of the portal.</summary>
    public IReadOnlyList<string> Offered { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (own, zone) = ((await settings.Of(who.Zone!.Id, ct)).Languages, who.Zone.Record.FirstLanguage);
        Offered = [.. own.Concat(Wording.Languages).Where(Wording.Languages.Contains).Distinct()];
        if (Language is null || !Offered.Contains(Language)) Language = Offered.Contains(zone) ? zone : Offered[0];
        if (Size is null || !Sizes.Contains(Size)) Size = Sizes[0];
    }

    /// <summary>As the form asks them.</summary>
    /// <param name="Lines">To write on.</param>
    internal sealed record Field(string Label, IReadOnlyList<string> Choices, int Lines);

    /// <summary>In the language of the moment.</summary>
    public IReadOnlyList<Field> Fields() =>
    [
        new($"{Words.TriggerLabel} {Words.RequestedAtLabel}", Say(CodeList.Trigger), 1),
        new(Words.WhenLabel, [], 1),
        new(Words.WhereLabel, [], 1),
        new(Words.FactsLabel, Say(CodeList.SubKind), 0),
        new($"{Words.GivenName}, {Words.FamilyName}", [Words.NameUnknown, .. Capacities.Helped(Today).Select(c => c.Text)], 1),
        new($"{Words.PhoneLabel}. {Words.SafeCallLabel}", Say<Rule>(), 1),
        new(Words.LanguageLabel, [.. Wording.Languages.Select(l => Words.Of("Language_" + l)), Words.Of("Language_other")], 0),
        new(Words.NoteLabel, [], Size == "A6" ? 2 : 4),
    ];

    private DateOnly Today => Moment.Day(clock.GetUtcNow());
    private IReadOnlyList<string> Say(CodeList list) => [.. ShippedCodes.Choices(list, Today).Select(c => c.Text)];
    private static IReadOnlyList<string> Say<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(v => Words.Of(v))];
}
