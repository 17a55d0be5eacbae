using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>What waits for a partner, for us to send it, or for the person who thinks about it, in the dossiers one sees: the longest first. Of closed dossiers, what came back and nobody has dealt with. Initials only.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Waiting(IMediator pipeline) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = (await pipeline.Send(new Query(), ct)).Rows;

    internal sealed record Row(Guid Dossier, Guid Referral, string Number, string Initials, string Partner, Need Need, ReferralState State, DateTimeOffset Since, bool IsClosed);

    internal sealed record Answer(IReadOnlyList<Row> Rows) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Dossier).Distinct();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, IPartners partners, Keyring keys) : IRequestHandler<Query, Answer>
    {
        private const int Most = 200;
        private static readonly ReferralState[] States = [ReferralState.Offered, ReferralState.Accepted, ReferralState.Sent, ReferralState.Received, ReferralState.NoAnswer];

        /// <summary>How many there are: nothing, or one number.</summary>
        public static readonly Dossiers.Seen<int, int, int, int> Figure = new((z, seen, _, _, _, _, _, _) => z.Set<Referral>()
            .Join(seen, r => r.DossierId, d => d.Id, (r, d) => new { r.Id, r.State, IsClosed = d.Closed != null })
            .Where(r => (!r.IsClosed && States.Contains(r.State)) || (r.IsClosed && z.Set<FollowUp>().Any(f => f.About == r.Id && f.Done == null)))
            .GroupBy(_ => 1).Select(g => g.Count()));

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var acts = zone.Set<FollowUp>();
            var found = await zone.Set<Referral>().AsNoTracking()
                .Join(zone.Set<Dossier>().Where(await guard.Visible(ct)), r => r.DossierId, d => d.Id, (r, d) => new { r.Id, r.DossierId, r.PersonId, r.PartnerId, r.Need, r.State, r.TurnedAt, d.Number, IsClosed = d.Closed != null })
                .Where(r => (!r.IsClosed && States.Contains(r.State)) || (r.IsClosed && acts.Any(f => f.About == r.Id && f.Done == null)))
                .OrderBy(r => r.TurnedAt).ThenBy(r => r.Id).Take(Most).ToListAsync(ct);
            var ids = found.Select(r => r.PersonId).Distinct().ToList();
            await keys.Fetch(ids, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Identity.Value.Initials, ct);
            var names = await partners.Of([.. found.Select(r => r.PartnerId)], ct);
            return new Answer([.. found.Select(r => new Row(r.DossierId, r.Id, r.Number, people.GetValueOrDefault(r.PersonId, "–"), names[r.PartnerId].Organisation, r.Need, r.State, r.TurnedAt, r.IsClosed))]);
        }
    }
}
