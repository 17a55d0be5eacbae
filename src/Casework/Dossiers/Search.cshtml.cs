using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Finds a dossier by name, telephone, official report or its own number. What is typed is posted, never in an address; what one may not see is not found.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Search(IMediator pipeline, WhereAndWho who, Searches searches) : PageModel
{
    [BindProperty] public Query Form { get; set; } = new();
    public Answer? Found { get; private set; }

    /// <summary>Under which the same is asked again; null: nothing was posted.</summary>
    public Guid? Again { get; private set; }
    public bool MayBreakGlass => who.Caller.May(May.BreakGlass);

    /// <summary>An id that is kept no more, or somebody else's, shows the empty search.</summary>
    public async Task OnGetAsync(Guid? again, CancellationToken ct)
    {
        if (again is not { } id || searches.Find(who.Zone!.Id, who.Caller.Self, id) is not { } text) return;
        Form = new Query { Text = text };
        Found = await pipeline.Send(Form, ct);
    }

    public async Task OnPostAsync(CancellationToken ct)
    {
        Found = await pipeline.Send(Form, ct);
        Again = searches.Keep(who.Zone!.Id, who.Caller.Self, Form.Text);
    }

    internal sealed record Row(Guid Dossier, string Number, string Name, Capacity? Capacity, string SubKind, bool IsOpen)
    {
        /// <summary>What the zone itself calls the facts; null: as shipped.</summary>
        public string? Own { get; init; }
    }

    internal sealed record Answer(IReadOnlyList<Row> Rows) : IListDossiers
    {
        /// <summary>There are more: these are the first.</summary>
        public bool IsCut { get; init; }
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Dossier).Distinct();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Answer>
    {
        public string Text { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules() => RuleFor(q => q.Text).Must(t => t.Trim().Length > 1).WithMessage(_ => Words.TypeSomething).MaximumLength(200).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Keyring keys, IStaff staff, IAccounts accounts, Caller caller, Trail trail) : IRequestHandler<Query, Answer>
    {
        internal const int Most = 50;
        private const int Candidates = 5000;
        // Only what the searcher may see is ever opened.
        private static readonly Seen<List<Guid>, int, int, Hit> People = new((zone, seen, _, _, _, ids, _, _) => zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).Join(seen, p => p.DossierId, d => d.Id, (person, dossier) => new Hit(person, dossier)));

        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, ReadName> Colleagues = new(StringComparer.Ordinal);

        private sealed record Hit(Person Person, Dossier Dossier);

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (key, typed) = (here.InZone.Keys.Search, query.Text.Trim());
            if (DossierNumber.TryParse(typed, out var number)) return First(await ByDossier(d => d.Number == number.Text, ct));
            // A report without its unit may read as a telephone: where nobody has that number it is looked for as a report.
            if (PhoneNumber.Part(typed) is { } phone && await ByPerson(await Owners(key, [[phone]], ct), p => PhoneNumber.ToE164(p.Phone) == phone.Text ? 1 : 0, ct, phone.Text) is { Count: > 0 } callers) return First(callers);
            if (typed.Count(char.IsDigit) >= 6 && await ByReport(key, PvNumber.Part(typed), ct) is { Count: > 0 } reports) return First(reports);
            var name = NameQuery.Parse(typed);
            if (name.Groups.Count > 1) await SayWhose(name, ct);
            if (name.IsEmpty) return new Answer([]);
            var owners = await Owners(key, name.Groups, ct);
            var found = First(await ByPerson(owners, p => name.Rank(p.FamilyName, p.GivenName), ct));
            // Earlier ones were not looked at: what is shown is not all.
            return found with { IsCut = found.IsCut || owners.Count >= Candidates };
        }

        // One more is found than is shown, to know that there is.
        private static Answer First(IReadOnlyList<Row> found) => new([.. found.Take(Most)]) { IsCut = found.Count > Most };

        // Somebody looks for themselves, or for a colleague: what they may not see is not found, and that they looked is recorded all the same. By a code: whose name it was stands nowhere.
        private async Task SayWhose(NameQuery name, CancellationToken ct)
        {
            var names = await accounts.Named((await staff.Holding(here.InZone.Id, Enum.GetValues<Role>(), ct)).Append(caller.Self), ct);
            var meant = names.Values.Where(c => name.Rank(Read(c.DisplayName)) > 0).Select(c => c.Id).ToList();
            if (meant.Count > 0) trail.Because(meant.Contains(caller.Self) ? "own-name" : "colleagues-name");
        }

        // Colleagues are few and asked about at every search; whoever is searched for is read each time and kept nowhere.
        private static ReadName Read(string colleague)
        {
            if (Colleagues.TryGetValue(colleague, out var read)) return read;
            if (Colleagues.Count > 5_000) Colleagues.Clear();
            return Colleagues[colleague] = ReadName.Of(colleague, "");
        }

        private Task<HashSet<Guid>> Owners(SearchKey key, IReadOnlyList<IReadOnlyList<SearchPart>> groups, CancellationToken ct) => SearchToken.OwnersOfAll(zone, key, groups, Candidates, ct);

        private async Task<IReadOnlyList<Row>> ByPerson(HashSet<Guid> owners, Func<Particulars, int> rank, CancellationToken ct, string? phone = null)
        {
            var (found, who) = (new List<(int Rank, Row Row, Guid? Own)>(), await guard.Looks(ct));
            foreach (var some in owners.Chunk(400))
            {
                var hits = await People.In(zone, who, [.. some], 0, 0, ct);
                await keys.Fetch(hits.Select(h => h.Person.KeyOwner), ct);
                var second = phone is null ? [] : await WithSecond(phone, [.. hits.Select(h => h.Person.Id)], ct);
                foreach (var (person, dossier) in hits)
                {
                    var identity = person.Identity.Value;
                    if (Math.Max(rank(identity), second.Contains(person.Id) ? 1 : 0) is > 0 and var fit) found.Add((fit, new Row(dossier.Id, dossier.Number, identity.FullName, person.Capacity, dossier.SubKind, dossier.IsOpen), dossier.OwnSubKind));
                }
            }
            var own = await OwnCodes.WordsOf(zone, found.Select(f => f.Own), ct);
            return [.. found.OrderByDescending(f => f.Rank).ThenByDescending(f => f.Row.IsOpen).ThenByDescending(f => f.Row.Dossier).Take(Most + 1).Select(f => f.Row with { Own = own.Of(f.Own) })];
        }

        // Their SMS go there: they may call from it.
        private async Task<HashSet<Guid>> WithSecond(string phone, IReadOnlyList<Guid> some, CancellationToken ct) =>
            [.. (await zone.Set<SafeContact>().AsNoTracking().Where(s => some.Contains(s.Id)).ToListAsync(ct)).Where(s => PhoneNumber.ToE164(s.Details.Value.SmsNumber) == phone).Select(s => s.Id)];

        private async Task<IReadOnlyList<Row>> ByReport(SearchKey key, SearchPart part, CancellationToken ct)
        {
            var owners = (await Owners(key, [[part]], ct)).ToList();
            var reports = await zone.Set<OfficialReport>().AsNoTracking().Where(r => owners.Contains(r.Id)).ToListAsync(ct);
            await keys.Fetch(reports.Select(r => r.KeyOwner), ct);
            var ids = reports.Where(r => PvNumber.Part(r.Number.Value) == part).Select(r => r.DossierId).ToList();
            return await ByDossier(d => ids.Contains(d.Id), ct);
        }

        private async Task<IReadOnlyList<Row>> ByDossier(System.Linq.Expressions.Expression<Func<Dossier, bool>> which, CancellationToken ct)
        {
            var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(which).OrderByDescending(d => d.Id).Take(Most + 1).ToListAsync(ct);
            var leads = dossiers.Select(d => d.Lead).OfType<Guid>().ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => leads.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
            await keys.Fetch(people.Keys, ct);
            var own = await OwnCodes.WordsOf(zone, dossiers.Select(d => d.OwnSubKind), ct);
            return [.. dossiers.Select(d =>
            {
                var lead = d.Lead is { } id ? people.GetValueOrDefault(id) : null;
                return new Row(d.Id, d.Number, lead?.Identity.Value.FullName ?? "–", lead?.Capacity, d.SubKind, d.IsOpen) { Own = own.Of(d.OwnSubKind) };
            })];
        }
    }
}
