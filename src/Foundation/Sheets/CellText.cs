using System.Text;

namespace VictimSupport.Foundation.Sheets;

/// <summary>Reads cells as they come out of a spreadsheet or a file. Whatever is in it, there is an answer.</summary>
public static class CellText
{
    /// <summary>A file's text, read no further than it may be long: one that is longer gives a text that is longer too, and is told so.</summary>
    /// <param name="largest">In bytes.</param>
    public static async Task<string> Read(Stream file, int largest, CancellationToken ct)
    {
        using var read = new MemoryStream();
        var (buffer, got) = (new byte[64 * 1024], 0);
        while (read.Length <= largest && (got = await file.ReadAsync(buffer, ct)) > 0) read.Write(buffer, 0, got);
        return Decode(read.ToArray());
    }

    /// <summary>A file's text: UTF-8, with or without its mark; what is not UTF-8 is Latin-1, as old programs write it.</summary>
    public static string Decode(byte[] file)
    {
        var start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file, start, file.Length - start);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(file);
        }
    }

    /// <summary>Columns of a list that a reader does not take, by their heading; one without a heading that holds something by its number. Nothing is left out of a list without a word.</summary>
    /// <param name="rows">The first of them is the heading, where there is one.</param>
    /// <param name="takes">Is the column of this number, from 0, taken?</param>
    public static IReadOnlyList<string> Left(IReadOnlyList<List<string>> rows, bool hasHeading, Func<int, bool> takes)
    {
        var filled = rows.SelectMany(r => Enumerable.Range(0, r.Count).Where(i => r[i].Length > 0)).ToHashSet();
        // A table that anybody made has fewer; a hostile one is told no more.
        return [.. filled.Where(i => !takes(i)).Order().Take(100).Select(i => hasHeading && i < rows[0].Count && rows[0][i] is { Length: > 0 } said ? said.Length > 40 ? said[..40] + "…" : said : (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>What parts the cells: a tab is typed by nobody; else whatever parts the first line most often.</summary>
    public static char Separator(string text)
    {
        var line = text.AsSpan().TrimStart("\r\n");
        if (line.IndexOfAny('\r', '\n') is var end and >= 0) line = line[..end];
        return line.Contains('\t') ? '\t' : line.Count(';') >= line.Count(',') ? ';' : ',';
    }

    /// <summary>The rows and their cells. RFC 4180, and forgiving: a quotation mark that nobody closes before the end is a letter like any other.</summary>
    public static IEnumerable<List<string>> Cells(string text, char separator)
    {
        var (row, cell, at) = (new List<string>(), new StringBuilder(), 0);
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '"' && cell.Length == 0 && Quoted(text, at, separator) is var (inside, next))
            {
                cell.Append(inside);
                at = next;
                continue;
            }
            at++;
            if (c == separator)
            {
                End();
            }
            else if (c is '\r' or '\n')
            {
                if (c == '\r' && at < text.Length && text[at] == '\n') at++;
                End();
                yield return row;
                row = [];
            }
            else
            {
                cell.Append(c);
            }
        }
        End();
        yield return row;

        void End()
        {
            row.Add(cell.ToString().Trim());
            cell.Clear();
        }
    }

    // What stands between two marks, and where the text goes on behind them; null: the mark opens nothing.
    private static (string Inside, int Next)? Quoted(string text, int from, char separator)
    {
        // One that is not closed within a cell's length closes none: else a hostile file would be read again and again.
        var (inside, last) = (new StringBuilder(), Math.Min(text.Length, from + 4000));
        for (var at = from + 1; at < last; at++)
        {
            if (text[at] != '"')
            {
                inside.Append(text[at]);
                continue;
            }
            if (at + 1 < text.Length && text[at + 1] == '"')
            {
                inside.Append('"');
                at++;
                continue;
            }
            return at + 1 == text.Length || text[at + 1] == separator || text[at + 1] is '\r' or '\n' ? (inside.ToString(), at + 1) : null;
        }
        return null;
    }
}
