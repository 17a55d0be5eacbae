using System.Globalization;
using System.Text;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Lists;
using VictimSupport.Design.Forms;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Casework.Events;

/// <summary>The columns of an event's list as a file. Their headings in four languages stand in the words, under <c>EventHeading_</c> and this.</summary>
internal enum EventColumn { Number = 1, FamilyName, GivenName, Age, Phone, Role, State, Place, Language, Seeks, SoughtBy, Note, Home }

/// <summary>A row of a list that is to be taken in.</summary>
/// <param name="Number">Of the row, counted from 1 below the heading.</param>
internal sealed record ListRow(int Number, Add.Command Form, IReadOnlyList<string> Faults);

/// <summary>Reads a list of people as the crisis cell or a spreadsheet gives it, and writes ours: with semicolons, a mark of UTF-8, and no cell that a spreadsheet would take for a formula.</summary>
internal static class ListText
{
    private const string Formulas = "=+-@\t\r\n|%";

    // Where nothing is said of the columns.
    private static readonly EventColumn?[] Usual = [EventColumn.FamilyName, EventColumn.GivenName, EventColumn.Age, EventColumn.Phone, EventColumn.Role, EventColumn.State, EventColumn.Place, EventColumn.Language, EventColumn.Seeks, EventColumn.SoughtBy, EventColumn.Note];
    private static readonly Lazy<Dictionary<string, EventColumn>> Headings = new(() => PvText.InFourLanguages(Enum.GetValues<EventColumn>().Select(c => (c, "EventHeading_" + c)), several: true));
    private static readonly Lazy<Dictionary<string, EventRole>> Roles = new(Codes<EventRole>);
    private static readonly Lazy<Dictionary<string, EventState>> States = new(Codes<EventState>);
    private static readonly Lazy<Dictionary<string, EventPlace>> Kinds = new(Codes<EventPlace>);

    /// <summary>The rows in their order, each with what is wrong in it.</summary>
    public static (IReadOnlyList<ListRow> Rows, PvUnread? Unread) Read(string text, EventSays says)
    {
        if (Encoding.UTF8.GetByteCount(text) > PvText.LargestBytes) return ([], PvUnread.TooLarge);
        var plain = PlainText.Of(text).TrimStart('\uFEFF');
        // What stands above the heading in one cell is a title: ours says there that it is no official list.
        var rows = CellText.Cells(plain, plain.Contains('\t', StringComparison.Ordinal) ? '\t' : plain.Contains(';', StringComparison.Ordinal) ? ';' : CellText.Separator(plain)).Where(r => r.Any(c => c.Length > 0)).Take(PvText.Most + 20).ToList();
        var at = rows.FindIndex(r => r.Select(Heading).OfType<EventColumn>().Distinct().Count() > 1);
        if (rows.Count == 0) return ([], PvUnread.Nothing);
        EventColumn?[] columns = at < 0 ? Usual : [.. rows[at].Select(Heading)];
        var read = rows.Skip(at + 1).Select((cells, i) => Row(i + 1, cells, columns, says)).ToList();
        return read.Count == 0 ? ([], PvUnread.Nothing) : read.Count > PvText.Most ? ([], PvUnread.TooMany) : (read, null);
    }

    /// <param name="notToCall">Whose number stays out of the file.</param>
    public static byte[] Write(EventHead head, IReadOnlyList<LineRow> rows, IReadOnlySet<Guid> notToCall)
    {
        var text = new StringBuilder("\uFEFF");
        // A file goes further than a page, to readers of any language: it says in each what it is not.
        var before = CultureInfo.CurrentUICulture;
        foreach (var culture in Moment.Cultures)
        {
            CultureInfo.CurrentUICulture = culture;
            Line(Words.EventNotOfficial);
        }
        CultureInfo.CurrentUICulture = before;
        Line(head.Name);
        Line([.. Enum.GetValues<EventColumn>().Select(c => Words.Of("EventHeading_" + c).Split(';')[0])]);
        foreach (var row in rows)
        {
            Line(row.Line.Number.ToString(CultureInfo.InvariantCulture), row.Says.FamilyName, row.Says.GivenName, row.Says.AgeText, notToCall.Contains(row.Line.Id) ? "" : row.Says.Phone, Words.Of(row.Role), Words.Of(row.State), row.Place?.Word,
                row.Language is { } language ? Words.Of("Language_" + language) : "", row.Says.Seeks, row.Says.SoughtBy, notToCall.Contains(row.Line.Id) ? $"{Words.EventNotToCall}. {row.Says.Note}".TrimEnd() : row.Says.Note, row.Line.Home);
        }
        return Encoding.UTF8.GetBytes(text.ToString());

        void Line(params string?[] cells) => text.AppendJoin(';', cells.Select(Cell)).Append("\r\n");
    }

