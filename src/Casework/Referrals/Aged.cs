using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Referrals;

/// <summary>What a partner knows of how somebody is reached grows old with it: after a fortnight, or after violence at home, the referral comes back, once, so that the person is asked and the partner told.
/// Age alone ends no link, the lines say themselves until when they hold; after violence it ends. A command for each, so that each is recorded under its own dossier.</summary>
internal sealed class Aged : IDoWhatIsDue
{
    private const int InOneGo = 500;

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        foreach (var referral in await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(referral), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var struck = await Struck(zone).OrderBy(k => k.Rules.ViolenceAt).Select(k => k.Rules.ViolenceAt).FirstOrDefaultAsync(ct);
        var oldest = await Ageing(zone).OrderBy(k => k.Rules.Checked).Select(k => k.Rules.Checked).FirstOrDefaultAsync(ct);
        var due = oldest + SafeContact.GoodFor + TimeSpan.FromSeconds(1);
        return due is null || struck < due ? struck : due;
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    /// <returns>Did it come back?</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Referral) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Gate gate, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct)
        {
            DateTimeOffset? old = clock.GetUtcNow() - SafeContact.GoodFor;
            var (struck, aged) = (await Struck(zone).Select(k => k.Referral).Take(InOneGo).ToListAsync(ct), await Ageing(zone).Where(k => k.Rules.Checked < old).Select(k => k.Referral).Take(InOneGo).ToListAsync(ct));
            return [.. struck.Union(aged)];
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == command.Referral && r.WentOut, ct) is not { ConsentId: { } agreed } referral) return false;
            var (dossier, now) = (await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct), clock.GetUtcNow());
            var (consent, safe) = (await zone.Set<Consent>().SingleAsync(c => c.Id == agreed, ct), await zone.Set<SafeContact>().SingleAsync(s => s.Id == referral.PersonId, ct));
            if (!safe.MustBeAskedAgain(now) || await WasSaid(zone, referral, consent, safe, ct)) return false;
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.RulesAged, Milestone.ThePlatform, now, about: referral.Id));
            dossier.Touch();
            // It was told as not asked, or as never: then nothing has grown old.
            if (await Outdated.Holds(zone, gate, referral, consent, dossier, now, ct)) return false;
            if (safe.ViolenceAt >= safe.Checked)
            {
                await Links.End(zone, referral, now, ct);
                referral.NoLongerAgreed(now);
            }
            await Answered.ComesBack(zone, dossier, referral, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.RulesAgedTell), now, ct);
            return true;
        }
    }

    // That it grew old says nothing of violence that came after.
    private static Task<bool> WasSaid(ZoneDbContext zone, Referral referral, Consent consent, SafeContact safe, CancellationToken ct)
    {
        var since = safe.ViolenceAt > consent.At ? safe.ViolenceAt.Value : consent.At;
        return zone.Set<Milestone>().AnyAsync(m => m.About == referral.Id && m.Kind == MilestoneKind.RulesAged && m.At >= since, ct);
    }

    private sealed record Known
    {
        public Guid Referral { get; init; }
        public SafeContact Rules { get; init; } = null!;
        public bool IsOpen { get; init; }
        public DateTimeOffset ConsentAt { get; init; }
    }

    // With the partner, as it was agreed, with a number or an address.
    private static IQueryable<Known> With(ZoneDbContext zone) =>
        from referral in zone.Set<Referral>()
        join consent in zone.Set<Consent>() on referral.ConsentId equals consent.Id
        join rules in zone.Set<SafeContact>() on referral.PersonId equals rules.Id
        join dossier in zone.Set<Dossier>() on referral.DossierId equals dossier.Id
        where referral.WentOut && referral.SentConsent == referral.ConsentId && rules.Checked != null
            && (consent.Fields.Contains(SharedField.Phone) || consent.Fields.Contains(SharedField.Mail) || consent.Fields.Contains(SharedField.Address))
        select new Known { Referral = referral.Id, Rules = rules, IsOpen = dossier.Closed == null, ConsentAt = consent.At };

    private static IQueryable<Known> Struck(ZoneDbContext zone) => With(zone).Where(k => k.Rules.ViolenceAt >= k.Rules.Checked && !zone.Set<Milestone>().Any(m => m.About == k.Referral && m.Kind == MilestoneKind.RulesAged && m.At >= k.ConsentAt && m.At >= k.Rules.ViolenceAt));

    // Once for what was agreed. In a closed dossier nobody asks anybody any more: there the date in the lines has to do.
    private static IQueryable<Known> Ageing(ZoneDbContext zone) => With(zone).Where(k => k.IsOpen && !zone.Set<Milestone>().Any(m => m.About == k.Referral && m.Kind == MilestoneKind.RulesAged && m.At >= k.ConsentAt));
}
