namespace VictimSupport.Design.Tags;

/// <summary>One of the things to choose from. The value is a code or an id, the text is what the reader sees.</summary>
public sealed record Choice(string Value, string Text, string? Hint = null)
{
    /// <summary>All values of an enum, each with its word: Choice.All&lt;Urgency&gt;(Words.Of).</summary>
    public static IReadOnlyList<Choice> All<T>(Func<Enum, string> say) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => new Choice(value.ToString(), say(value)))];
}
