using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Network.Trainings;

/// <summary>Why an entry may be of the colleague from whose entry it starts. Same: by name and address, or by name and unit where no address says otherwise. OtherName: the same address beside another name; it may be a mailbox that several share. OtherAddress: the same name in the same unit beside another address; it may be a namesake. Further: found by one of those.</summary>
internal enum EntryLike { Same = 1, OtherName, OtherAddress, Further }

/// <summary>An entry by which a colleague is recognised.</summary>
internal sealed record NamedEntry(Guid Id, string FullName, string Unit, string? Mailbox)
{
    public string NameAndUnit { get; } = Participant.Same(FullName, Unit);
    public string Name { get; } = NameForms.Fold(FullName) is { Length: > 0 } folded ? folded : FullName.Trim();
    public string? Box { get; } = Mailbox?.Trim().ToLowerInvariant();

    // A name would stand in the log.
    public override string ToString() => "•••";
}

/// <summary>Which entries are one colleague's, and which may be. Looked for until nothing more is found.</summary>
internal static class OneColleague
{
    public static IReadOnlyDictionary<Guid, EntryLike> Of(NamedEntry start, IReadOnlyCollection<NamedEntry> all)
    {
        var boxes = all.Where(e => e.Box is not null).ToLookup(e => e.NameAndUnit, e => e.Box!, StringComparer.Ordinal);
        var same = new HashSet<NamedEntry> { start };
        for (var before = 0; before < same.Count;)
        {
            before = same.Count;
            var box = Box(same);
            same.UnionWith(all.Where(e => same.Any(s => (s.Box is not null && s.Box == e.Box && s.Name == e.Name) || (s.NameAndUnit == e.NameAndUnit && Fits(e, box)))).ToList());
        }
        var wide = new HashSet<NamedEntry>(same);
        for (var before = 0; before < wide.Count;)
        {
            before = wide.Count;
            wide.UnionWith(all.Where(e => wide.Any(w => w.NameAndUnit == e.NameAndUnit || (w.Box is not null && w.Box == e.Box))).ToList());
        }
        return wide.ToDictionary(e => e.Id, e => same.Contains(e) ? EntryLike.Same : e.Box is not null && e.Box == Box(same) ? EntryLike.OtherName : same.Any(s => s.NameAndUnit == e.NameAndUnit) ? EntryLike.OtherAddress : EntryLike.Further);

        // Whoever gave an address once is the same colleague where only name and unit were given; where two addresses stand beside name and unit, nobody knows whose such an entry is.
        bool Fits(NamedEntry e, string? box)
        {
            var given = boxes[e.NameAndUnit].Distinct(StringComparer.Ordinal).ToList();
            return box is null ? e.Box is null || given.Count == 1 : e.Box is null ? given.TrueForAll(b => b == box) : e.Box == box;
        }

        static string? Box(IEnumerable<NamedEntry> same) => same.Select(s => s.Box).FirstOrDefault(b => b is not null);
    }
}
