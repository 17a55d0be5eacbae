using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using VictimSupport.Design.Chrome;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Portal;

/// <summary>What stands round a page: product, zone, menu by role, the account's other zones.</summary>
internal sealed class Frames(WhereAndWho who, IAccounts accounts, IKnowPlaces places, IZoneSettings zones, ISessions sessions, TimeProvider clock, IEnumerable<IInMenu> menu, IEnumerable<IRing> bells, BellFigure figure, IEnumerable<IWarn> warnings, IConfiguration configuration, IHostEnvironment environment) : IChrome
{
    private static readonly (string Tag, string Name)[] Named = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")];

    /// <summary>So many entries stand side by side before what is rare goes behind one press; and so many must be left then, or what is rare is their everyday.</summary>
    private const int Longest = 12, Fewest = 5;

    public async ValueTask<Frame> ForAsync(HttpContext http)
    {
        var (language, demo) = (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, DemoMode.Is(configuration, environment));
        var here = http.Request.PathBase + http.Request.Path;
        var frame = new Frame
        {
            ProductName = configuration["Product:Name"] ?? "Portal",
            HomeHref = "/",
            Demo = demo,
            DemoHref = demo ? "/demo" : null,
            Languages = [.. Named.Select(l => new FrameLanguage(l.Tag, l.Name, $"/account/language?to={l.Tag}&back={Uri.EscapeDataString(HttpMethods.IsGet(http.Request.Method) && !http.Request.Path.StartsWithSegments("/error") ? here : "/")}", l.Tag == language))],
        };
        if (who.Caller.Account is not { } account || !(await accounts.Named([account], http.RequestAborted)).TryGetValue(account, out var colleague)) return frame;
        var all = await places.Of(account, http.RequestAborted);
        var alive = who.Caller.Session is { } session ? await sessions.Of(session, quiet: true, http.RequestAborted) : null;
        frame = frame with
        {
            Session = alive is null ? null : new FrameSession(alive.Ends, alive.Ends - clock.GetUtcNow(), alive.IsLast),
            HomeHref = "/account/home",
            Theme = Enum.TryParse<Theme>(colleague.Theme, ignoreCase: true, out var theme) ? theme : Theme.Auto,
            Account = new FrameAccount(colleague.DisplayName, "/account/sign-out", [new FrameLink(Words.MyAccount, "/account/home"), new FrameLink(Words.MySecurity, "/account/security")]),
            Zones = [.. all.Where(p => p.Path != http.Request.PathBase).Select(p => new FrameOtherZone(p.Code, p.Called, p.Leads))],
        };
        if (who.Zone is not { } zone || who.Caller.Roles.Count == 0) return frame;
        var settings = await zones.Of(zone.Id, http.RequestAborted);
        var due = await figure.Of(zone, who.Caller, bells, http.RequestAborted);
        var alarms = new List<Warning>();
        var entries = new List<IInMenu>();
        foreach (var entry in menu.Where(m => who.Caller.May(m.Deed)))
        {
            if (entry is not IInMenuAtTimes sometimes || await sometimes.IsNow(http.RequestAborted)) entries.Add(entry);
        }
        entries = [.. entries.OrderBy(m => m.Order)]; // entries of one order stay as the modules stand
        var current = entries.Where(m => http.Request.Path.StartsWithSegments(m.Path)).MaxBy(m => m.Path.Length);
        var everyday = entries.FindAll(m => m.Order < IInMenu.Rare);
        if (entries.Count <= Longest || everyday.Count < Fewest) everyday = entries;
        foreach (var warning in warnings) alarms.AddRange(await warning.Of(who, http.RequestAborted));
        return frame with
        {
            HomeHref = $"/{zone.Code}/",
            Zone = new FrameZone(zone.Code, zone.Record.NameIn(language), settings.Accent == ZoneSettings.FederalDefaults.Accent ? null : $"/{zone.Code}/theme.css"),
            Practice = settings.Live is null,
            PracticeHref = who.Caller.May(May.SetUpTheZone) ? $"/{zone.Code}/admin/checklist" : null,
            Alarms = [.. alarms.Select(w => new FrameAlarm(w.Text, w.Path is null ? null : $"/{zone.Code}{w.Path}", w.Act, w.Everywhere))],
            AlarmsHref = $"/{zone.Code}/alarms",
            Menu = [.. everyday.Select(Link)],
            More = [.. entries.Except(everyday).Select(Link)],
            Bell = bells.Any() && menu.FirstOrDefault(m => m.Path == "/worklist") is { } worklist && who.Caller.May(worklist.Deed) ? new FrameBell(due, $"/{zone.Code}/waiting") : null,
        };

        FrameLink Link(IInMenu entry) => new(entry.Text, $"/{zone.Code}{entry.Path}", entry == current);
    }
}
