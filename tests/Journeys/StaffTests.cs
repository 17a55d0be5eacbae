using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Somebody comes in, is away, and leaves, in a real browser.</summary>
public sealed partial class StaffTests(RunningPortal portal)
{
    [Theory]
    [InlineData("en", 1280, true), InlineData("nl", 320, false)]
    public async Task From_an_invitation_to_the_worklist_and_out_again(string language, int width, bool script)
    {
        var name = "Tamar " + Guid.NewGuid().ToString("N")[..8];
        var mail = name.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() + "@example.test";
        await using var chief = await Screen.Open(portal, width, language, script);
        await Demo(chief, language, "Bernard Demo-A");
        await chief.Go("/9901/admin/staff/invite");
        await Sound(chief, script);
        await chief.Page.FillAsync("[name='Form.Name']", name);
        await chief.Page.FillAsync("[name='Form.Email']", mail);
        await Radio(chief, "Form.Template", "Caseworker");
        await Radio(chief, "Form.Language", "en");
        await Submit(chief);
        Assert.EndsWith("/admin/staff/invitations", chief.Page.Url, StringComparison.Ordinal);
        await Sound(chief, script);

        // The mail leaves by itself.
        string? link = null;
        for (var i = 0; i < 120 && link is null; i++)
        {
            await Task.Delay(500);
            link = Directory.Exists(Path.Combine(portal.Folder, "mail"))
                ? Directory.EnumerateFiles(Path.Combine(portal.Folder, "mail"), "*.eml").Select(f => File.ReadAllText(f).Replace("=\r\n", "", StringComparison.Ordinal).Replace("=\n", "", StringComparison.Ordinal)).Where(l => l.Contains(mail, StringComparison.Ordinal)).Select(l => Link().Match(l).Value).FirstOrDefault()
                : null;
        }
        Assert.NotNull(link);

        await using var tamar = await Screen.Open(portal, width, language, script);
        await tamar.Go(new Uri(link).AbsolutePath);
        await Sound(tamar, script);
        var secret = (await tamar.Page.InnerTextAsync("main code")).Trim();
        await tamar.Page.FillAsync("[name='Form.Secret']", "a long sentence nobody guesses");
        await tamar.Page.FillAsync("[name='Form.Again']", "a long sentence nobody guesses");
        await tamar.Page.FillAsync("[name='Form.Code']", CodeAt(secret, DateTimeOffset.UtcNow));
        await Submit(tamar);
        Assert.Equal(8, await tamar.Page.Locator("main code").CountAsync());

        // The coordinator confirms; until then there is nowhere to go.
        await using var claire = await Screen.Open(portal, width, language, script);
        await Demo(claire, language, "Claire Demo-A");
        await claire.Go("/9901/admin/confirmations");
        await claire.Page.Locator("tbody tr", new() { HasTextString = name }).First.Locator("button").First.ClickAsync();

        await tamar.Go("/account/sign-in?to=/9901/worklist");
        await tamar.Page.FillAsync("[name='Form.Email']", mail);
        await tamar.Page.FillAsync("[name='Form.Secret']", "a long sentence nobody guesses");
        await Submit(tamar);
        await Task.Delay(TimeSpan.FromSeconds(31 - DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 30)); // a code is good once
        await tamar.Page.FillAsync("[name='Form.Code']", CodeAt(secret, DateTimeOffset.UtcNow));
        await Submit(tamar);

        // The code of conduct stands before everything.
        await tamar.Page.Arrives("**/9901/conduct**");
        await Sound(tamar, script);
        await tamar.Go("/9901/worklist");
        Assert.Contains("/9901/conduct", tamar.Page.Url, StringComparison.Ordinal);
        await tamar.Page.ClickAsync("main form[action*='conduct'] button");
        await tamar.Page.Arrives("**/9901/worklist");
        await Sound(tamar, script);

        // She will be away, and Inès replaces her.
        await tamar.Go("/9901/absences");
        await Sound(tamar, script);
        var day = DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await tamar.Page.FillAsync("[name='Form.First']", day);
        await tamar.Page.FillAsync("[name='Form.Last']", day);
        await tamar.Page.SelectOptionAsync("[name='Form.Replacement']", new SelectOptionValue { Label = "Inès Demo-A" });
        await tamar.Page.ClickAsync("form[action*='Plan'] button");
        await Sound(tamar, script);

        // She leaves in one press.
        await chief.Go("/9901/admin/staff");
        await Sound(chief, script);
        await chief.Page.Locator("tbody a", new() { HasTextString = name }).First.ClickAsync();
        await Sound(chief, script);
        await chief.Page.ClickAsync("a[href$='/leave']");
        await Sound(chief, script);
        await Submit(chief);
        await chief.Page.Arrives("**/9901/admin/staff");
        await tamar.Go("/9901/worklist");
        Assert.Contains("/account/sign-in", tamar.Page.Url, StringComparison.Ordinal);
        chief.SaysNothingWrong();
        tamar.SaysNothingWrong();
    }

    [Fact]
    public async Task A_file_of_staff_is_checked_before_anything_is_written()
    {
        await using var chief = await Screen.Open(portal, 1280, "en");
        await Demo(chief, "en", "Bernard Demo-A");
        await chief.Go("/9901/admin/staff/import");
        await chief.IsSound();
        var mail = $"ann{Guid.NewGuid().ToString("N")[..8]}@example.test";
        await chief.Page.SetInputFilesAsync("[name='Form.File']", new FilePayload { Name = "staff.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes($"name,email,roles,until,language\nAnn Example,{mail},caseworker,,en\nBad,bad,caseworker,,\n") });
        await chief.Page.ClickAsync("button[formaction*='Check']");
        Assert.Contains("line 3, column email", await chief.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await chief.IsSound();
        await chief.Page.CheckAsync("[name='Form.SkipBadLines']", new() { Force = true });
        await Submit(chief);
        Assert.EndsWith("/admin/staff/invitations", chief.Page.Url, StringComparison.Ordinal);
        Assert.Contains(mail, await chief.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await chief.IsSound();
    }

    private static async Task Demo(Screen screen, string language, string who)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
    private static Task Radio(Screen screen, string name, string value) => screen.Page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
    private static Task Submit(Screen screen) => screen.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").First.Sends();

    // What the app on the phone does with the key that the page shows.
    private static string CodeAt(string key, DateTimeOffset at)
    {
        var (secret, bits, held) = (new List<byte>(), 0, 0);
        foreach (var c in key)
        {
            bits = (bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal);
            if ((held += 5) >= 8) secret.Add((byte)(bits >> (held -= 8)));
        }
        Span<byte> counter = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // what the apps use
        var hash = System.Security.Cryptography.HMACSHA1.HashData(secret.ToArray(), counter.ToArray());
#pragma warning restore CA5350
        return ((System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[19] & 15)) & int.MaxValue) % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"http\S+/account/invitation/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
