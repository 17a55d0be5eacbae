using Microsoft.AspNetCore.Http;

namespace VictimSupport.Design.Tags;

/// <summary>Keeps what is typed in a form until it is sent. Implemented where there is a place to keep it; the kit only shows it.</summary>
public interface IKeepDrafts
{
    /// <summary>What its reader typed in this form of this page and has not sent; null: nothing.</summary>
    /// <param name="form">The form's name on its page.</param>
    ValueTask<DraftForm?> Find(HttpContext http, string form);
}

/// <summary>A form as it was left.</summary>
/// <param name="Boxes">Every box with what stands in it; none where nothing was ticked.</param>
/// <param name="AwayHref">A post there throws it away.</param>
/// <param name="Others">Other texts of the same form, from other tabs, and where each is shown.</param>
public sealed record DraftForm(Guid Id, int Version, DateTimeOffset Saved, IReadOnlyDictionary<string, string[]> Boxes, string AwayHref, IReadOnlyList<(DateTimeOffset Saved, string Href)> Others)
{
    /// <summary>The page without it.</summary>
    public required string Back { get; init; }
}
