using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Who opened this: everything the zone's audit says about one dossier, a month at a time, by day and person. Looking here is recorded too.</summary>
[Requires(May.SeeWhoOpened)]
internal sealed class Opened(IMediator pipeline, IAccounts accounts) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>Such as 2026-11; the current month where it says nothing readable.</summary>
    [BindProperty(SupportsGet = true)] public string? Month { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, DateOnly.TryParseExact(Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) ? first : null), ct);
        Names = await accounts.Named(View.Deeds.SelectMany(d => new[] { d.Actor, d.Replacing }).OfType<Guid>(), ct);
    }

    public string Name(Deed deed) => deed.Actor is not { } id ? Words.ThePlatform : Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    public string Why(Deed deed) => deed.Replacing is { } absent ? Words.WhyReplacing(Names.TryGetValue(absent, out var colleague) ? colleague.DisplayName : Words.Nobody) : deed.Why is null ? "–" : Words.Of("Why_" + deed.Why);

    /// <param name="Month">Its first day; null: the current one.</param>
    [Requires(May.SeeWhoOpened)]
    internal sealed record Query(Guid Dossier, DateOnly? Month) : IQuery<Answer>;

    /// <summary>What one person did with the dossier on one day, for one reason; the same again and again is said once.</summary>
    /// <param name="Actor">null: the platform itself.</param>
    internal sealed record Deed(DateOnly Day, Guid? Actor, What What, string? Why, Guid? Replacing, DateTimeOffset First, DateTimeOffset Last, int Times);

    /// <param name="Earlier">The month before, where the dossier was there already.</param>
    internal sealed record Answer(string Number, DateOnly Month, DateOnly? Earlier, DateOnly? Later, IReadOnlyList<Deed> Deeds);

    internal sealed class Handler(ZoneDbContext zone, Guard guard, IHideDossiers walls, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            var (first, last) = (FirstOf(Moment.Day(dossier.Opened)), FirstOf(Moment.Day(clock.GetUtcNow())));
            var month = query.Month is not { } asked || asked > last ? last : asked < first ? first : asked;
            var hidden = await walls.From(caller, ct);
            var deeds = (await Rows(dossier.Id, Midnight(month), Midnight(month.AddMonths(1)), ct)).Select(row => AuditLine.Read(row, dossier.Id)).Where(line => line is not null && !line.Touches(hidden)).Select(line => line!)
                .GroupBy(line => (Day: Moment.Day(line.At), line.Actor, line.What, line.Why, line.Replacing))
                .Select(same => new Deed(same.Key.Day, same.Key.Actor, same.Key.What, same.Key.Why, same.Key.Replacing, same.Min(l => l.At), same.Max(l => l.At), same.Count()))
                .OrderByDescending(d => d.Day).ThenBy(d => d.Actor).ThenBy(d => d.First).ToList();
            return new Answer(dossier.Number, month, month > first ? month.AddMonths(-1) : null, month < last ? month.AddMonths(1) : null, deeds);
        }

        // A list names its dossiers in the payload only: the month's records are read through.
        private async Task<List<AuditRow>> Rows(Guid dossier, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
        {
            var named = dossier.ToString();
            return await zone.Set<AuditRow>().AsNoTracking().Where(r => r.At >= from && r.At < to && (r.Subject == dossier || r.Payload.Contains(named))).OrderBy(r => r.At).ThenBy(r => r.Seq).ToListAsync(ct);
        }

        private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);
        private static DateTimeOffset Midnight(DateOnly day) => Moment.Instant(day.ToDateTime(TimeOnly.MinValue));
    }
}

/// <summary>What was done with a dossier.</summary>
internal enum What { Opened = 1, Listed = 2, CardShown = 3, Changed = 4, Printed = 5, Exported = 6, Refused = 7, Asked = 8 }
