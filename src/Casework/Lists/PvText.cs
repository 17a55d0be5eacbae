using System.Text;
using VictimSupport.Design.Forms;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Casework.Lists;

/// <summary>What a row of a list says, each cell as it was typed: text and nothing else, whatever sign it begins with.</summary>
/// <param name="FollowUp">What the officer ticked or wrote where follow-up is to be offered.</param>
internal sealed record PvCells(string Number, string Facts, string Date, string GivenName, string FamilyName, string Address, string Language, string FollowUp = "")
{
    public static readonly PvCells Nothing = new("", "", "", "", "", "", "");
}

/// <summary>The columns a list may have. Their headings in four languages stand in the words, under <c>PvHeading_</c> and this.</summary>
internal enum PvColumn { Number = 1, Facts, Date, Name, Address, Language, GivenName, FamilyName, FollowUp }

/// <summary>Why a text is no list.</summary>
internal enum PvUnread { Nothing = 1, TooLarge, TooMany }

/// <summary>Reads the night's list as it comes out of a spreadsheet or a file: tab, semicolon or comma, with a heading in any of four languages or none, in UTF-8 or Latin-1. Whatever is in it, there is an answer.</summary>
internal static class PvText
{
    /// <summary>The largest list, in bytes and in rows.</summary>
    public const int LargestBytes = 512 * 1024, Most = 500;

    // Where nothing is said of the columns.
    private static readonly PvColumn?[] Usual = [PvColumn.Number, PvColumn.Facts, PvColumn.Date, PvColumn.Name, PvColumn.Address, PvColumn.Language, PvColumn.FollowUp];
    private static readonly Lazy<Dictionary<string, PvColumn>> Headings = new(() => InFourLanguages(Enum.GetValues<PvColumn>().Select(c => (c, "PvHeading_" + c)), several: true));

    /// <summary>The rows, in their order; empty ones are no rows.</summary>
    /// <returns>The rows; or why there are none.</returns>
    public static (IReadOnlyList<PvCells> Rows, PvUnread? Unread) Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestBytes) return ([], PvUnread.TooLarge);
        var plain = PlainText.Of(text).TrimStart('\uFEFF');
        var rows = CellText.Cells(plain, CellText.Separator(plain)).Where(r => r.Any(c => c.Length > 0)).Take(Most + 2).ToList();
        if (rows.Count == 0) return ([], PvUnread.Nothing);
        var columns = Heading(rows[0]);
        var read = rows.Skip(columns is null ? 0 : 1).Select(r => Row(r, columns ?? Usual)).ToList();
        return read.Count == 0 ? ([], PvUnread.Nothing) : read.Count > Most ? ([], PvUnread.TooMany) : (read, null);
    }

    /// <summary>Words of codes, folded, in every language of the portal.</summary>
    /// <param name="several">A word's text is several, parted by semicolons.</param>
    internal static Dictionary<string, T> InFourLanguages<T>(IEnumerable<(T Code, string Key)> codes, bool several = false) => FourLanguages.Known(codes, Words.Of, several);

    // A heading names the number, or two columns at least.
    private static PvColumn?[]? Heading(List<string> row)
    {
        var columns = row.Select(c => Headings.Value.TryGetValue(FourLanguages.Fold(c), out var column) ? column : (PvColumn?)null).ToArray();
        return columns.OfType<PvColumn>().Distinct().Count() is var named && (named > 1 || (named == 1 && row.Count(c => c.Length > 0) == 1)) ? columns : null;
    }

    private static PvCells Row(List<string> cells, PvColumn?[] columns)
    {
        var (given, family) = (Of(PvColumn.GivenName), Of(PvColumn.FamilyName));
        if (Of(PvColumn.Name) is { Length: > 0 } name)
        {
            // Beside a column of first names, the name is the family's.
            (given, family) = given.Length > 0 ? (given, family.Length > 0 ? family : name) : family.Length > 0 ? (name, family) : Parted(name);
        }
        else if (!columns.Contains(PvColumn.GivenName) && family.Length > 0)
        {
            (given, family) = Parted(family); // "Nom", and both parts in it
        }
        return new PvCells(Of(PvColumn.Number), Of(PvColumn.Facts), Of(PvColumn.Date), given, family, Of(PvColumn.Address), Of(PvColumn.Language), Of(PvColumn.FollowUp));

        string Of(PvColumn column) => Array.IndexOf(columns, column) is var at and >= 0 && at < cells.Count ? cells[at] : "";
    }

    /// <summary>"Dupont, Jean", "DUPONT Jean" and "Jean Dupont": which part is whose. It is a guess, shown before anything is made of it.</summary>
    internal static (string Given, string Family) Parted(string name)
    {
        if (name.IndexOf(',', StringComparison.Ordinal) is var comma and > 0) return (name[(comma + 1)..].Trim(), name[..comma].Trim());
        var parts = name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length < 2) return ("", name);
        var loud = parts.Where(p => p.Any(char.IsLetter) && p.Where(char.IsLetter).Count() > 1 && p.Where(char.IsLetter).All(char.IsUpper)).ToList();
        if (loud.Count > 0 && loud.Count < parts.Length) return (string.Join(' ', parts.Except(loud)), string.Join(' ', loud));
        return (parts[0], string.Join(' ', parts[1..]));
    }
}
