using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Neutral mails about rights: that something happened, never what or to whom.</summary>
internal sealed class Notices(string kind, Func<string> subject, Func<string> text, ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string BrokenGlass = "glass-broken", Unassigned = "dossier-let-go", NobodySees = "nobody-sees", StandIn = "stand-in-asked", CaseloadReceived = "caseload-received", ReferralCameBack = "referral-back", HandoverCame = "handover-came", HandoverTurned = "handover-turned", RequestWithdrawn = "request-withdrawn", AppointmentChanged = "appointment-changed", AppointmentGiven = "appointment-given";

    public override string Kind => kind;

    /// <summary>The one mail to whoever got dossiers.</summary>
    /// <param name="turn">The hand-over, or whatever else they came by.</param>
    public static string Caseload<T>(T turn, Guid to) => $"{CaseloadReceived} {turn} {to}";

    // All who answer for it are told, and whom it concerns was left out: a replacement might be the very one. What changed in somebody's own week is nobody else's.
    protected override bool InPerson => kind is BrokenGlass or NobodySees or AppointmentChanged or AppointmentGiven;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (subject(), text()));
}

/// <summary>Who may be told of one of some dossiers: nobody behind its wall; of a sealed one its named readers only.</summary>
internal static class WhoMayKnow
{
    /// <param name="Meant">For whom it is.</param>
    [Requires(May.RunThePlatform)]
    internal sealed record Query(IReadOnlyList<Guid> Dossiers, IReadOnlyList<Guid> Meant, IReadOnlyList<Guid> Coordinators) : IQuery<IReadOnlyList<Guid>>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct)
        {
            var (ids, now) = (query.Dossiers, clock.GetUtcNow());
            var walls = (await zone.Set<WalledOff>().AsNoTracking().Where(w => ids.Contains(w.DossierId)).ToListAsync(ct)).ToLookup(w => w.DossierId, w => w.Account);
            var grants = (await zone.Set<Grant>().AsNoTracking().Where(g => ids.Contains(g.DossierId) && (g.Kind == GrantKind.Named || g.Kind == GrantKind.StandIn)).ToListAsync(ct)).Where(g => g.Counts(now)).ToLookup(g => g.DossierId, g => g.Account);
            var @sealed = (await zone.Set<Dossier>().Where(d => ids.Contains(d.Id) && d.Protection == Protection.Sealed).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
            return [.. ids.SelectMany(d => Of(query, @sealed.Contains(d), walls[d].ToHashSet(), [.. grants[d]])).Distinct()];
        }

        private static IEnumerable<Guid> Of(Query query, bool isSealed, HashSet<Guid> walled, List<Guid> named)
        {
            var may = query.Meant.Where(a => !walled.Contains(a) && (!isSealed || named.Contains(a))).ToList();
            if (may.Count > 0) return may;
            // It is for nobody who may know of it: then for the coordinators who may, else for whoever has it.
            may = [.. query.Coordinators.Where(a => !isSealed && !walled.Contains(a))];
            return may.Count > 0 ? may : named.Where(a => !walled.Contains(a)).Distinct();
        }
    }
}
