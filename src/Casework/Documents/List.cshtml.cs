using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Documents;

/// <summary>The documents of a dossier: what they are and whom they concern, never their content. Printed, the list bears who printed it and when; what is in a file cannot be marked here.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class List(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public DateTimeOffset Now => clock.GetUtcNow();
    public Guid? Self => who.Caller.Account;

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier), ct);
        Names = await accounts.Named(View.Rows.SelectMany(r => new[] { r.Document.By, r.Document.SignedBy, r.Document.WithdrawalBy }).OfType<Guid>().Concat(Self is { } self ? [self] : []), ct);
    }

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <param name="Persons">Names of those it concerns; null where the dossier has one person.</param>
    /// <param name="MayWithdraw">The reader may take it out again.</param>
    internal sealed record Row(Document Document, DocumentHead Head, string? Persons, bool MayWithdraw);

    internal sealed record Answer(string Number, IReadOnlyList<Row> Rows, bool MaySign, bool MayWarn);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Entries entries, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var documents = await zone.Set<Document>().AsNoTracking().Where(d => d.DossierId == dossier.Id && d.Withdrawn == null).OrderByDescending(d => d.At).ThenByDescending(d => d.Id).ToListAsync(ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id).Concat(documents.Select(d => d.KeyOwner)).Distinct(), ct);
            return new Answer(dossier.Number, [.. documents.Select(d => new Row(d, d.Head!.Value, people.Count < 2 ? null : string.Join(", ", people.Where(p => d.Persons.Contains(p.Id)).Select(p => p.Identity.Value.FullName)), Withdraw.May(caller, d)))],
                documents.Any(d => d.Signing == Signing.Waiting || d.Asked is not null) && await entries.MaySign(dossier, ct), caller.May(May.ChangeDossiers));
        }
    }
}