    /// <summary>A spreadsheet runs what begins like a formula: then it is made plain text.</summary>
    internal static string Cell(string? cell)
    {
        if (string.IsNullOrEmpty(cell)) return "";
        var inert = Formulas.Contains(cell.TrimStart(' ', '\u00A0', '"', '\'') is { Length: > 0 } rest ? rest[0] : cell[0], StringComparison.Ordinal) ? "'" + cell : cell;
        return "\"" + inert.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    private static EventColumn? Heading(string cell) => Headings.Value.TryGetValue(FourLanguages.Fold(cell), out var column) ? column : null;

    private static ListRow Row(int number, List<string> cells, EventColumn?[] columns, EventSays says)
    {
        var faults = new List<string>();
        var place = PlaceOf(Of(EventColumn.Place), says);
        if (Of(EventColumn.Place).Length > 0 && place is null) faults.Add(Words.EventRowPlace);
        var language = Of(EventColumn.Language) is { Length: > 0 } spoken ? PvReading.LanguageOf(spoken) : "";
        if (language is null) faults.Add(Words.PvLanguageUnread);
        var form = new Add.Command
        {
            FamilyName = Of(EventColumn.FamilyName), GivenName = Of(EventColumn.GivenName), Age = Of(EventColumn.Age), Phone = Of(EventColumn.Phone), Place = place, Language = language, Seeks = Of(EventColumn.Seeks), SoughtBy = Of(EventColumn.SoughtBy), Note = Of(EventColumn.Note),
            Role = Code(EventColumn.Role, Roles.Value, EventRole.Involved, Words.EventChooseRole), State = Code(EventColumn.State, States.Value, EventState.NotKnown, Words.EventChooseState),
        };
        return new ListRow(number, form, [.. faults, .. form.Faults().Select(f => f.Wrong)]);

        string Of(EventColumn column) => Array.IndexOf(columns, column) is var at and >= 0 && at < cells.Count ? Csv.Undone(cells[at]) : "";

        T Code<T>(EventColumn column, Dictionary<string, T> known, T usual, string wrong) where T : struct
        {
            var said = Of(column);
            if (said.Length == 0) return usual;
            if (known.TryGetValue(FourLanguages.Fold(said), out var code)) return code;
            faults.Add(wrong);
            return usual;
        }
    }

    // By its word, or by its kind alone where there is only one of that.
    private static Guid? PlaceOf(string said, EventSays says)
    {
        var folded = FourLanguages.Fold(said);
        if (folded.Length == 0) return null;
        var meant = says.Places.Where(p => FourLanguages.Fold(p.Word) == folded || (p.Name.Length > 0 && FourLanguages.Fold(p.Name) == folded)).ToList();
        if (meant.Count == 0 && Kinds.Value.TryGetValue(folded, out var kind)) meant = [.. says.Places.Where(p => p.Kind == kind)];
        return meant.Count == 1 ? meant[0].Id : null;
    }

    private static Dictionary<string, T> Codes<T>() where T : struct, Enum
    {
        var known = PvText.InFourLanguages(Enum.GetValues<T>().Select(c => (c, $"{typeof(T).Name}_{c}")));
        foreach (var code in Enum.GetValues<T>()) known[FourLanguages.Fold(code.ToString())] = code;
        return known;
    }
}
