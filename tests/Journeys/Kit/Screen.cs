using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace VictimSupport.Journeys.Kit;

/// <summary>One person's browser. Everything the page complains of is kept: script errors, CSP reports, failed requests.</summary>
public sealed class Screen : IAsyncDisposable
{
    private readonly List<string> complaints = [];
    // A page may ask for more while it is looked at.
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> addresses = [];

    private Screen(IBrowserContext context, IPage page, string home) => (Context, Page, Home) = (context, page, home);

    public IBrowserContext Context { get; }
    public IPage Page { get; }
    public string Home { get; }

    /// <summary>Every address this browser asked for; no name may stand in one.</summary>
    public IReadOnlyList<string> Addresses => [.. addresses];

    /// <summary>Opens a browser at a width, in a language, with or without script.</summary>
    public static async Task<Screen> Open(RunningPortal portal, int width = 1280, string language = "fr", bool script = true, bool night = false)
    {
        var context = await portal.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 600 ? 640 : 900 },
            Locale = language + "-BE",
            TimezoneId = "Europe/Brussels",
            JavaScriptEnabled = script,
            ColorScheme = night ? ColorScheme.Dark : ColorScheme.Light,
        });
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        var screen = new Screen(context, page, portal.Address);
        // That a page itself answered "not there" or "not so" is no complaint of the browser's; a file of the page that is missing is one.
        page.Console += (_, message) => { if (message.Type is "error" or "warning" && !(message.Text.Contains("responded with a status of 4", StringComparison.Ordinal) && message.Location.StartsWith(page.Url.Split('#')[0], StringComparison.Ordinal))) screen.complaints.Add($"{page.Url}: {message.Text}"); };
        page.PageError += (_, error) => screen.complaints.Add($"{page.Url}: {error}");
        page.Request += (_, request) => screen.addresses.Enqueue(request.Url);
        page.Response += (_, response) => { if (response.Status >= 500) screen.complaints.Add($"{response.Url}: {response.Status}"); };
        return screen;
    }

    public Task Go(string path) => Page.GotoAsync(path.StartsWith("http", StringComparison.Ordinal) ? path : Home + path);

    /// <summary>Presses an entry of the menu, also one that is folded away.</summary>
    /// <param name="path">With the zone.</param>
    public async Task Chooses(string path)
    {
        var (entry, toggle) = (Page.Locator($"#menu a[href='{path}']"), Page.Locator(".govuk-service-navigation__toggle"));
        if (!await entry.IsVisibleAsync() && await toggle.IsVisibleAsync()) await toggle.ClickAsync();
        if (!await entry.IsVisibleAsync()) await Page.ClickAsync(".vs-more summary");
        await entry.ClickAsync();
        await Page.Arrives("**" + path);
    }

    /// <summary>Nothing broken on this page: no axe violation, no sideways scroll, nothing in the console.</summary>
    public async Task IsSound()
    {
        // What it found in order is not described, which is a seventh of its time.
        var axe = await Answered(() => Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] }));
        Assert.True(axe.Violations.Length == 0, $"{Page.Url} ({Width}px): " + string.Join("; ", axe.Violations.Select(v => $"{v.Id}: {v.Help} at {string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))}")));
        await FitsItsWidth();
        Assert.Empty(complaints);
    }

    public async Task FitsItsWidth()
    {
        var wide = await Answered(() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.True(wide <= 0, string.Create(CultureInfo.InvariantCulture, $"{Page.Url} scrolls sideways by {wide} px at {Width} px"));
    }

    /// <param name="apart">Where one was sent on purpose, such as the zone's own provider.</param>
    public void SaysNothingWrong(string? apart = null) => Assert.DoesNotContain(complaints, c => apart is null || !c.StartsWith(apart, StringComparison.Ordinal));

    private int Width => Page.ViewportSize!.Width;

    // What a page is asked while another takes its place may never be answered, and the driver sets no limit to it: asked once more then, on the page that came.
    private async Task<T> Answered<T>(Func<Task<T>> ask)
    {
        await Page.Loaded();
        try
        {
            return await ask().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (Exception e) when (e is TimeoutException || e.Message.Contains("context was destroyed", StringComparison.Ordinal))
        {
            await Page.Loaded();
            return await ask().WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Printed with a journey that failed: where its browser stood, and what it had to say.
        if (TestContext.Current.TestOutputHelper is { } said)
        {
            foreach (var page in Context.Pages) said.WriteLine($"{Width} px, {page.Url}: {await Heading(page)}");
            foreach (var complaint in complaints) said.WriteLine(complaint);
        }
        try { await Context.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)); }
        catch (TimeoutException) { /* it ends with the browser */ }
    }

    private static async Task<string> Heading(IPage page)
    {
        try { return await page.Locator("h1").First.TextContentAsync(new() { Timeout = 1000 }) ?? ""; }
        catch (Exception e) when (e is TimeoutException or PlaywrightException) { return "no heading"; }
    }
}
