using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Absences;

namespace VictimSupport.Zones.Staff;

/// <summary>The people of the zone, one line each. Never a dossier.</summary>
[Requires(May.BringStaffIn)]
internal sealed class List(IMediator pipeline) : PageModel
{
    /// <summary>A longer list than this can be filtered.</summary>
    public const int FilterFrom = 30;

    [BindProperty] public string? Name { get; set; }
    [BindProperty] public Role? Role { get; set; }
    public IReadOnlyList<Row> All { get; private set; } = [];
    public int OpenInvitations { get; private set; }
    public bool IsFiltered => !string.IsNullOrWhiteSpace(Name) || Role is not null;

    public IReadOnlyList<Row> Rows => [.. All.Where(r => (string.IsNullOrWhiteSpace(Name) || r.Name.Contains(Name.Trim(), StringComparison.CurrentCultureIgnoreCase)) && (Role is not { } role || r.Held.Contains(role)))];

    public async Task OnGetAsync(CancellationToken ct) => (All, OpenInvitations) = await pipeline.Send(new Query(), ct);

    /// <summary>Posted: a colleague's name belongs in no address.</summary>
    public async Task<IActionResult> OnPostFindAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        return Page();
    }

    internal sealed record Row(Guid Account, string Name, IReadOnlyList<Role> Held, string State, string Colour, DateTimeOffset? AwayUntil, DateTimeOffset? LastSignIn)
    {
        public string Roles => string.Join(", ", Held.Select(r => Words.Of(r)));
    }

    [Requires(May.BringStaffIn)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<Row>, int)>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, IInvite invitations, IAccounts accounts, TimeProvider clock) : IRequestHandler<Query, (IReadOnlyList<Row>, int)>
    {
        public async Task<(IReadOnlyList<Row>, int)> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var people = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).ToListAsync(ct)).GroupBy(g => g.Account).ToList();
            var away = (await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.From <= now && a.To > now).ToListAsync(ct)).ToLookup(a => a.Account);
            var (names, seen) = (await accounts.Named(people.Select(p => p.Key), ct), await accounts.LastSignIns(people.Select(p => p.Key), ct));
            var rows = people.Where(p => names.ContainsKey(p.Key)).Select(own =>
            {
                var held = own.Where(g => g.Lives(now)).ToList();
                var (state, colour) = held.Count == 0 ? (Words.Left, "grey") : held.Any(g => g.IsWaiting(now)) ? (Words.Waiting, "orange") : held.All(g => g.To is not null) ? (Words.EndsOn(Design.Html.Moment.Show(held.Max(g => g.To!.Value).AddSeconds(-1))), "yellow") : (Words.InForce, "green");
                return new Row(own.Key, names[own.Key].DisplayName, [.. (held.Count > 0 ? held : [.. own]).Select(g => g.Role).Distinct().Order()], state, colour, away[own.Key].Select(a => (DateTimeOffset?)a.To).Max(), held.Count > 0 ? seen.GetValueOrDefault(own.Key) : null);
            });
            // Those who work here first; who left stands below.
            return ([.. rows.OrderBy(r => r.Colour == "grey").ThenBy(r => r.Name, StringComparer.CurrentCulture)], (await invitations.Of(house, zone, ct)).Count(i => i.IsOpen(now)));
        }
    }
}

internal sealed class StaffInMenu : IInMenu
{
    public int Order => 800;
    public May Deed => May.BringStaffIn;
    public string Path => "/admin/staff";
    public string Text => Words.StaffTitle;
}
