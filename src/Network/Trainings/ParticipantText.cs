using System.Text;
using VictimSupport.Design.Forms;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Trainings;

/// <summary>The columns a list of participants may have. Their headings in four languages stand in the words, under <c>TrainingHeading_</c> and this.</summary>
internal enum ParticipantColumn { FullName = 1, GivenName, Unit, Mailbox, Language, Rank }

/// <summary>Why a text is no list.</summary>
internal enum ParticipantsUnread { Nothing = 1, TooLarge, TooMany }

/// <summary>A row of a list that is to be taken in.</summary>
/// <param name="Number">Of the row, counted from 1 below the heading.</param>
/// <param name="Faults">What is wrong in it; none: it may be taken.</param>
internal sealed record ParticipantRow(int Number, Participant.Person Person, IReadOnlyList<string> Faults);

/// <summary>Reads a list of colleagues as a spreadsheet or a personnel program gives it: with a heading in any of four languages or none, all faults in one reading. Whatever is in it, there is an answer.</summary>
internal static class ParticipantText
{
    /// <summary>The largest list, in bytes and in rows.</summary>
    public const int LargestBytes = 256 * 1024, Most = 500;

    // Where nothing is said of the columns.
    private static readonly ParticipantColumn?[] Usual = [ParticipantColumn.FullName, ParticipantColumn.Unit, ParticipantColumn.Mailbox, ParticipantColumn.Language];
    private static readonly Lazy<Dictionary<string, ParticipantColumn>> Headings = new(() => FourLanguages.Known(Enum.GetValues<ParticipantColumn>().Select(c => (c, "TrainingHeading_" + c)), Words.Of, several: true));
    private static readonly Lazy<Dictionary<string, string>> Tongues = new(() => PartnerSheet.ByCodeToo(PartnerLanguages.Written.Select(l => (l, l, "Language_" + l))));

    private static readonly Lazy<Dictionary<string, RankGroup>> Ranks = new(() => PartnerSheet.ByCodeToo(Enum.GetValues<RankGroup>().SelectMany(r => new[] { (r, r.ToString(), "RankGroup_" + r), (r, r.ToString(), "TrainingRankSaid_" + r) })));

    /// <param name="language">Of whoever's row says none.</param>
    /// <returns>The rows in their order, or why there are none; and the columns that are not taken.</returns>
    public static (IReadOnlyList<ParticipantRow> Rows, ParticipantsUnread? Unread, IReadOnlyList<string> Left) Read(string text, string language)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestBytes) return ([], ParticipantsUnread.TooLarge, []);
        var plain = PlainText.Of(text).TrimStart('\uFEFF');
        var rows = CellText.Cells(plain, CellText.Separator(plain)).Where(r => r.Exists(c => c.Length > 0)).Take(Most + 2).ToList();
        if (rows.Count == 0) return ([], ParticipantsUnread.Nothing, []);
        ParticipantColumn?[] heading = [.. rows[0].Select(c => Headings.Value.TryGetValue(FourLanguages.Fold(c), out var column) ? column : (ParticipantColumn?)null)];
        // One known word may be somebody's name; two are a heading.
        var has = heading.OfType<ParticipantColumn>().Distinct().Count() > 1;
        var columns = has ? heading : Usual;
        var read = rows.Skip(has ? 1 : 0).Select((cells, i) => Row(i + 1, cells, columns, language)).ToList();
        return read.Count == 0 ? ([], ParticipantsUnread.Nothing, []) : read.Count > Most ? ([], ParticipantsUnread.TooMany, []) : (read, null, CellText.Left(rows, has, i => i < columns.Length && columns[i] is { } known && Array.IndexOf(columns, known) == i));
    }

    private static ParticipantRow Row(int number, List<string> cells, ParticipantColumn?[] columns, string language)
    {
        var faults = new List<string>();
        var (given, name, unit, mailbox, spoken, group) = (Of(ParticipantColumn.GivenName), Of(ParticipantColumn.FullName), Of(ParticipantColumn.Unit), Of(ParticipantColumn.Mailbox), Of(ParticipantColumn.Language), Of(ParticipantColumn.Rank));
        var full = $"{given} {name}".Trim();
        if (full.Length == 0) faults.Add(Words.TrainingEnterName);
        if (full.Length > Participant.LongestName || unit.Length > Participant.LongestUnit || mailbox.Length > Participant.LongestMailbox) faults.Add(Words.TooLong);
        if (unit.Length == 0) faults.Add(Words.TrainingEnterUnit);
        if (mailbox.Length > 0 && !Participant.IsMailbox(mailbox)) faults.Add(Words.NoMailbox);
        if (spoken.Length > 0 && !Tongues.Value.TryGetValue(FourLanguages.Fold(spoken), out language!)) faults.Add(Words.TrainingLanguageUnread);
        RankGroup? rank = Ranks.Value.TryGetValue(FourLanguages.Fold(group), out var read) ? read : null;
        if (group.Length > 0 && rank is null) faults.Add(Words.TrainingRankUnread);
        return new ParticipantRow(number, new Participant.Person(full, unit, mailbox.Length == 0 ? null : mailbox, language ?? "", rank), faults);

        string Of(ParticipantColumn column) => Array.IndexOf(columns, column) is var at and >= 0 && at < cells.Count ? Csv.Undone(cells[at]) : "";
    }
}
