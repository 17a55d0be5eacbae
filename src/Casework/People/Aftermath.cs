using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Casework.People;

/// <summary>After an event of partner or family violence what was agreed is to be asked again, in every dossier of those it happened to.</summary>
internal sealed class Aftermath(ZoneDbContext zone, UseCase here, Keyring keys, TimeProvider clock)
{
    /// <summary>Reaches everybody who is helped in this dossier.</summary>
    public async Task Reaches(Dossier dossier, CancellationToken ct)
    {
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
        await keys.Fetch(people.Select(p => p.Id), ct);
        foreach (var person in people) await Reaches(person.Identity.Value, ct);
        // Somebody without a name is found by nothing.
        DateTimeOffset? now = clock.GetUtcNow();
        Wakes(await zone.Set<SafeContact>().Where(s => s.DossierId == dossier.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ViolenceAt, now), ct));
    }

    /// <summary>Reaches one person, wherever they are known; one who comes into a dossier in this very transaction was asked with the event known.</summary>
    /// <param name="except">The row in which the name was put right: what was agreed there was asked with the event known.</param>
    // Not by the change tracker: the audit of this act would name dossiers that may not exist for whoever does it.
    public async Task Reaches(Particulars identity, CancellationToken ct, Guid? except = null)
    {
        var ids = (await SamePerson.Find(zone, here, keys, identity, ct)).Select(p => p.Id).Where(id => id != except).ToList();
        DateTimeOffset? now = clock.GetUtcNow();
        if (ids.Count > 0) Wakes(await zone.Set<SafeContact>().Where(s => ids.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.ViolenceAt, now), ct));
    }

    // What was agreed with partners and other zones is taken back by the zone's job, which no row tells to come.
    private void Wakes(int rows)
    {
        if (rows > 0 && !zone.ChangeTracker.Entries<OutboxMessage>().Any(m => m.Entity.Kind == ViolenceNoted.KindName)) zone.Add(ViolenceNoted.New(clock.GetUtcNow()));
    }
}

/// <summary>Wakes the zone's job after violence was noted. It names nobody, and nothing is sent: what is to be done stands in the rules of those it reached.</summary>
internal sealed class ViolenceNoted : IDeliver
{
    public const string KindName = "violence-noted";
    public string Kind => KindName;
    public static OutboxMessage New(DateTimeOffset now) => OutboxMessage.New($"violence {Guid.CreateVersion7(now)}", KindName, null, null, now);
    public Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => Task.CompletedTask;
}
