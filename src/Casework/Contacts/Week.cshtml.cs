using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Contacts;

/// <summary>The appointments of a week, one's own, a colleague's or everybody's, by days of a Belgian clock. What stands in a dossier that the reader may not open says only that a colleague is busy, and in what kind of place.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Week(IMediator pipeline, IAccounts accounts, TimeProvider clock) : PageModel
{
    /// <summary>Such as <c>2026-W48</c>; anything else is the week of today.</summary>
    [BindProperty(SupportsGet = true, Name = "week")] public string? Number { get; set; }

    /// <summary>Whose; a stranger's is one's own.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Whose { get; set; }
    [BindProperty(SupportsGet = true, Name = "all")] public bool Everybody { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Read(Number) ?? MondayOf(Moment.Day(clock.GetUtcNow())), Everybody ? null : Whose, Everybody), ct);
        Names = await accounts.Named(View.Colleagues.Append(View.Whose).Concat(View.Rows.SelectMany(r => new[] { r.Worker, r.Companion }).OfType<Guid>()).Distinct(), ct);
        Colleagues = [.. View.Colleagues.Where(Names.ContainsKey).Select(c => Names[c]).OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <summary>As it stands in an address.</summary>
    public static string Of(DateOnly day)
    {
        var at = day.ToDateTime(TimeOnly.MinValue);
        return string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(at):0000}-W{ISOWeek.GetWeekOfYear(at):00}");
    }

    /// <summary>The Monday of a week; null: it is no week.</summary>
    public static DateOnly? Read(string? week) =>
        week is { Length: 8 } && week[4..6] == "-W" && int.TryParse(week[..4], NumberStyles.None, CultureInfo.InvariantCulture, out var year) && int.TryParse(week[6..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && year is >= 2000 and <= 2100 && number >= 1 && number <= ISOWeek.GetWeeksInYear(year) ? DateOnly.FromDateTime(ISOWeek.ToDateTime(year, number, DayOfWeek.Monday)) : null;

    private static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <param name="Number">Of the dossier.</param>
    /// <param name="People">Whom it is with or for, and what the gate would say of each.</param>
    internal sealed record Known(Guid Contact, Guid Dossier, string Number, IReadOnlyList<Glance> People, Danger Danger, string? Room, bool ForThem, ContactState State, bool UnderWay)
    {
        public string Initials => People.Count == 0 ? "–" : string.Join(", ", People.Select(p => p.Initials));
    }

    /// <param name="Seen">null: somebody is busy, and that is all.</param>
    internal sealed record Row(DateTimeOffset At, int Minutes, Guid? Worker, Guid? Companion, Place Place, Known? Seen)
    {
        public DateTimeOffset Ends => At.AddMinutes(Minutes);

        /// <summary>On a day, and on the next too where it lasts past midnight.</summary>
        public bool On(DateOnly day) => Moment.Day(At) == day || (Moment.Day(At) < day && Ends > Moment.Instant(day.ToDateTime(TimeOnly.MinValue)));
    }

    /// <summary>An appointment in a dossier that its reader may open, before anybody in it is.</summary>
    internal sealed record Entry(Guid Id, DateTimeOffset At, int Minutes, Guid? Worker, Guid? Companion, Place Place, string? Room, bool ForThem, ContactState State, bool UnderWay, List<Guid> Persons, Dossier Dossier)
    {
        /// <summary>Whose rows are asked for, to know whom it is shown under.</summary>
        public IEnumerable<Guid> Asked => Persons.Append(Dossier.Lead ?? default);

        /// <summary>Those it concerns, where they are helped; else whom the dossier is shown under.</summary>
        public IReadOnlyList<Person> Met(IReadOnlyDictionary<Guid, Person> people) =>
            Persons.Where(p => people.TryGetValue(p, out var one) && one.IsHelped).Select(p => people[p]).ToList() is { Count: > 0 } those ? those : Dossier.Lead is { } lead && people.TryGetValue(lead, out var first) ? [first] : [];

        public Row Shown(IReadOnlyDictionary<Guid, Person> people, IReadOnlyDictionary<Guid, Glance> reach) =>
            new(At, Minutes, Worker, Companion, Place, new Known(Id, Dossier.Id, Dossier.Number, [.. Met(people).Select(p => reach[p.Id])], Dossier.Danger, Room, ForThem, State, UnderWay));
    }

    /// <param name="Whose">Whose week it is, where it is not everybody's.</param>
    /// <param name="Colleagues">Whose week may be asked for.</param>
    internal sealed record Answer(DateOnly Monday, Guid Whose, IReadOnlyList<Row> Rows, IReadOnlyList<Guid> Colleagues) : IListDossiers
    {
        /// <summary>The zone lets its people take them along in a calendar of their own.</summary>
        public bool MayTakeAlong { get; init; }

        /// <summary>The Mondays of earlier weeks in which something is still to be recorded.</summary>
        public IReadOnlyList<DateOnly> Unrecorded { get; init; } = [];
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Seen?.Dossier).OfType<Guid>().Distinct();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(DateOnly Monday, Guid? Whose, bool Everybody) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IZoneSettings settings, Colleagues colleagues, Glances glances, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (who, visible) = (await guard.Looks(ct), await guard.Visible(ct));
            // Whoever is here for one dossier has no colleagues to look at.
            IReadOnlyList<Guid> others = who.OnlyStandsIn ? [] : [.. (await colleagues.Holding(Dossiers.Colleagues.Nameable, ct)).Keys];
            var whose = query.Whose is { } one && others.Contains(one) ? one : caller.Self;
            var (from, to) = (Moment.Instant(query.Monday.ToDateTime(TimeOnly.MinValue)), Moment.Instant(query.Monday.AddDays(7).ToDateTime(TimeOnly.MinValue)));
            var earlier = from.AddDays(-1); // what began on Sunday night may last into the week
            var all = query.Everybody;
            var planned = zone.Set<Contact>().AsNoTracking().Where(c => c.PlannedFor != null && c.State != ContactState.Cancelled && c.At > earlier && c.At < to && (all || c.Worker == whose || c.Companion == whose));
            var open = zone.Set<Contact>().AsNoTracking().Where(c => c.PlannedFor < from && c.State == ContactState.Planned && (all || c.Worker == whose || c.Companion == whose)).Join(zone.Set<Dossier>().Where(visible).Where(d => d.Closed == null), c => c.DossierId, d => d.Id, (c, _) => c.At);
            var seen = await planned.Join(zone.Set<Dossier>().AsNoTracking().Where(visible), c => c.DossierId, d => d.Id, (c, d) => new Entry(c.Id, c.At, c.Minutes, c.Worker, c.Companion, c.Place, c.Room, c.ForThem, c.State, c.CheckedIn != null && c.CheckedOut == null, c.Persons, d)).ToListAsync(ct);
            var ids = seen.SelectMany(s => s.Asked).Distinct().ToList();
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id);
            await keys.Fetch(people.Keys, ct);
            var reach = await glances.Of(seen.SelectMany(s => s.Met(people).Select(p => (p, s.Dossier))), ct);
            var rows = seen.ConvertAll(s => s.Shown(people, reach));
            if (!who.OnlyStandsIn)
            {
                var theirs = seen.Select(s => s.Id).ToHashSet();
                // What is past and not theirs is nobody's business.
                var busy = await planned.Where(c => c.State == ContactState.Planned).Select(c => new { c.Id, c.At, c.Minutes, c.Worker, c.Companion, c.Place }).ToListAsync(ct);
                rows.AddRange(busy.Where(b => !theirs.Contains(b.Id)).Select(b => new Row(b.At, b.Minutes, b.Worker, b.Companion, b.Place, null)));
            }
            return new Answer(query.Monday, whose, [.. rows.Where(r => r.Ends > from).OrderBy(r => r.At).ThenBy(r => r.Worker)], others) { MayTakeAlong = (await settings.Of(here.InZone.Id, ct)).CalendarFeeds, Unrecorded = [.. (await open.ToListAsync(ct)).Select(at => MondayOf(Moment.Day(at))).Where(m => m < query.Monday).Distinct().Order()] };
        }
    }
}

/// <summary>The week stands in the menu of whoever works on dossiers.</summary>
internal sealed class AgendaInMenu : IInMenu
{
    public int Order => 12;
    public May Deed => May.WorkOnDossiers;
    public string Path => "/agenda";
    public string Text => Words.Agenda;
}
