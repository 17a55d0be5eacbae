using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace VictimSupport.Journeys.Kit;

/// <summary>Waiting for an address, and for a page.</summary>
/// <remarks>The driver's own waits look first and listen for a change after: what comes between the two is waited for in vain. Here the address, or the page, is itself looked at again.</remarks>
internal static class Arriving
{
    /// <param name="page">Whose address.</param>
    /// <param name="pattern">The whole address; <c>**</c> stands for anything, <c>*</c> for anything without a slash.</param>
    /// <param name="within">Longest wait, in milliseconds.</param>
    /// <exception cref="TimeoutException">The page stands at another address.</exception>
    public static Task Arrives(this IPage page, string pattern, int within = 30_000)
    {
        var whole = new Regex("^" + Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return page.Arrives(whole.IsMatch, within);
    }

    /// <param name="page">Whose address.</param>
    /// <param name="there">Whether an address is the one waited for.</param>
    /// <param name="within">Longest wait, in milliseconds.</param>
    /// <param name="loaded">Whether the page must have loaded too; not where a script may lead on before.</param>
    /// <exception cref="TimeoutException">The page stands at another address.</exception>
    public static async Task Arrives(this IPage page, Func<string, bool> there, int within = 30_000, bool loaded = true)
    {
        for (var clock = Stopwatch.StartNew(); !there(page.Url); await Task.Delay(25))
            if (clock.ElapsedMilliseconds > within) throw new TimeoutException($"After {within} ms the page stands at {page.Url}.");
        if (loaded) await page.Loaded();
    }

    /// <summary>Waits until the page that stands there has loaded; works with script off too.</summary>
    /// <exception cref="TimeoutException">It has not.</exception>
    public static async Task Loaded(this IPage page, int within = 30_000)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(25))
        {
            if (clock.ElapsedMilliseconds > within) throw new TimeoutException($"After {within} ms {page.Url} has not loaded.");
            try
            {
                if (await page.EvaluateAsync<string>("() => document.readyState").WaitAsync(TimeSpan.FromSeconds(5)) == "complete") return;
            }
            catch (Exception e) when (IsBetweenPages(e))
            {
                // another page has taken its place: asked once more, of that one
            }
        }
    }

    /// <summary>Presses what sends a form, and waits until the page that answers has loaded: also where it stands at the same address.</summary>
    /// <exception cref="TimeoutException">No other page came.</exception>
    public static Task Sends(this ILocator button) => button.Page.Sends(() => button.ClickAsync());

    /// <summary>The same, pressed otherwise.</summary>
    /// <exception cref="TimeoutException">No other page came.</exception>
    public static async Task Sends(this IPage page, Func<Task> press, int within = 30_000)
    {
        await page.EvaluateAsync("() => { document.before = true; }");
        await press();
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(25))
        {
            if (clock.ElapsedMilliseconds > within) throw new TimeoutException($"After {within} ms nothing answered at {page.Url}.");
            try
            {
                if (await page.EvaluateAsync<bool>("() => !document.before && document.readyState === 'complete'").WaitAsync(TimeSpan.FromSeconds(5))) return;
            }
            catch (Exception e) when (IsBetweenPages(e))
            {
                // asked once more, of the page that comes
            }
        }
    }

    /// <summary>Waits for what a job brings: the jobs look every twenty seconds.</summary>
    /// <exception cref="Xunit.Sdk.FailException">It did not come within two minutes.</exception>
    public static async Task Until(Func<Task<bool>> there)
    {
        for (var i = 0; i < 60; i++)
        {
            if (await there()) return;
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
        Assert.Fail("It did not come within two minutes.");
    }

    private static bool IsBetweenPages(Exception e) => e is TimeoutException || e.Message.Contains("context was destroyed", StringComparison.Ordinal);
}
