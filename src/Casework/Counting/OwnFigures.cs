using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Referrals;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Counting;

/// <summary>A zone's exact figures for its own people. Cases are those of <see cref="Told"/>, by the same code; all else is counted from columns in the clear. Nothing that is hidden from the caller is counted for them.</summary>
internal sealed class OwnFigures(ZoneDbContext zone, Told told, IHideDossiers hides, IPartners partners, Guard guard, Caller caller, UseCase here) : ITellOwnFigures
{
    public async Task<OwnFacts> Of(OwnAsked asked, CancellationToken ct)
    {
        if (asked.Exact && await IsWalled(ct)) throw new RefusedException(ITellOwnFigures.Walled, here.InZone.Id);
        // Masked, the sealed ones are counted for nobody: beside the exact edition, where they are not, they would be the difference.
        var hidden = asked.Exact ? await hides.From(caller, ct) : await zone.Set<Dossier>().AsNoTracking().Where(d => d.Protection == Protection.Sealed).Select(d => d.Id).ToHashSetAsync(ct);
        var cases = await told.Facts(new FactsAsked(asked.From, asked.Until, Contacts: true, asked.Ages, Given: true), hidden, ct);
        var away = hidden.ToList();
        var real = zone.Set<Dossier>().AsNoTracking().Where(d => d.Reason != ClosingReason.OpenedInError && !away.Contains(d.Id));
        var (from, until) = (Midnight(asked.From), Midnight(asked.Until.AddDays(1)));
        var counts = new Counts();
        foreach (var day in await real.Where(d => d.RegisteredOn >= asked.From && d.RegisteredOn <= asked.Until).GroupBy(d => new { d.RegisteredOn, d.Trigger }).Select(g => new { g.Key.RegisteredOn, g.Key.Trigger, Count = g.Count() }).ToListAsync(ct))
            counts.Add("trigger", day.RegisteredOn, day.Trigger.ToString(), day.Count);
        var closed = await real.Where(d => d.Closed >= from && d.Closed < until).Select(d => new { d.Opened, d.Closed, d.Reason, d.Outcome }).ToListAsync(ct);
        foreach (var dossier in closed)
        {
            var day = Moment.Day(dossier.Closed!.Value);
            counts.Add("closingReason", day, dossier.Reason!.Value.ToString());
            counts.Add("outcome", day, dossier.Outcome!.Value.ToString());
        }
        await Contacts(counts, real.Select(d => d.Id), from, until, ct);
        await CallOuts(counts, real.Select(d => d.Id), from, until, ct);
        await Referrals(counts, real.Select(d => d.Id), from, until, ct);
        return new OwnFacts(cases, counts.All, closed.ConvertAll(d => Moment.Day(d.Closed!.Value).DayNumber - Moment.Day(d.Opened).DayNumber), await real.CountAsync(d => d.Closed == null, ct));
    }

    private Task<bool> IsWalled(CancellationToken ct)
    {
        var self = caller.Self;
        return zone.Set<WalledOff>().AnyAsync(w => w.Account == self, ct);
    }

    public async Task<IReadOnlyList<Load>> Loads(CancellationToken ct)
    {
        var self = caller.Self;
        var open = zone.Set<Dossier>().AsNoTracking().Where(await guard.Exists(ct)).Where(d => d.Closed == null);
        if (!caller.Is(Role.Coordinator)) return [new Load(self, await open.CountAsync(d => d.AssignedTo == self, ct))];
        var loads = await open.GroupBy(d => d.AssignedTo).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct);
        return [.. loads.Select(l => new Load(l.Key, l.Count))];
    }

    // What has no second name yet is no contact.
    private async Task Contacts(Counts counts, IQueryable<Guid> real, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        foreach (var contact in await zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Held && c.At >= from && c.At < until && (c.Signing == Signing.NotNeeded || c.Signing == Signing.Signed) && real.Contains(c.DossierId))
            .Select(c => new { c.At, c.ForThem, c.Place, c.Services }).ToListAsync(ct))
        {
            var day = Moment.Day(contact.At);
            counts.Add("contactHow", day, contact.ForThem ? "ForThem" : "With");
            counts.Add("contactPlace", day, contact.Place.ToString());
            foreach (var kind in contact.Services.Distinct()) counts.Add("contactService", day, kind.ToString());
        }
    }

    private async Task CallOuts(Counts counts, IQueryable<Guid> real, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var ours = here.InZone.Id;
        foreach (var callOut in await zone.Set<CallOut>().AsNoTracking().Where(c => ((c.CalledAt == null && c.Entered >= from && c.Entered < until) || (c.CalledAt >= from && c.CalledAt < until)) && real.Contains(c.DossierId))
            .Select(c => new { c.CalledAt, c.Entered, c.OutOfHours, c.Employer, c.CalledBy }).ToListAsync(ct))
        {
            var day = Moment.Day(callOut.CalledAt ?? callOut.Entered);
            counts.Add("callOutHours", day, callOut.OutOfHours switch { true => "OutOfHours", false => "InHours", null => "NotKnown" });
            counts.Add("callOutBy", day, callOut.Employer == ours ? "Own" : "OtherZone");
            counts.Add("calledBy", day, callOut.CalledBy?.ToString() ?? "NotSaid");
        }
    }

    private async Task Referrals(Counts counts, IQueryable<Guid> real, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var offered = await zone.Set<Referral>().AsNoTracking().Where(r => r.OfferedAt >= from && r.OfferedAt < until && real.Contains(r.DossierId)).Select(r => new { r.OfferedAt, r.State, r.PartnerId }).ToListAsync(ct);
        var known = await partners.Of([.. offered.Select(r => r.PartnerId).Distinct()], ct);
        foreach (var referral in offered)
        {
            var day = Moment.Day(referral.OfferedAt);
            var (answer, target) = (referral.State switch { ReferralState.Offered => "NotAnswered", ReferralState.Refused => "Refused", ReferralState.Withdrawn => "Withdrawn", _ => "Accepted" }, Told.TargetOf(known.GetValueOrDefault(referral.PartnerId)));
            counts.Add("referralAnswer", day, answer);
            counts.Add("referralTarget", day, target);
            counts.Add("referralTargetAnswer", day, $"{target}:{answer}");
        }
    }

    private static DateTimeOffset Midnight(DateOnly day) => Moment.Instant(day.ToDateTime(TimeOnly.MinValue));

    private sealed class Counts
    {
        private readonly Dictionary<(string, DateOnly, string), int> counts = [];

        public void Add(string figure, DateOnly day, string code, int count = 1)
        {
            var key = (figure, new DateOnly(day.Year, day.Month, 1), code);
            counts[key] = counts.GetValueOrDefault(key) + count;
        }

        public IReadOnlyList<Tallied> All => [.. counts.Select(c => new Tallied(c.Key.Item1, c.Key.Item2, c.Key.Item3, c.Value))];
    }
}
