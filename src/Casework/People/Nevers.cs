using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>What somebody said is never to be, in whatever dossier of the zone: it holds in all of theirs. Which one it was said in, nobody is told.</summary>
internal sealed class Nevers(ZoneDbContext zone, UseCase here, Keyring keys)
{
    /// <param name="Said">When it was said, or confirmed, last.</param>
    private sealed record Never(SafeContact Rules, DateTimeOffset Said)
    {
        /// <summary>Said by somebody else at the same telephone: of their letter box and their door nothing was said.</summary>
        public bool OfTheNumber { get; init; }

        /// <summary>Said by somebody else whose telephone their SMS go to.</summary>
        public bool OfTheSecond { get; init; }

        public bool Of(Channel channel) => Rules.Of(channel) == Rule.Never && !(OfTheNumber && channel is Channel.Mail or Channel.Letter or Channel.Visit);
    }

    /// <summary>Did somebody who may be the same say that they are never to be called?</summary>
    public async Task<bool> IsNeverCalled(Particulars who, CancellationToken ct) => await IsNever(Channel.Call, who, ct);

    /// <summary>The same of many who have no dossier, in one question.</summary>
    /// <returns>The rows of those who are not to be called.</returns>
    public async Task<IReadOnlySet<Guid>> NeverCalled(IEnumerable<(Guid Row, Particulars Who)> some, CancellationToken ct)
    {
        List<(Guid, Guid, Particulars, SafeDetails?)> asked = [.. some.Select(s => (s.Row, Guid.Empty, s.Who, (SafeDetails?)null))];
        return asked.Count == 0 ? new HashSet<Guid>() : (await Of(asked, ct)).Where(n => n.Any(never => never.Of(Channel.Call))).Select(n => n.Key).ToHashSet();
    }

    /// <summary>The same of any channel. Somebody else at the same mailbox closes it too: hardly ever a message names one, so those who closed theirs are opened and compared.</summary>
    public async Task<bool> IsNever(Channel channel, Particulars who, CancellationToken ct)
    {
        if ((await Of([(default, default, who, null)], ct))[default].Any(n => n.Of(channel))) return true;
        if (channel != Channel.Mail) return false;
        foreach (var some in (await zone.Set<SafeContact>().AsNoTracking().Where(s => s.Mail == Rule.Never).Select(s => s.Id).ToListAsync(ct)).Chunk(400).Select(c => c.ToList()))
        {
            var people = await zone.Set<Person>().AsNoTracking().Where(p => some.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            if (people.Exists(p => SamePerson.ShareAMailbox(who, p.Identity.Value))) return true;
        }
        return false;
    }

    /// <summary>Channels that each of these closed by a never in another dossier, or in a second row of this one: one question for all of them. Who closed nothing is not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, ClosedChannels>> Closed(IEnumerable<(Person Who, SafeContact Safe)> some, CancellationToken ct)
    {
        var rows = some.ToList();
        var nevers = await Of([.. rows.Select(r => (r.Who.Id, r.Who.DossierId, r.Who.Identity.Value, SecondOf(r.Safe)))], ct);
        return rows.Where(r => nevers[r.Who.Id].Any()).ToDictionary(r => r.Who.Id, r => new ClosedChannels(Shut(r.Who, r.Safe, nevers[r.Who.Id].Where(n => n is { OfTheNumber: false, OfTheSecond: false })), AtTheNumber(r.Who, r.Safe, nevers[r.Who.Id])));
    }

    /// <summary>The same of one of them.</summary>
    public async Task<ClosedChannels> Closed(Person who, SafeContact safe, CancellationToken ct) => (await Closed([(who, safe)], ct)).GetValueOrDefault(who.Id, ClosedChannels.Nothing);

    // Of a second number, to which their SMS go, whoever shares the telephone said nothing. Whoever has it for a telephone did, and nobody else's word opens it.
    private static IReadOnlySet<Channel> AtTheNumber(Person who, SafeContact safe, IEnumerable<Never> nevers)
    {
        var shut = Shut(who, safe, nevers.Where(n => n.OfTheNumber)).Where(c => c != Channel.Sms || !Clearance.HasSecondNumber(who.Identity.Value, safe.Details.Value)).ToHashSet();
        if (nevers.Any(n => n.OfTheSecond && n.Of(Channel.Sms))) shut.Add(Channel.Sms);
        return shut;
    }

    // Opened only where an SMS may go at all.
    private static SafeDetails? SecondOf(SafeContact safe) => safe.Sms is Rule.Safe or Rule.OnlyIf && SafeContact.SmsGoElsewhere(safe.Details.Value) ? safe.Details.Value : null;

    // Never is final until the person changes it: asked here since, by somebody who had the rules before their eyes, they did. What was ticked at the intake came with the facts, from whoever told them.
    private static IReadOnlySet<Channel> Shut(Person who, SafeContact safe, IEnumerable<Never> nevers)
    {
        var asked = safe.Checked > who.Added ? safe.Checked : null;
        return nevers.SelectMany(never => Enum.GetValues<Channel>().Where(c => never.Of(c) && !(asked > never.Said && safe.Of(c) is Rule.Safe or Rule.OnlyIf))).ToHashSet();
    }

    // Tokens and rules first, which are no secret, in one question for all: hardly ever somebody has to be opened.
    private async Task<ILookup<Guid, Never>> Of(IReadOnlyList<(Guid Row, Guid Dossier, Particulars Identity, SafeDetails? Second)> some, CancellationToken ct)
    {
        var alike = await new Sought(here.InZone.Keys.Search, [.. some.Select(s => (s.Identity, s.Second))]).In(zone, closed: true, ct);
        var found = new List<(Guid Row, Never Never)>();
        foreach (var those in alike.Where(a => a.Owner != some[a.Place].Row).GroupBy(a => a.Owner, a => some[a.Place]).Chunk(400))
        {
            var ids = those.Select(g => g.Key).ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).Join(zone.Set<SafeContact>().AsNoTracking(), p => p.Id, s => s.Id, (p, s) => new { Who = p, Rules = s }).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Who.KeyOwner), ct);
            // After a merge, or with another number or name, the never counts from that change on, though the day of asking is gone or before it.
            var changed = (await zone.Set<RuleChange>().AsNoTracking().Where(c => ids.Contains(c.PersonId)).Select(c => new { c.PersonId, c.At }).ToListAsync(ct)).ToLookup(c => c.PersonId, c => c.At);
            foreach (var ((row, dossier, identity, second), one) in those.Join(people, g => g.Key, p => p.Who.Id, (g, p) => g.Select(asked => (asked, p))).SelectMany(p => p))
            {
                var (other, said) = (one.Who.Identity.Value, new Never(one.Rules, changed[one.Who.Id].Append(one.Rules.Checked ?? one.Who.Added).Max()));
                if (SamePerson.MayBeOne(identity, other)) found.Add((row, said));
                // Somebody else, at whose telephone it must not ring.
                else if (second is not null && Clearance.GoesToTelephoneOf(identity, second, other)) found.Add((row, said with { OfTheSecond = true }));
                else if (one.Who.DossierId != dossier && SamePerson.ShareANumber(identity, other)) found.Add((row, said with { OfTheNumber = true }));
            }
        }
        return found.ToLookup(f => f.Row, f => f.Never);
    }
}
