namespace VictimSupport.Foundation.Links;

/// <summary>What somebody outside the zone is told, line by line, as whoever agreed to it saw it. Always sealed where it is kept.</summary>
/// <param name="Language">fr, nl, de or en: in which it is written.</param>
public sealed record Disclosure(string Language, IReadOnlyList<DisclosedLine> Lines)
{
    // Somebody's name would stand in the log.
    public override string ToString() => "•••";
}

/// <param name="Label">What it is, in the language of the whole.</param>
public sealed record DisclosedLine(string Label, string Value)
{
    public override string ToString() => "•••";
}
