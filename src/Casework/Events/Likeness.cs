using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Events;

/// <summary>A line as it is compared with others of its event: opened once, read once.</summary>
internal sealed class ReadLine(EventLine line)
{
    public EventLine Line => line;
    public LineSays Says { get; } = line.Says!.Value;
    private readonly NameQuery name = NameQuery.Parse($"{line.Says!.Value.GivenName} {line.Says.Value.FamilyName}");
    private readonly string? phone = PhoneNumber.ToE164(line.Says!.Value.Phone);

    /// <summary>May both be the same person? Registered at the centre and again in the hospital: a name that fits and no other age, or one telephone and no other name. A proposal, never more.</summary>
    public bool MayBe(ReadLine other)
    {
        if (Says.Age is { } age && other.Says.Age is { } theirs && Math.Abs(age - theirs) > (Says.About || other.Says.About ? 10 : 1)) return false;
        if (Says.IsNamed && other.Says.IsNamed) return !name.IsEmpty && (name.Matches(other.Says.FamilyName, other.Says.GivenName) || other.name.Matches(Says.FamilyName, Says.GivenName)) && (FullyNamed || other.FullyNamed || phone == other.phone);
        return phone is not null && phone == other.phone;
    }

    /// <summary>Is the other the one this one looks for? What was said may hold more than a name: the name is looked for in it.</summary>
    public bool Seeks(ReadLine other) =>
        (Says.Seeks is { } sought && other.FullyNamed && !other.name.IsEmpty && other.name.Matches(sought, null)) || (other.Says.SoughtBy is { } by && FullyNamed && !name.IsEmpty && name.Matches(by, null));

    private bool FullyNamed => Says.FamilyName.Length > 0 && Says.GivenName.Length > 0;
}

/// <summary>What is proposed of the lines of an event.</summary>
internal sealed class Likeness
{
    private readonly List<ReadLine> lines;
    private readonly HashSet<(Guid, Guid, bool)> decided;

    /// <param name="lines">All that are there; those that were joined to another are proposed no more.</param>
    /// <param name="links">What was decided already is proposed no more.</param>
    public Likeness(IReadOnlyList<EventLine> lines, IEnumerable<EventLink> links)
    {
        this.lines = [.. lines.Where(l => l.SameAs is null).Select(l => new ReadLine(l))];
        // What was decided of a line holds of the person, whichever of their lines stands; that two are not the same holds both ways.
        var standing = LineRow.Standing(lines);
        decided = [.. links.Where(l => standing.ContainsKey(l.One) && standing.ContainsKey(l.Other)).SelectMany(l => ((Guid, Guid, bool)[])(l.Kind == EventLinkKind.NotTheSame
            ? [(standing[l.One], standing[l.Other], true), (standing[l.Other], standing[l.One], true)] : [(standing[l.One], standing[l.Other], false)]))];
    }

    /// <summary>Who may be the same, the earlier line first; with a line, what concerns it alone.</summary>
    public IEnumerable<(ReadLine One, ReadLine Other)> Same(Guid? line = null)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            for (var j = i + 1; j < lines.Count; j++)
            {
                if (line is { } only && lines[i].Line.Id != only && lines[j].Line.Id != only) continue;
                if (!decided.Contains((lines[i].Line.Id, lines[j].Line.Id, true)) && lines[i].MayBe(lines[j])) yield return (lines[i], lines[j]);
            }
        }
    }

    /// <summary>Who may look for whom: first who looks.</summary>
    public IEnumerable<(ReadLine One, ReadLine Other)> Seek(Guid? line = null)
    {
        foreach (var one in lines)
        {
            foreach (var other in lines)
            {
                if (one == other || (line is { } only && one.Line.Id != only && other.Line.Id != only)) continue;
                if (!decided.Contains((one.Line.Id, other.Line.Id, false)) && one.Seeks(other)) yield return (one, other);
            }
        }
    }
}
