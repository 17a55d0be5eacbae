using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Countersign;

/// <summary>What waits for the caller's name, and what the caller wrote that waits for another's. Only where it stands and by whom: the text is in the dossier.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Waiting(IMediator pipeline, IAccounts accounts) : PageModel
{
    public Answer List { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        List = await pipeline.Send(new Query(), ct);
        Names = await accounts.Named(List.ToSign.Select(r => r.By), ct);
    }

    public string Name(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    internal sealed record Row(Guid Entry, Guid Dossier, string Number, bool IsContact, bool IsDocument, Guid By, DateTimeOffset At, Signing Signing)
    {
        /// <summary>What waits is not the document: somebody asked that it be withdrawn.</summary>
        public bool IsWithdrawal { get; init; }
    }

    internal sealed record Answer(IReadOnlyList<Row> ToSign, IReadOnlyList<Row> Mine) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => ToSign.Concat(Mine).Select(r => r.Dossier).Distinct();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Unsigned unsigned, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var self = caller.Self;
            var toSign = caller.May(May.Countersign) ? await Rows(await unsigned.ToSign(ct), Signing.Waiting, by => by != self, ct) : [];
            return new Answer(toSign, await Rows(await unsigned.Visible(ct), null, by => by == self, ct));
        }

        private async Task<IReadOnlyList<Row>> Rows(IQueryable<Dossier> dossiers, Signing? state, Func<Guid, bool> whose, CancellationToken ct)
        {
            var notes = await zone.Set<Note>().Where(n => n.Signing == Signing.Waiting || n.Signing == Signing.Returned).Join(dossiers, n => n.DossierId, d => d.Id, (n, d) => new Row(n.Id, d.Id, d.Number, false, false, n.By, n.At, n.Signing)).ToListAsync(ct);
            var contacts = await zone.Set<Contact>().Where(c => c.Signing == Signing.Waiting || c.Signing == Signing.Returned).Join(dossiers, c => c.DossierId, d => d.Id, (c, d) => new Row(c.Id, d.Id, d.Number, true, false, c.By, c.At, c.Signing)).ToListAsync(ct);
            var documents = await zone.Set<Document>().Where(p => p.Withdrawn == null && (p.Signing == Signing.Waiting || p.Signing == Signing.Returned)).Join(dossiers, p => p.DossierId, d => d.Id, (p, d) => new Row(p.Id, d.Id, d.Number, false, true, p.By, p.At, p.Signing)).ToListAsync(ct);
            var withdrawals = await zone.Set<Document>().Where(p => p.WithdrawalBy != null).Join(dossiers, p => p.DossierId, d => d.Id, (p, d) => new Row(p.Id, d.Id, d.Number, false, true, p.WithdrawalBy!.Value, p.WithdrawalAt!.Value, Signing.Waiting) { IsWithdrawal = true }).ToListAsync(ct);
            return [.. notes.Concat(contacts).Concat(documents).Concat(withdrawals).Where(r => whose(r.By) && (state is null || r.Signing == state)).OrderBy(r => r.At)];
        }
    }
}

/// <summary>Dossiers in which something may wait for a second name, as the caller may see them.</summary>
internal sealed class Unsigned(ZoneDbContext zone, Guard guard, Caller caller)
{
    public async Task<IQueryable<Dossier>> Visible(CancellationToken ct) => zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct));

    public async Task<IQueryable<Dossier>> ToSign(CancellationToken ct) => (await Visible(ct)).Where(Countersigning.SignedBy(await guard.Looks(ct)));

    /// <summary>How many entries wait for the caller: to countersign or to go, or, given back, to correct.</summary>
    public async Task<int> Count(CancellationToken ct)
    {
        var who = await guard.Looks(ct);
        return (await Mine.In(zone, who, caller.May(May.Countersign), who.Leads || who.OnlyStandsIn, 0, ct)).SingleOrDefault();
    }

    private static readonly Seen<bool, bool, int, int> Mine = new((z, seen, self, _, replaced, signs, leads, _) =>
        z.Set<Note>().Where(n => n.Signing == Signing.Waiting || n.Signing == Signing.Returned).Select(n => new { n.DossierId, n.By, n.Signing })
            .Concat(z.Set<Contact>().Where(c => c.Signing == Signing.Waiting || c.Signing == Signing.Returned).Select(c => new { c.DossierId, c.By, c.Signing }))
            .Concat(z.Set<Document>().Where(p => p.Withdrawn == null && (p.Signing == Signing.Waiting || p.Signing == Signing.Returned)).Select(p => new { p.DossierId, p.By, p.Signing }))
            .Concat(z.Set<Document>().Where(p => p.WithdrawalBy != null).Select(p => new { p.DossierId, By = p.WithdrawalBy!.Value, Signing = Signing.Waiting }))
            .Join(seen, e => e.DossierId, d => d.Id, (e, d) => new { e.By, e.Signing, d.AssignedTo })
            .Where(e => (e.Signing == Signing.Returned && e.By == self) || (signs && e.Signing == Signing.Waiting && e.By != self && (leads || e.AssignedTo == self || replaced.Contains(e.AssignedTo!.Value))))
            .GroupBy(_ => 1).Select(g => g.Count()));
}
