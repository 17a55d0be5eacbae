using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Settings;

/// <summary>One setting: what will hold from which day on, and all that ever held.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Change(IMediator pipeline, IAccounts accounts, InForce inForce, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    private View view = null!;
    private IReadOnlyDictionary<Guid, Colleague> names = new Dictionary<Guid, Colleague>();

    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "setting")] public string Name { get; set; } = "";
    public Setting Setting { get; private set; } = null!;
    public IReadOnlyList<SettingChange> History => view.History;
    public DateOnly Today => Design.Html.Moment.Day(clock.GetUtcNow());
    public string Default => Say(null);

    public IReadOnlyList<Choice> Options => Setting.Shape switch
    {
        Shape.YesNo => [new("yes", Design.Words.Yes), new("no", Design.Words.No)],
        Shape.Colleague => [.. view.StandIns.Select(a => new Choice(a.ToString(), NameOf(a)))],
        Shape.Several when inForce.Shipped(Setting.Code) is { } shipped => [.. shipped.Select(s => new Choice(s.Code, s.Word))],
        Shape.Several => [.. Setting.Options.Select(o => new Choice(o, InWords.Languages[o]))],
        _ => [.. Setting.Options.Select(o => new Choice(o, InWords.Option(Setting, o)))],
    };

    public string Say(string? value) => InWords.Of(Setting, value ?? inForce.DefaultOf(Setting.Code, view.Languages), inForce.Shipped(Setting.Code), NameOf);
    public string NameOf(Guid account) => names.TryGetValue(account, out var colleague) ? colleague.DisplayName : "–";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Setting.Find(Name) is null) return NotFound();
        await ShowAgain(ct);
        var days = view.Now.Split(';');
        Form = new Command { Text = Setting.Shape == Shape.Lines ? view.Now.Replace(';', '\n') : view.Now, Chosen = [.. Setting.Several(view.Now)], Days = [.. Enumerable.Range(0, 7).Select(i => i < days.Length ? days[i] : "")], From = Today };
        return Page();
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Setting = Setting.Find(Name) ?? throw new RefusedException("absent");
        view = await pipeline.Send(new Query(Setting.Code), ct);
        names = await accounts.Named(view.History.Select(c => c.By).Concat(view.StandIns).Concat(view.History.Select(c => Guid.TryParse(c.Value, out var id) ? id : Guid.Empty)), ct);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Settle(Form, ct);
    public Task<IActionResult> OnPostDefaultAsync(CancellationToken ct) => Settle(Form with { BackToDefault = true }, ct);

    private async Task<IActionResult> Settle(Command form, CancellationToken ct)
    {
        if (Setting.Find(Name) is not { } setting) return NotFound();
        await pipeline.Send(form with { Setting = setting.Code }, ct);
        inForce.Forget(who.Zone!.Id);
        TempData["Done"] = form.From > Today ? Words.SettingWillChange(Design.Html.Moment.Show(form.From!.Value)) : Words.SettingChanged;
        return RedirectToPage("/Zones/Settings/List");
    }

    internal sealed record View(string Now, string Languages, IReadOnlyList<SettingChange> History, IReadOnlyList<Guid> StandIns);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(SettingCode Setting) : ICatalogQuery<View>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Text { get; init; } = "";
        public List<string> Chosen { get; init; } = [];
        public List<string> Days { get; init; } = [];
        public DateOnly? From { get; init; }
        internal SettingCode Setting { get; init; }
        internal bool BackToDefault { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            // What held yesterday is not rewritten; further than two years nobody plans.
            RuleFor(c => c.From).Must(d => d >= Design.Html.Moment.Day(clock.GetUtcNow()) && d <= Design.Html.Moment.Day(clock.GetUtcNow()).AddYears(2)).WithMessage(_ => Words.FromTodayOn);
            RuleFor(c => c.Days).Must(d => d.Count <= 7).WithMessage(_ => Words.WrongHours);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, InForce inForce, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var changes = await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone).OrderByDescending(c => c.Id).ToListAsync(ct);
            var languages = await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleAsync(ct);
            return new View(inForce.ValueOn(Design.Html.Moment.Day(now), query.Setting, changes, languages), languages, [.. changes.Where(c => c.Setting == query.Setting.ToString())], await StandInsOf(house, zone, now, ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, InForce inForce, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (zone, now, day, setting) = (here.InZone.Id, clock.GetUtcNow(), form.From!.Value, Setting.Of(form.Setting));
            var changes = await house.Set<SettingChange>().Where(c => c.Zone == zone && c.Withdrawn == null).ToListAsync(ct);
            var languages = await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleAsync(ct);
            var value = form.BackToDefault ? null : ValueOf(setting, form);
            var about = new Around(await StandInsOf(house, zone, now, ct), inForce.Shipped(setting.Code));
            if (setting.Fault(value ?? inForce.DefaultOf(setting.Code, languages), about) is { } wrong) throw new ValidationException([new ValidationFailure(FieldOf(setting), wrong)]);
            var before = SettingChange.On(day, setting.Code, changes)?.Value;
            var change = SettingChange.Make(zone, setting.Code, value, before, day, caller.Self, now);
            if (setting.Code is SettingCode.Languages or SettingCode.OfficialLanguages && !inForce.SpeaksWhatIsOfficial(day, [.. changes, change], languages)) throw new ValidationException([new ValidationFailure(FieldOf(setting), Words.OfficialIsSpoken)]);
            if (value == before || (value ?? inForce.DefaultOf(setting.Code, languages)) == (before ?? inForce.DefaultOf(setting.Code, languages))) throw new ValidationException([new ValidationFailure(FieldOf(setting), Words.NothingChanges)]);
            house.Add(change);
            trail.Turns(setting.Code.ToString(), before, value);
            return true;
        }

        private static string FieldOf(Setting setting) => setting.Shape switch { Shape.Several => nameof(Command.Chosen), Shape.Week => $"{nameof(Command.Days)}[0]", _ => nameof(Command.Text) };

        private static string ValueOf(Setting setting, Command form) => setting.Shape switch
        {
            Shape.Several => string.Join(';', form.Chosen.Distinct(StringComparer.Ordinal)),
            // A day that cannot be read makes the whole week unreadable, and is said at the field.
            Shape.Week => form.Days.All(d => d.Trim().Length == 0) ? "" : string.Join(';', Enumerable.Range(0, 7).Select(i => OpeningHours.Spans(form.Days.ElementAtOrDefault(i) ?? "") is { } spans ? OpeningHours.Write(spans) : "?")),
            Shape.Lines => string.Join(';', Setting.Several(form.Text.Normalize().ReplaceLineEndings(";")).Distinct(StringComparer.OrdinalIgnoreCase)),
            Shape.Colour => form.Text.Trim().ToLowerInvariant(),
            _ => form.Text.Trim().Normalize(),
        };
    }

    internal static async Task<IReadOnlyList<Guid>> StandInsOf(CatalogDbContext house, Guid zone, DateTimeOffset now, CancellationToken ct) =>
        [.. (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Role == Role.OutsideStandIn).ToListAsync(ct)).Where(g => g.Counts(now)).Select(g => g.Account).Distinct()];
}
