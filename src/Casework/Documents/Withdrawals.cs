using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Documents;

/// <summary>How a document goes: asked for by one, and destroyed when another agrees.</summary>
internal sealed class Withdrawals(ZoneDbContext zone, Entries entries, Caller caller, Trail trail)
{
    /// <exception cref="RefusedException">It is not there, or not any more.</exception>
    public async Task<Document> Find(Dossier dossier, Guid id, CancellationToken ct) =>
        await zone.Set<Document>().SingleOrDefaultAsync(d => d.Id == id && d.DossierId == dossier.Id && d.Withdrawn == null, ct) ?? throw new RefusedException("absent", dossier.Id);

    /// <summary>May the caller put the second name under what another asked?</summary>
    public async Task<bool> IsSecond(Dossier dossier, Document document, CancellationToken ct) =>
        document.Asked is { } asked && asked.By != caller.Account && await entries.MaySign(dossier, ct);

    public void Ask(Dossier dossier, Document document, WithdrawReason why, DateTimeOffset now)
    {
        document.AskWithdrawal(why, caller.Self, now);
        Turn(dossier, MilestoneKind.WithdrawalAsked, why, now);
    }

    public void Keep(Dossier dossier, Document document, DateTimeOffset now)
    {
        document.Stays();
        Turn(dossier, MilestoneKind.DocumentKept, null, now);
    }

    /// <summary>Its content is destroyed.</summary>
    public async Task Go(Dossier dossier, Document document, WithdrawReason why, DateTimeOffset now, CancellationToken ct)
    {
        document.Withdraw(now);
        await zone.Set<DocumentPart>().Where(p => p.DocumentId == document.Id).ExecuteDeleteAsync(ct);
        Turn(dossier, MilestoneKind.DocumentWithdrawn, why, now);
    }

    private void Turn(Dossier dossier, MilestoneKind kind, WithdrawReason? why, DateTimeOffset now)
    {
        trail.Turns("document", null, why?.ToString() ?? "Kept");
        zone.Add(Milestone.Reached(dossier.Id, kind, caller.Self, now, code: (int?)why));
        dossier.Touch();
    }
}
