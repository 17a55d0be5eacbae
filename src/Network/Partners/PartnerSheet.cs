using System.Text;
using System.Text.Json;
using VictimSupport.Design.Forms;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>The columns of the directory as a file. Their headings in four languages stand in the words, under <c>PartnerHeading_</c> and this.</summary>
internal enum PartnerColumn { Organisation = 1, Type, OwnType, Level, Sphere, Needs, Languages, Municipalities, Hours, Channel, Telephone, Mailbox, TakesForm }

/// <summary>Why a text is no list of partners.</summary>
internal enum PartnerUnread { Nothing = 1, TooLarge, TooMany, NoHeading }

/// <summary>A row of a list that is to be taken in.</summary>
/// <param name="Number">Of the row, counted from 1 below the heading.</param>
/// <param name="Faults">What is wrong in it; empty: it could be taken.</param>
internal sealed record PartnerLine(int Number, Edit.Command Form, IReadOnlyList<string> Faults)
{
    /// <summary>The same for the same partner.</summary>
    public string Print => JsonSerializer.Serialize(Form);
}

/// <summary>Reads the directory as a spreadsheet or a file gives it, in any of four languages, and writes it. Whatever is in a list, there is an answer.</summary>
internal static class PartnerSheet
{
    /// <summary>The largest list, in bytes and in rows.</summary>
    public const int LargestBytes = 512 * 1024, Most = 500;

    private static readonly char[] Several = [',', ';', '|', '\n', '\r'];
    private static readonly Lazy<Dictionary<string, PartnerColumn>> Headings = new(() => ByCodeToo(Enum.GetValues<PartnerColumn>().Select(c => (c, c.ToString(), "PartnerHeading_" + c))));
    private static readonly Lazy<Dictionary<string, string>> Types = new(() => ByCodeToo(PartnerTypes.All.Select(t => (t.Code, t.Code, "Type_" + t.Code))));
    private static readonly Lazy<Dictionary<string, string>> Tongues = new(() => ByCodeToo(PartnerLanguages.All.Select(l => (l, l, "Language_" + l))));
    private static readonly Lazy<Dictionary<string, Need>> Needs = new(Codes<Need>);
    private static readonly Lazy<Dictionary<string, PartnerLevel>> Levels = new(Codes<PartnerLevel>);
    private static readonly Lazy<Dictionary<string, PartnerSphere>> Spheres = new(Codes<PartnerSphere>);
    private static readonly Lazy<Dictionary<string, PartnerChannel>> Channels = new(Codes<PartnerChannel>);
    private static readonly Lazy<Dictionary<string, bool>> YesNo = new(() => ByCodeToo<bool>([(true, "true", "SheetYes"), (false, "false", "SheetNo")]));
    private static readonly Edit.Rules Rules = new();

