using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>How the zone works: what holds today, since when and by whom, and what will hold from a later day on.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class List(IMediator pipeline, IAccounts accounts, InForce inForce, WhereAndWho who) : PageModel, IShowAgain
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public bool Seen { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var (changes, languages, standIns, seen, today) = await pipeline.Send(new Query(), ct);
        var names = await accounts.Named(changes.Select(c => c.By).Concat(changes.Select(c => c.Value).Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty)), ct);
        Seen = seen;
        Rows = [.. Setting.All.Select(setting =>
        {
            var current = SettingChange.On(today, setting.Code, changes);
            // Whoever no longer holds the role is named no more.
            var holds = setting.Shape == Shape.Colleague && !(Guid.TryParse(current?.Value, out var named) && standIns.Contains(named)) ? "" : current?.Value;
            return new Row(setting.Code, Say(setting, holds), current?.Value is null, current?.From, current is null ? null : Name(current.By),
                [.. changes.Where(c => c.Setting == setting.Code.ToString() && c.IsFuture(today)).OrderBy(c => c.From).Select(c => new Coming(c.Id, c.From, Say(setting, c.Value), Name(c.By)))]);
        })];

        string Say(Setting setting, string? value) => InWords.Of(setting, value ?? inForce.DefaultOf(setting.Code, languages), inForce.Shipped(setting.Code), Name);
        string Name(Guid id) => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid change, CancellationToken ct)
    {
        await pipeline.Send(new WithdrawCommand(change), ct);
        inForce.Forget(who.Zone!.Id);
        TempData["Done"] = Words.SettingWithdrawn;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostSeenAsync(CancellationToken ct)
    {
        await pipeline.Send(new SeenCommand(), ct);
        inForce.Forget(who.Zone!.Id);
        TempData["Done"] = Words.SettingsSeenDone;
        return RedirectToPage("/Zones/GoLive/Checklist");
    }

    internal sealed record Row(SettingCode Code, string Value, bool IsDefault, DateOnly? From, string? By, IReadOnlyList<Coming> Future);
    internal sealed record Coming(Guid Id, DateOnly From, string Value, string By);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<View>;

    internal sealed record View(IReadOnlyList<SettingChange> Changes, string Languages, IReadOnlyList<Guid> StandIns, bool Seen, DateOnly Today);

    [Requires(May.SetUpTheZone)]
    internal sealed record WithdrawCommand(Guid Change) : ICatalogCommand<bool>, ISensitive;

    /// <summary>Whoever sets a zone up says that every setting was looked at: the defaults then are a choice too.</summary>
    [Requires(May.SetUpTheZone)]
    internal sealed record SeenCommand : ICatalogCommand<bool>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            return new View(await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone).OrderBy(c => c.Id).ToListAsync(ct), await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleAsync(ct),
                await Change.StandInsOf(house, zone, clock.GetUtcNow(), ct), await house.Set<ZoneStep>().AnyAsync(s => s.Zone == zone && s.Step == ZoneStep.SettingsSeen, ct), Design.Html.Moment.Day(clock.GetUtcNow()));
        }
    }

    internal sealed class WithdrawHandler(CatalogDbContext house, UseCase here, Caller caller, InForce inForce, TimeProvider clock) : IRequestHandler<WithdrawCommand, bool>
    {
        public async Task<bool> Handle(WithdrawCommand command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var changes = await house.Set<SettingChange>().Where(c => c.Zone == zone).ToListAsync(ct);
            var change = changes.SingleOrDefault(c => c.Id == command.Change) ?? throw new RefusedException("absent", command.Change);
            change.Withdraw(caller.Self, Design.Html.Moment.Day(clock.GetUtcNow()), clock.GetUtcNow());
            var languages = await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleAsync(ct);
            if (!inForce.SpeaksWhatIsOfficial(change.From, changes, languages)) throw new ValidationException([new ValidationFailure("", Words.OfficialIsSpoken)]);
            return true;
        }
    }

    internal sealed class SeenHandler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<SeenCommand, bool>
    {
        public async Task<bool> Handle(SeenCommand command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            if (await house.Set<ZoneStep>().AnyAsync(s => s.Zone == zone && s.Step == ZoneStep.SettingsSeen, ct)) return false;
            house.Add(new ZoneStep { Zone = zone, Step = ZoneStep.SettingsSeen, By = caller.Self, At = clock.GetUtcNow() });
            return true;
        }
    }
}

internal sealed class SettingsInMenu : IInMenu
{
    public int Order => 830;
    public May Deed => May.SetUpTheZone;
    public string Path => "/admin/settings";
    public string Text => Words.SettingsTitle;
}
