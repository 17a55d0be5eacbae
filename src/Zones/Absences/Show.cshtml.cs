using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Absences;

/// <summary>Who is away and who replaces them. Everyone says so for themselves; a coordinator, or whoever stands in for one, for all, in one press where nobody planned it.</summary>
[Requires(May.BelongToTheZone)]
internal sealed class Show(IMediator pipeline, WhereAndWho who, WhoIsAway away) : PageModel, IShowAgain
{
    [BindProperty] public Plan.Command Form { get; set; } = new();
    public View Now { get; private set; } = null!;
    public bool SaysForOthers => Now.SaysForOthers;
    public IReadOnlyList<Choice> People => [.. Now.Colleagues.Select(c => new Choice(c.Account.ToString(), c.Name))];
    public IReadOnlyList<Choice> Replacements => [.. Now.Replacements.Select(c => new Choice(c.Account.ToString(), c.Name))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostPlanAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        return Done(Words.AbsenceSaved);
    }

    public async Task<IActionResult> OnPostUnplannedAsync(Guid account, CancellationToken ct)
    {
        ModelState.Clear();
        await pipeline.Send(new Unplanned.Command { Account = account }, ct);
        return Done(Words.AbsenceSaved);
    }

    public async Task<IActionResult> OnPostEndAsync(Guid absence, CancellationToken ct)
    {
        ModelState.Clear();
        await pipeline.Send(new EndCommand { Absence = absence }, ct);
        return Done(Words.AbsenceEnded);
    }

    private RedirectToPageResult Done(string said)
    {
        away.Forget(who.Zone!.Id);
        TempData["Done"] = said;
        return RedirectToPage();
    }

    internal sealed record Person(Guid Account, string Name, bool IsAway);
    internal sealed record Row(Guid Id, string Name, DateTimeOffset From, DateTimeOffset To, string? Replacement, bool IsNow, bool MayEnd);
    internal sealed record View(IReadOnlyList<Row> Rows, IReadOnlyList<Person> Colleagues, IReadOnlyList<Person> Replacements, bool SaysForOthers);

    [Requires(May.BelongToTheZone)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.BelongToTheZone)]
    internal sealed record EndCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Absence { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, StandsIn standsIn, IStaff staff, IAccounts accounts, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, now, self) = (here.InZone.Id, clock.GetUtcNow(), caller.Self);
            var absences = await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.To > now).OrderBy(a => a.From).ToListAsync(ct);
            var (people, mayReplace) = (await staff.Holding(zone, RoleTemplates.Given, ct), await staff.Holding(zone, Absence.MayReplace, ct));
            var names = await accounts.Named(people.Concat(absences.SelectMany(a => new[] { a.Account, a.Replacement ?? a.Account })), ct);
            var others = await standsIn.MaySpeakForOthers(zone, ct);
            return new View(
                [.. absences.Select(a => new Row(a.Id, Name(a.Account), a.From, a.To, a.Replacement is { } by ? Name(by) : null, a.Covers(now), a.Account == self || others))],
                People(people.Where(p => p != self)), People(mayReplace.Where(p => p != self || others)), others);

            string Name(Guid id) => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
            IReadOnlyList<Person> People(IEnumerable<Guid> ids) => [.. ids.Where(names.ContainsKey).Select(id => new Person(id, names[id].DisplayName, absences.Any(a => a.Account == id && a.Covers(now)))).OrderBy(p => p.Name, StringComparer.CurrentCulture)];
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, UseCase here, StandsIn standsIn, Caller caller, TimeProvider clock) : IRequestHandler<EndCommand, bool>
    {
        public async Task<bool> Handle(EndCommand command, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var found = await house.Set<Absence>().SingleOrDefaultAsync(a => a.Id == command.Absence && a.Zone == zone && a.To > now, ct) ?? throw new RefusedException("absent", command.Absence);
            if (found.Account != caller.Account && !await standsIn.MaySpeakForOthers(zone, ct)) throw new RefusedException("absent", found.Id);
            found.End(now);
            return true;
        }
    }
}

internal sealed class AbsencesInMenu : IInMenu
{
    public int Order => 700;
    public May Deed => May.BelongToTheZone;
    public string Path => "/absences";
    public string Text => Words.AbsencesTitle;
}
