namespace VictimSupport.Casework.Leaflets;

internal enum BlockKind { Lines, Heading, Items }

/// <summary>A piece of a leaflet. Its text is plain: a line after <c># </c> is a heading, lines after <c>- </c> are a list, an empty line begins anew.</summary>
internal sealed record Block(BlockKind Kind, IReadOnlyList<string> Lines)
{
    public string Text => string.Join('\n', Lines);

    /// <summary>Reads a text. A heading with nothing below it is left out: what stood there had no value.</summary>
    public static IReadOnlyList<Block> Read(string text)
    {
        var read = new List<(BlockKind Kind, List<string> Lines)>();
        var goesOn = false;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()))
        {
            var (kind, said) = line switch
            {
                ['#', ' ', ..] => (BlockKind.Heading, line[2..].Trim()),
                ['-', ' ', ..] => (BlockKind.Items, line[2..].Trim()),
                _ => (BlockKind.Lines, line),
            };
            if (said.Length == 0) goesOn = false;
            else if (goesOn && kind == read[^1].Kind && kind != BlockKind.Heading) read[^1].Lines.Add(said);
            else
            {
                read.Add((kind, [said]));
                goesOn = true;
            }
        }
        return [.. read.Where((b, place) => b.Kind != BlockKind.Heading || (place + 1 < read.Count && read[place + 1].Kind != BlockKind.Heading)).Select(b => new Block(b.Kind, b.Lines))];
    }
}