    /// <summary>The rows in their order, each with what is wrong in it, or why there are none; and the columns that are not taken.</summary>
    public static (IReadOnlyList<PartnerLine> Lines, PartnerUnread? Unread, IReadOnlyList<string> Left) Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestBytes) return ([], PartnerUnread.TooLarge, []);
        var plain = PlainText.Of(text).TrimStart('\uFEFF');
        var rows = CellText.Cells(plain, CellText.Separator(plain)).Where(r => r.Any(c => c.Length > 0)).Take(Most + 2).ToList();
        if (rows.Count == 0) return ([], PartnerUnread.Nothing, []);
        var columns = rows[0].Select(c => Headings.Value.TryGetValue(FourLanguages.Fold(c), out var column) ? column : (PartnerColumn?)null).ToArray();
        if (!columns.Contains(PartnerColumn.Organisation)) return ([], PartnerUnread.NoHeading, []);
        if (rows.Count == 1) return ([], PartnerUnread.Nothing, []);
        if (rows.Count - 1 > Most) return ([], PartnerUnread.TooMany, []);
        return ([.. rows.Skip(1).Select((cells, i) => Line(i + 1, cells, columns))], null, CellText.Left(rows, hasHeading: true, i => i < columns.Length && columns[i] is { } known && Array.IndexOf(columns, known) == i));
    }

    /// <summary>The directory as a file, in the reader's language; read again it says the same.</summary>
    public static byte[] Write(IEnumerable<Partner> partners)
    {
        var csv = new Csv();
        csv.Line([.. Enum.GetValues<PartnerColumn>().Select(c => Words.Of("PartnerHeading_" + c).Split(';')[0])]);
        foreach (var p in partners)
        {
            csv.Line(p.Organisation, Words.Of("Type_" + p.Type), p.OwnType, Words.Of(p.Level), Words.Of(p.Sphere), string.Join(", ", p.Needs.Select(n => Words.Of(n))), string.Join(", ", p.Languages.Select(l => Words.Of("Language_" + l))),
                string.Join(", ", p.Municipalities), p.Hours, Words.Of(p.Channel), p.Telephone, p.Mailbox, Word(p.TakesForm ? "SheetYes" : "SheetNo"));
        }
        return csv.ToBytes();
    }

    private static PartnerLine Line(int number, List<string> cells, PartnerColumn?[] columns)
    {
        var faults = new List<string>();
        var type = One(PartnerColumn.Type, Types.Value, Words.PartnerLineType);
        var (telephone, mailbox) = (Of(PartnerColumn.Telephone), Of(PartnerColumn.Mailbox));
        var form = new Edit.Command
        {
            Organisation = Of(PartnerColumn.Organisation), Type = type ?? "", OwnType = Or(Of(PartnerColumn.OwnType)), Level = Code(PartnerColumn.Level, Levels.Value, Words.PartnerLineLevel), Sphere = Code(PartnerColumn.Sphere, Spheres.Value, Words.PartnerLineSphere),
            Needs = [.. Some(PartnerColumn.Needs, Needs.Value, Words.PartnerLineNeed)], Languages = [.. Some(PartnerColumn.Languages, Tongues.Value, Words.PartnerLineLanguage)], Municipalities = Or(string.Join('\n', Edit.Command.Places(Of(PartnerColumn.Municipalities)))),
            Hours = Or(Of(PartnerColumn.Hours)), Telephone = Or(telephone), Mailbox = Or(mailbox), TakesForm = Code(PartnerColumn.TakesForm, YesNo.Value, Words.PartnerLineForm) ?? false,
            // What the list leaves open is taken from what it says.
            Channel = Code(PartnerColumn.Channel, Channels.Value, Words.PartnerLineChannel) ?? (telephone.Length > 0 ? PartnerChannel.Phone : mailbox.Length > 0 ? PartnerChannel.Mail : PartnerChannel.Letter),
        };
        if (form.Needs.Count == 0 && Of(PartnerColumn.Needs).Length == 0 && PartnerTypes.Find(type) is { } shipped) form = form with { Needs = [.. shipped.Needs] };
        // The rules of the form hold here too; what was told above, or follows from it, is told once.
        faults.AddRange(Rules.Validate(form).Errors.Where(e => !(e.PropertyName == nameof(Edit.Command.Type) && Of(PartnerColumn.Type).Length > 0) && !(e.PropertyName == nameof(Edit.Command.Needs) && (Of(PartnerColumn.Needs).Length > 0 || type is null))).Select(e => e.ErrorMessage).Distinct(StringComparer.Ordinal));
        return new PartnerLine(number, form, faults);

        string Of(PartnerColumn column) => Array.IndexOf(columns, column) is var at and >= 0 && at < cells.Count ? Csv.Undone(cells[at]) : "";

        T? One<T>(PartnerColumn column, Dictionary<string, T> known, Func<object?, string> wrong) where T : class
        {
            if (Of(column) is not { Length: > 0 } said) return null;
            if (known.TryGetValue(FourLanguages.Fold(said), out var code)) return code;
            faults.Add(wrong(Short(said)));
            return null;
        }

        T? Code<T>(PartnerColumn column, Dictionary<string, T> known, Func<object?, string> wrong) where T : struct
        {
            if (Of(column) is not { Length: > 0 } said) return null;
            if (known.TryGetValue(FourLanguages.Fold(said), out var code)) return code;
            faults.Add(wrong(Short(said)));
            return null;
        }

        List<T> Some<T>(PartnerColumn column, Dictionary<string, T> known, Func<object?, string> wrong)
        {
            var found = new List<T>();
            foreach (var said in Of(column).Split(Several, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (known.TryGetValue(FourLanguages.Fold(said), out var code)) found.Add(code);
                else faults.Add(wrong(Short(said)));
            }
            return found;
        }
    }

    private static string? Or(string said) => said.Length == 0 ? null : said;
    private static string Short(string said) => said.Length > 40 ? said[..40] + "…" : said;

    // Both of a pair stand in one word of the texts, the first is written.
    private static string Word(string key) => Words.Of(key).Split(';')[0];

    private static Dictionary<string, T> Codes<T>() where T : struct, Enum => ByCodeToo(Enum.GetValues<T>().Select(c => (c, c.ToString(), $"{typeof(T).Name}_{c}")));

    /// <summary>By its name in the code, and by its words in every language of the portal; several words of one are parted by semicolons.</summary>
    internal static Dictionary<string, T> ByCodeToo<T>(IEnumerable<(T Code, string Name, string Key)> codes)
    {
        var all = codes.ToList();
        var known = FourLanguages.Known(all.Select(c => (c.Code, c.Key)), Words.Of, several: true);
        foreach (var (code, name, _) in all) known[FourLanguages.Fold(name)] = code;
        return known;
    }
}
