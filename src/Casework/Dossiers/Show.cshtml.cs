using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>The dossier: who, how to reach them safely, what was done, what comes next, and the box to write in.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Show(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Write.Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What of the timeline is looked at.</summary>
    [BindProperty(SupportsGet = true, Name = "show")] public TimelineKind Only { get; set; }
    public ShowView View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public DateTimeOffset Now => clock.GetUtcNow();
    public bool MayAssign => who.Caller.Is(Role.Caseworker) || who.Caller.Is(Role.Coordinator);
    public bool MayDecideWhoSees => who.Caller.May(May.DecideWhoSees);
    public bool MayChange => who.Caller.May(May.ChangeDossiers);
    public bool MaySeeWhoOpened => View.IsOwn && who.Caller.May(May.SeeWhoOpened);
    public Guid? Self => who.Caller.Account;
    public bool MayLeadEvents => who.Caller.May(May.LeadEvents);
    public bool MayClose => View.IsOwn && who.Caller.May(May.CloseAndHandOver);
    public IEnumerable<Happening> Timeline => View.Timeline.Where(h => Only == TimelineKind.All || h.Kind == Only);

    /// <summary>Where all fits on a screen, or is of one kind, there is nothing to choose.</summary>
    public IReadOnlyList<TimelineKind> TimelineKinds => View.Timeline.Select(h => h.Kind).Distinct().Order().ToList() is { Count: > 1 } kinds && (View.Timeline.Count > FitsOnAScreen || Only != TimelineKind.All) ? [TimelineKind.All, .. kinds] : [];
    private const int FitsOnAScreen = 8;
    public string Facts => View.Own.Of(View.Dossier.OwnSubKind) ?? Words.Of("SubKind_" + View.Dossier.SubKind);
    public IReadOnlyList<Choice> Layers => Choice.All<Layer>(Words.Of);
    public IReadOnlyList<Choice> Acts => Choice.All<ActKind>(Words.Of);
    public IReadOnlyList<Choice> Persons => [.. View.People.Select(p => new Choice(p.Id.ToString(), p.Name))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Write.Command { Persons = Concerned.TheOnlyOne(View.People.Where(p => p.IsHelped).Select(p => p.Id)), Version = View.Dossier.Version };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new ShowView.Query(Dossier), ct);
        who.RulesAreShown = true;
        Names = await accounts.Named(View.Accounts, ct);
        if (View.MayGet.Count == 0) return;
        Colleagues = View.Loads.Among((await accounts.Named(View.MayGet, ct)).Values);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        return RedirectToPage(new { Dossier });
    }

    public Task<IActionResult> OnPostTakeAsync(CancellationToken ct) => Assign(who.Caller.Account, null, ct);
    public Task<IActionResult> OnPostAssignAsync(Guid? to, Guid? was, CancellationToken ct) => Assign(to, was, ct);

    public async Task<IActionResult> OnPostStillGoodAsync(Guid person, int read, CancellationToken ct)
    {
        TempData["Done"] = await pipeline.Send(new StillGood.Command(Dossier, person, read), ct) ? Words.Noted : Words.RulesChangedRead;
        return RedirectToPage(new { Dossier });
    }

    public string Name(Guid? account) => account == Milestone.ThePlatform ? Words.ThePlatform : account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    private async Task<IActionResult> Assign(Guid? to, Guid? was, CancellationToken ct)
    {
        if (!await pipeline.Send(new Assign.Command(Dossier, to, new(was)), ct)) TempData["Done"] = Words.AssignedMeanwhile;
        return RedirectToPage(new { Dossier });
    }
}
