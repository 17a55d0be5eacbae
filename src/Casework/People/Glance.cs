using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>What a list says beside somebody: what the gate would answer whoever reaches for the telephone now. The row alone does not know it: a never said in another dossier, and what is to be asked again, stand elsewhere.</summary>
internal sealed record Glance(Addressee Whom, DateTimeOffset Now)
{
    public string Initials => Whom.Person.Identity.Value.Initials;

    /// <summary>What holds of a channel.</summary>
    public Rule Of(Channel channel) => Whom.Of(channel);

    /// <summary>What holds, in words; a never of somebody else at the same telephone is not told as theirs.</summary>
    public string Says(Channel channel) => Whom.ClosedElsewhere.Says(channel, Whom.Safe, Whom.NamesAuthor);

    public string Tone(Channel channel) => Of(channel) switch { Rule.Never => "vs-badge--danger", Rule.Safe => "vs-badge--assistance", _ => "vs-badge--warn" };

    /// <summary>What was agreed holds too long already, or from before the last violence.</summary>
    public bool IsToBeAskedAgain(Channel channel) => Of(channel) is Rule.Safe or Rule.OnlyIf && Whom.Safe.MustBeAskedAgain(Now);

    /// <summary>Outside the hours that were agreed; of a call, now.</summary>
    public bool IsOutsideHours => Clearance.Look(Whom, new Outgoing(Channel.Call), Now).Bar == Bar.Hours;
}

/// <summary>Looks at all whom a list names, together: one question for their own rules and one for the nevers of others, however long it is; two more where one of them is found, three where an agreement names somebody.</summary>
internal sealed class Glances(ZoneDbContext zone, Nevers nevers, Accused accused, TimeProvider clock)
{
    private static readonly Compiled<List<Guid>, SafeContact> Rules = Compiled.Query((ZoneDbContext z, List<Guid> people) => z.Set<SafeContact>().AsNoTracking().Where(s => people.Contains(s.Id)));

    /// <param name="some">With the dossier each stands in; their keys are there.</param>
    public async Task<IReadOnlyDictionary<Guid, Glance>> Of(IEnumerable<(Person Who, Dossier In)> some, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var all = some.DistinctBy(s => s.Who.Id).ToList();
        if (all.Count == 0) return new Dictionary<Guid, Glance>();
        var stored = (await Rules.In(zone, [.. all.Select(s => s.Who.Id)], ct)).ToDictionary(s => s.Id);
        var rows = all.ConvertAll(s => (s.Who, s.In, Safe: stored.GetValueOrDefault(s.Who.Id) ?? SafeContact.For(s.Who)));
        // What is closed in the row itself need not be looked for elsewhere.
        var closed = await nevers.Closed(rows.Where(r => r.Safe is not { Call: Rule.Never, Visit: Rule.Never }).Select(r => (r.Who, r.Safe)), ct);
        var named = await accused.NamedBy(rows.Select(r => (r.Who, r.Safe)), ct);
        return rows.ToDictionary(r => r.Who.Id, r => new Glance(new Addressee(r.Who, r.Safe, r.In, ImmutableHashSet<string>.Empty, NamesAuthor: named.Contains(r.Who.Id)) { ClosedElsewhere = closed.GetValueOrDefault(r.Who.Id, ClosedChannels.Nothing) }, now));
    }
}
