using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Privacy.Audit;

/// <summary>What of the zone's audit its reader may see. The administrator sees acts, persons and times, never a dossier; nobody sees what stands behind a wall for them.
/// Every page and list of this module that reads the audit reads it through here.</summary>
internal sealed class Lens(ZoneDbContext zone, Caller caller, IEnumerable<IHideDossiers> walls, IEnumerable<INameDossiers> names, IEnumerable<IFindDossiers> finders)
{
    private const string GlassInVain = "BreakGlass!invalid", Absent = "!absent";
    private IReadOnlySet<Guid>? hidden;

    public bool SeesDossiers => caller.Is(Role.DataProtectionOfficer) || caller.Is(Role.Coordinator);

    /// <summary>What does not exist for this reader.</summary>
    public async Task<IReadOnlySet<Guid>> Hidden(CancellationToken ct) => hidden ??= await walls.From(caller, ct);

    /// <summary>The records asked for that this reader may see, the latest first.</summary>
    /// <param name="dossier">The dossier they must be about; see <see cref="Find"/>.</param>
    public async Task<IQueryable<AuditRow>> Rows(Filter filter, Guid? dossier, CancellationToken ct)
    {
        var rows = zone.Set<AuditRow>().AsNoTracking();
        if (await Hidden(ct) is { Count: > 0 } set)
        {
            var behind = set.ToList();
            rows = rows.Where(r => r.Subject == null || !behind.Contains(r.Subject.Value) || r.Act.EndsWith(GlassInVain) || r.Act.EndsWith(Absent));
        }
        rows = filter.Person is not { } person ? rows.Where(r => r.Actor != null || r.Payload.Contains("\"client\":")) : person == Filter.Platform ? rows.Where(r => r.Actor == null && !r.Payload.Contains("\"client\":")) : rows.Where(r => r.Actor == person);
        if (filter.From is { } from)
        {
            var start = Moment.Instant(from.ToDateTime(TimeOnly.MinValue));
            rows = rows.Where(r => r.At >= start);
        }
        if (filter.To is { } to)
        {
            var end = Moment.Instant(to.AddDays(1).ToDateTime(TimeOnly.MinValue));
            rows = rows.Where(r => r.At < end);
        }
        if (dossier is { } about)
        {
            var self = caller.Account;
            rows = rows.Where(r => r.Subject == about && (r.Actor != self || !(r.Act.EndsWith(GlassInVain) || r.Act.EndsWith(Absent))));
        }
        return OfKind(rows, filter.Kind).OrderByDescending(r => r.At).ThenByDescending(r => r.Seq);
    }

    /// <summary>A record as this reader may read it. "There is none" is one answer to whoever typed a number or followed a link, so it is one record: nothing in it says whether there was something.</summary>
    public async Task<Line> Read(AuditRow row, CancellationToken ct)
    {
        var line = Line.Of(row);
        var inVain = row.Act.EndsWith(GlassInVain, StringComparison.Ordinal) || row.Act.EndsWith(Absent, StringComparison.Ordinal);
        return inVain && (row.Actor == caller.Account || (row.Subject is { } subject && (await Hidden(ct)).Contains(subject))) ? line with { Subject = null, Why = null } : line;
    }

    /// <summary>The records read, in their order.</summary>
    public async Task<IReadOnlyList<Line>> Read(IEnumerable<AuditRow> rows, CancellationToken ct)
    {
        var lines = new List<Line>();
        foreach (var row in rows) lines.Add(await Read(row, ct));
        return lines;
    }

    /// <summary>What follows after a record.</summary>
    public static IQueryable<AuditRow> After(IQueryable<AuditRow> rows, Mark? mark)
    {
        if (mark is null) return rows;
        var at = mark.At;
        return rows.Where(r => r.At <= at).Skip(mark.Shown);
    }

    /// <summary>The dossier with this number; null where there is none, where this reader sees no numbers, or where it does not exist for them.</summary>
    public async Task<Guid?> Find(string number, CancellationToken ct)
    {
        if (!SeesDossiers) return null;
        foreach (var finder in finders)
        {
            if (await finder.ByNumber(number.Trim(), ct) is { } found) return (await Hidden(ct)).Contains(found) ? null : found;
        }
        return null;
    }

    /// <summary>Numbers of those that are dossiers; none for whoever sees no dossiers.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> Numbers(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var found = new Dictionary<Guid, string>();
        if (!SeesDossiers) return found;
        var away = await Hidden(ct);
        var wanted = ids.Where(id => !away.Contains(id)).Distinct().ToList();
        foreach (var some in wanted.Chunk(400))
        {
            foreach (var name in names)
            {
                foreach (var (id, number) in await name.Numbers(some, ct)) found[id] = number;
            }
        }
        return found;
    }

    // The same as Line.Kind, in the words of the database; a test holds them against each other.
    internal static IQueryable<AuditRow> OfKind(IQueryable<AuditRow> rows, LineKind? kind) => kind switch
    {
        LineKind.Refused => rows.Where(r => r.Act.Contains("!")),
        LineKind.BreakGlass => rows.Where(r => !r.Act.Contains("!") && (r.Act.Contains("BreakGlass") || r.Payload.Contains("\"why\":\"break-glass\""))),
        LineKind.Exported => Plain(rows).Where(r => r.Act.Contains("Export")),
        LineKind.Changed => Plain(rows).Where(r => !r.Act.Contains("Export") && r.Payload.Contains("\"changed\":[\"")),
        LineKind.Listed => Plain(rows).Where(r => !r.Act.Contains("Export") && !r.Payload.Contains("\"changed\":[\"") && r.Payload.Contains("\"listed\":[")),
        LineKind.Read => Plain(rows).Where(r => !r.Act.Contains("Export") && !r.Payload.Contains("\"changed\":[\"") && !r.Payload.Contains("\"listed\":[")),
        _ => rows,
    };

    private static IQueryable<AuditRow> Plain(IQueryable<AuditRow> rows) => rows.Where(r => !r.Act.Contains("!") && !r.Act.Contains("BreakGlass") && !r.Payload.Contains("\"why\":\"break-glass\""));
}
