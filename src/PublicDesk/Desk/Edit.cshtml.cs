using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The zone's public page, from the side of those who look after it: what it says now, what it said before, and who changed it.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Edit(IMediator pipeline, PublicPages pages, IAccounts accounts, IZoneSettings settings, Hosts hosts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Restore Form { get; set; } = new();
    public PublicPage Now { get; private set; } = null!;
    public IReadOnlyList<Past> Versions { get; private set; } = [];
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = new Dictionary<Guid, Colleague>();
    public bool IsLive { get; private set; }
    public DateOnly Today => Design.Html.Moment.Day(clock.GetUtcNow());

    public string Address(string language) => hosts.PublicTo(Request, $"/{Now.Code}/{language}/contact");
    public string NameOf(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : "–";

    /// <summary>What a version changed, in words: a code, and the language or the version it is about.</summary>
    public static string InWords(string change) => change.Split(' ') switch
    {
        ["texts", var language] => Words.Change_texts(Tongues.Of(language)),
        ["restored", var version] => Words.Change_restored(version),
        [var code, ..] => Words.Of("Change_" + code),
        _ => change,
    };

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var all = await pipeline.Send(new Query(), ct);
        var here = await settings.Of(who.Zone!.Id, ct);
        Now = new PublicPage(who.Zone.Record, here, all.Content, all.Versions is [var last, ..] ? last.Version : 0);
        (Versions, IsLive) = (all.Versions, here.Live is not null);
        Form = new Restore { Shown = Now.Version };
        Names = await accounts.Named(Versions.Select(v => v.By), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        pages.Forget(who.Zone!.Id);
        TempData["Done"] = Words.PagePublished;
        return RedirectToPage();
    }

    internal sealed record Past(int Version, string Change, Guid By, DateTimeOffset At);

    /// <param name="Versions">The latest first.</param>
    internal sealed record View(PublicContent Content, IReadOnlyList<Past> Versions);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<View>;

    /// <summary>What a version said is said again, as a version of its own.</summary>
    [Requires(May.SetUpTheZone)]
    internal sealed record Restore : ICatalogCommand<bool>, ISensitive
    {
        public int Version { get; init; }

        /// <summary>The version that was the last when the list was read.</summary>
        public int Shown { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, View>, IRequestHandler<Restore, bool>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var versions = await house.Set<PublishedPage>().AsNoTracking().Where(p => p.Zone == zone).OrderByDescending(p => p.Version).Select(p => new Past(p.Version, p.Change, p.By, p.At)).ToListAsync(ct);
            return new View((await PublishedPage.Last(house, zone, ct))?.Content ?? new PublicContent(), versions);
        }

        public async Task<bool> Handle(Restore form, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var wanted = await house.Set<PublishedPage>().AsNoTracking().SingleOrDefaultAsync(p => p.Zone == zone && p.Version == form.Version, ct) ?? throw new RefusedException("absent", zone);
            await Publish.Next(house, trail, zone, form.Shown, _ => wanted.Content, $"restored {form.Version}", caller.Self, clock.GetUtcNow(), ct);
            return true;
        }
    }
}

/// <summary>Publishing, the same from whichever page: over the version that was shown, or not at all.</summary>
internal static class Publish
{
    /// <param name="shown">The version over which the form was filled in.</param>
    /// <returns>false: nothing would be other than it is, so no version is made.</returns>
    /// <exception cref="ValidationException">Another was published meanwhile.</exception>
    public static async Task<bool> Next(CatalogDbContext house, Trail trail, Guid zone, int shown, Func<PublicContent, PublicContent> change, string what, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        var last = await PublishedPage.Last(house, zone, ct);
        if ((last?.Version ?? 0) != shown) throw new ValidationException([new ValidationFailure("", Words.ChangedMeanwhile)]);
        var before = last?.Content ?? new PublicContent();
        var content = change(before);
        if (PublishedPage.Write(content) == PublishedPage.Write(before)) return false;
        house.Add(PublishedPage.Next(zone, last, content, what, by, now));
        trail.Turns("public-page " + what, last?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), (shown + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return true;
    }
}

internal sealed class PublicPageInMenu : IInMenu
{
    public int Order => 835;
    public May Deed => May.SetUpTheZone;
    public string Path => "/admin/public-page";
    public string Text => Words.EditTitle;
}
