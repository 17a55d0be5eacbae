using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>The tray: messages that nobody has taken yet, the urgent first, then the longest waiting. Initials only; the message opens by itself.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Waiting(IMediator pipeline, IAccounts accounts, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public bool Declined { get; set; }
    [BindProperty(SupportsGet = true, Name = "at")] public int At { get; set; } = 1;
    public Answer List { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct)
    {
        At = Math.Clamp(At, 1, 10_000);
        List = await pipeline.Send(new Query(Declined, At), ct);
        Names = await accounts.Named(List.Rows.SelectMany(r => new[] { r.PutBy, r.For }).OfType<Guid>(), ct);
    }

    public string By(Row row) => row.FromPublic ? Words.ByThePerson : Name(row.PutBy);
    public string Reach(Row row) => row.Way switch
    {
        null => Words.ChannelRule(Words.Of(Channel.Call), Words.Of(row.MayCall)),
        Way.Self => Words.ComesForward,
        var way => Words.ChannelRule(RequestWords.Of(way.Value), Words.Of(row.OnlyIf ? Rule.OnlyIf : Rule.Safe)),
    };

    public string Name(Guid? account) => account == Guid.Empty ? Words.ByOfficer : account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <param name="Declined">Those declined in the last month, or answered without a dossier, instead of those that wait.</param>
    [Requires(May.OpenCallOuts)]
    internal sealed record Query(bool Declined, int Page) : IQuery<Answer>;

    internal sealed record Row(Guid Entry, string Initials, string Language, Urgency Urgency, Rule MayCall, DateTimeOffset PutAt, DateTimeOffset RemindAt, Guid? PutBy, Guid? For)
    {
        public TrayState State { get; init; }

        /// <summary>What whoever sent it names on the telephone; null: it was written down here.</summary>
        public string? Reference { get; init; }

        /// <summary>From the public page.</summary>
        public bool FromPublic { get; init; }

        /// <summary>The one way somebody named on the public page, and whether it is safe on a condition only.</summary>
        public Way? Way { get; init; }
        public bool OnlyIf { get; init; }
    }

    internal sealed record Answer(IReadOnlyList<Row> Rows, int Total) : IListDossiers
    {
        public const int PerPage = 25;
        public int Pages => Math.Max(1, (Total + PerPage - 1) / PerPage);
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Entry);
    }

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var since = clock.GetUtcNow().AddDays(-30);
            var all = There.Messages(zone, caller.Self).AsNoTracking();
            var listed = query.Declined ? all.Where(e => (e.State == TrayState.Declined || e.State == TrayState.Contacted) && e.Closed > since).OrderByDescending(e => e.Closed) : all.Where(e => e.State == TrayState.Waiting).OrderByDescending(e => e.Urgency).ThenBy(e => e.PutAt).ThenBy(e => e.Id);
            var page = await listed.Skip((query.Page - 1) * Answer.PerPage).Take(Answer.PerPage).ToListAsync(ct);
            await keys.Fetch(page.Select(e => e.Id), ct);
            return new Answer([.. page.Select(e => new Row(e.Id, e.Message.Value.Initials, e.Language, e.Urgency, e.MayCall, e.PutAt, e.RemindAt, e.PutBy, e.For)
            {
                State = e.State, Reference = e.FromPublic || e.ByLink is not null ? e.Reference : null, FromPublic = e.FromPublic, Way = e.Message.Value.Asked?.Way, OnlyIf = e.Message.Value.Asked?.OnlyIf == true,
            })], await listed.CountAsync(ct));
        }
    }
}
