using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Walls;

/// <summary>The walls of the zone, without any that would tell its reader of what does not exist for them; build one, take one down.</summary>
[Requires(May.BuildWalls)]
internal sealed class List(IMediator pipeline, IAccounts accounts, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid? Dossier { get; set; }
    [BindProperty] public Build.Command Form { get; set; } = new();
    public Answer Walls { get; private set; } = null!;
    public IReadOnlyList<Unseen.Row> Unseen { get; private set; } = [];
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public bool IsOfficer => who.Caller.May(May.DecideOnPersonalData);
    public IReadOnlyList<Choice> Colleagues => [.. Walls.Staff.Where(Names.ContainsKey).Select(a => new Choice(a.ToString(), Names[a].DisplayName)).OrderBy(c => c.Text, StringComparer.CurrentCulture)];
    public IReadOnlyList<Choice> Rounds => Choice.All<Round>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Build.Command { Round = Round.Dossier, Number = Walls.Asked ?? "" };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Walls = await pipeline.Send(new Query(Dossier), ct);
        if (IsOfficer) Unseen = await pipeline.Send(new Unseen.Query(), ct);
        Names = await accounts.Named(Walls.Staff.Concat(Walls.Rows.SelectMany(r => new[] { r.Account, r.By })).Concat(Unseen.Select(u => u.StandIn).OfType<Guid>()), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.WallBuilt;
        return RedirectToPage(new { Dossier = (Guid?)null });
    }

    public async Task<IActionResult> OnPostLiftAsync(Guid wall, CancellationToken ct)
    {
        await pipeline.Send(new Lift.Command(wall), ct);
        TempData["Done"] = Words.WallLifted;
        return RedirectToPage(new { Dossier = (Guid?)null });
    }

    public async Task<IActionResult> OnPostGiveAsync(Guid unseen, CancellationToken ct)
    {
        await pipeline.Send(new Unseen.Give(unseen), ct);
        TempData["Done"] = Words.GivenToStandIn;
        return RedirectToPage(new { Dossier = (Guid?)null });
    }

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";

    /// <param name="Person">The name it stands round; null where it stands round one dossier.</param>
    /// <param name="Numbers">The dossiers behind it.</param>
    internal sealed record Row(Guid Wall, Guid Account, string? Person, IReadOnlyList<string> Numbers, string? Reason, Guid By, DateTimeOffset Built, bool MayLift);

    /// <param name="Asked">Number of the dossier one came from.</param>
    /// <param name="Staff">Everybody who holds a role here.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, IReadOnlyList<Guid> Dossiers, IReadOnlyList<Guid> Staff, string? Asked) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Dossiers;
    }

    [Requires(May.BuildWalls)]
    internal sealed record Query(Guid? Dossier) : IQuery<Answer>;

    internal sealed class QueryHandler(ZoneDbContext zone, Reach reach, Colleagues colleagues, INameDossiers names, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var may = await reach.Of(ct);
            var asked = query.Dossier is { } from ? (may.Knows(from) ? (await names.Numbers([from], ct)).GetValueOrDefault(from) : null) ?? throw new RefusedException("absent", from) : null;
            var rows = (await zone.Set<WalledOff>().AsNoTracking().ToListAsync(ct)).ToLookup(r => r.Wall, r => r.DossierId);
            var walls = (await zone.Set<Wall>().AsNoTracking().Where(w => w.Lifted == null).OrderByDescending(w => w.Built).ToListAsync(ct)).Where(w => may.Knows(w, rows[w.Id])).ToList();
            await keys.Fetch(walls.Select(w => w.Id), ct);
            var numbers = await names.Numbers(walls.SelectMany(w => rows[w.Id]).Where(may.Knows), ct);
            var staff = await colleagues.Holding(Enum.GetValues<Role>(), ct);
            return new Answer([.. walls.Select(w => new Row(w.Id, w.Account, w.Person?.Value.FullName, [.. rows[w.Id].Select(d => numbers.GetValueOrDefault(d)).OfType<string>()], w.Reason?.Value, w.By, w.Built, Lift.IsFor(w, caller, staff)))],
                [.. numbers.Keys], [.. staff.Keys], asked);
        }
    }
}

/// <summary>What a wall stands round.</summary>
internal enum Round { Dossier = 1, Person = 2 }

internal sealed class WallsInMenu : IInMenu
{
    public int Order => 840;
    public May Deed => May.BuildWalls;
    public string Path => "/walls";
    public string Text => Words.WallsTitle;
}
