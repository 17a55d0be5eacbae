using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Forms;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Whatever is sent, the answer is a page with a reason, what was typed stays, and what is kept harms no page. (Every door and every field: <see cref="FuzzTests"/>.)</summary>
public sealed class BadInputTests(Platforms platforms)
{
    private const string Turned = "A\u202Ebda\u2066 \u0001E\u200Fx\u001b\ud800empl\ufffee";

    public static TheoryData<string, string> Bad => new()
    {
        { "Form.FamilyName", new string('ß', 10_000) },
        { "Form.FamilyName", "\0Dupont" },
        { "Form.FamilyName", "\u0001\u001b[2J\ud800" },
        { "Form.When.Date", "2026-02-30" },
        { "Form.When.Date", "99999-01-01" },
        { "Form.When.Time", "25:61" },
        { "Form.When.Date", "0001-01-01" },
        { "Form.Phone", "'; DROP TABLE person; --" },
        { "Form.Phone", new string('0', 5_000) },
        { "Form.Trigger", "99999999999999" },
        { "Form.Trigger", "Nothing" },
        { "Form.SubKind", "../../etc/passwd" },
        { "Form.Capacity", "Deceased,AllegedAuthor" },
        { "Form.Safe", "-1" },
        { "Form.Language", "xx" },
        { "Form.Municipality", new string('x', 5_000) },
        { "Form.Note", new string('n', 1_500_000) },
        { "vs-once", "not a guid" },
        { "Form[0].Deep[1].Deeper", "x" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task The_intake_answers_bad_input_with_a_reason(string field, string value)
    {
        foreach (var engine in Platforms.Engines)
        {
            var zone = await (await platforms.On(engine)).Zone();
            using var visit = zone.Visit(Role.Caseworker);
            var response = await visit.Submit("/intake", Intake((field, value)));
            Assert.True((int)response.StatusCode < 500, $"{engine}: {field} answered {(int)response.StatusCode}");
        }
    }

    [Theory, EveryEngine]
    public async Task Every_form_that_takes_a_name_answers_one_of_four_hundred_characters_at_its_field_and_keeps_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        foreach (var (role, path, form, field) in (IEnumerable<(Role, string, string, string)>)
        [
            (Role.Caseworker, "/intake", "main form[method=post]", "Form.FamilyName"),
            (Role.Caseworker, $"/dossiers/{dossier}/people", "main form[method=post]", "Form.GivenName"),
            (Role.Caseworker, "/search", "main form[method=post]", "Form.Text"),
            (Role.ZoneAdministrator, "/admin/staff/invite", "main form[method=post]", "Form.Name"),
        ])
        {
            using var visit = new Visit(zone.Platform, zone.Code, role == Role.Caseworker ? worker.Id : Guid.NewGuid(), role);
            var refused = await visit.Submit(path, path == "/intake" ? Intake((field, Hostile.LongName)) : new Dictionary<string, string> { [field] = Hostile.LongName }, form);
            Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, $"{path} answered {refused.StatusCode}");
            var page = await Visit.Read(refused);
            var box = page.QuerySelector($"[name='{field}']")!;
            Assert.Equal(Hostile.LongName, box.GetAttribute("value"));
            Assert.NotNull(page.QuerySelector($".govuk-error-summary a[href='#{box.Id}']"));
        }
    }

    [Theory, EveryEngine]
    public async Task A_full_name_of_four_hundred_characters_with_diacritics_and_marks_from_right_to_left_is_kept_whole_and_found(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var (family, given) = (Hostile.LongName[..200].Trim(), "Bénédicte-Łucja " + Hostile.LongName[..180].Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/intake", Intake(("Form.FamilyName", family), ("Form.GivenName", given)))).StatusCode);
        var found = await Visit.Read(await visit.Submit("/search", [KeyValuePair.Create("Form.Text", "benedicte lucja")]));
        Assert.Equal($"{given} {family}", Assert.Single(found.QuerySelectorAll("main tbody tr td:nth-child(2)")).TextContent);
    }

    [Theory, EveryEngine]
    public async Task Nothing_that_is_kept_turns_or_breaks_the_page_it_is_shown_on(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var saved = await visit.Submit("/intake", Intake(("Form.FamilyName", Turned), ("Form.Municipality", Turned), ("Form.Note", "first\r\n\tsecond \u202E\u0007\u0000".TrimEnd('\0'))));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var text = await (await visit.Client.GetAsync(saved.Headers.Location, TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(text, c => c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\ufffe' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t')));
        Assert.Contains("Abda E\u200Fx", text, StringComparison.Ordinal);
        Assert.Contains("first", text, StringComparison.Ordinal);
        Assert.NotEmpty((await visit.Page(saved.Headers.Location!.ToString())).QuerySelectorAll(".vs-identity bdi"));
    }

    [Theory]
    [InlineData("Ada Łukasz ثلاثة 👩\u200D👩", "Ada Łukasz ثلاثة 👩\u200D👩")]
    [InlineData("a\u202Eb\u2067c\u2069", "abc")]
    [InlineData("\u0000\u0007a\u0085b\u007F", "ab")]
    [InlineData("one\r\n\ttwo", "one\r\n\ttwo")]
    [InlineData("\u200Fx\u200E", "\u200Fx\u200E")]
    [InlineData("", "")]
    public void Text_loses_what_nobody_types_and_nothing_else(string typed, string kept) => Assert.Equal(kept, PlainText.Of(typed));

    [Fact]
    public void Half_a_character_is_none()
    {
        Assert.Equal("ab", PlainText.Of("a\ud800b"));
        Assert.Equal("ab", PlainText.Of("a\udc00b\ud83d"));
        Assert.Equal("😀", PlainText.Of("\ude00😀"));
    }

    [Fact]
    public void A_password_is_taken_as_it_is_typed()
    {
        var fields = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cshtml", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).SelectMany(File.ReadLines)
            .Where(l => l.Contains("type=\"password\"", StringComparison.Ordinal)).Select(l => l.Split(" for=\"")[1].Split('"')[0].Split('.')[^1]).ToList();
        Assert.NotEmpty(fields);
        Assert.All(fields, field => Assert.Contains(field, PlainTexts.Secrets));
    }

    [Theory, EveryEngine]
    public async Task An_official_report_of_an_odd_shape_is_kept_and_warned_about(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var saved = await visit.Submit($"/dossiers/{dossier}/facts", [KeyValuePair.Create("Form.OfficialReports", "BR.30.L1.012345/2026\nPV nr 77 (bis) \u202E№")]);
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal(["BR.30.L1.012345/2026", "PV nr 77 (bis) №"], (await worker.Opens(dossier)).OfficialReports.Order(StringComparer.Ordinal));
        var page = await visit.Page(saved.Headers.Location!.ToString());
        Assert.Contains("PV nr 77 (bis) №", page.QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("012345", page.QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
        var again = await visit.Submit($"/dossiers/{dossier}/facts", [KeyValuePair.Create("Form.OfficialReports", new string('7', 61))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode); // only its length can be wrong
    }

    [Theory, EveryEngine]
    public async Task Of_two_who_close_a_dossier_differently_the_second_is_told_how_it_was_closed(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/close";
        var form = (await visit.Page(path)).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, form, Closing(ClosingReason.NeedsMet, Outcome.Supported))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, form, Closing(ClosingReason.NeedsMet, Outcome.Supported))).StatusCode); // an impatient thumb
        var other = Enum.GetValues<ClosingReason>().First(r => r != ClosingReason.NeedsMet);
        var told = await visit.Send(path, form, Closing(other, Outcome.Supported));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, told.StatusCode);
        var page = await Visit.Read(told);
        Assert.Contains(VictimSupport.Casework.Words.Of(ClosingReason.NeedsMet), page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(other.ToString(), page.QuerySelector("[name='Form.Reason'][checked]")!.GetAttribute("value"));
        Assert.Equal(ClosingReason.NeedsMet, (await worker.Opens(dossier)).Dossier.Reason);

        Dictionary<string, string> Closing(ClosingReason reason, Outcome outcome) =>
            new(form.QuerySelectorAll("select").Select(s => KeyValuePair.Create(s.GetAttribute("name")!, nameof(WhyUnknown.DidNotSay)))) { ["Form.Reason"] = reason.ToString(), ["Form.Outcome"] = outcome.ToString() };
    }

    [Fact]
    public async Task What_was_typed_stays_when_a_field_is_wrong()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var response = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.FamilyName"] = "Lefèvre-Łukasz", ["Form.Note"] = "long story", ["Form.Phone"] = "no number" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var page = await Visit.Read(response);
        Assert.Equal("Lefèvre-Łukasz", page.QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value"));
        Assert.Contains("long story", page.QuerySelector("[name='Form.Note']")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".govuk-error-summary"));
    }

    [Theory, EveryEngine]
    public async Task A_form_whose_token_is_too_old_shows_what_was_typed_and_can_be_sent_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        const string story = "Une longue histoire, tapée la nuit,\nsur deux lignes.";
        var refused = await visit.Submit("/intake", Intake(("Form.Note", story), ("__RequestVerificationToken", World.TokenOf(zone.Platform.Services, Guid.NewGuid()).Token)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Equal(story, page.QuerySelector<IHtmlTextAreaElement>("main textarea")!.Value);
        var form = page.QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        Assert.Equal($"/{zone.Code}/intake", form.GetAttribute("action"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("", form, [])).StatusCode);
    }

    [Fact]
    public async Task A_form_from_elsewhere_shows_nothing_again()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var forged = await visit.Forge("/intake", ("Form.Note", "typed by somebody else entirely, more than forty characters")); // no cookie of ours: a foreign page cannot send it
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.DoesNotContain("typed by somebody else", await forged.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task No_form_of_any_door_is_taken_without_its_token(string engine)
    {
        var platform = await platforms.On(engine);
        var world = await World.Make(platform);
        var faults = new List<string>();
        foreach (var door in (await Doors.Of(platform.Services)).Where(d => d.Page is not null && d.Text.Split('/')[1] != "error"))
        {
            var may = Enum.GetValues<Role>().FirstOrDefault(r => door.Demand?.Deed is not { } deed || AccessMatrix.Allows(deed, [r]), Role.Coordinator);
            using var visit = new Visit(platform, door.IsInZone ? world.Zone.Code : door.Text.Split('/')[1], world.Accounts[may], may);
            foreach (var knock in door.Knocks.Where(k => k.Method != "GET"))
            {
                var path = (door.IsInZone ? "/" + world.Zone.Code : "") + door.Path(p => p.Name == "code" ? "x" : world.Of(p.Name)[0].ToString()) + (knock.Handler is { } handler ? "?handler=" + handler : "");
                using var content = new FormUrlEncodedContent(knock.Boxes.Where(b => !Hostile.IsFile(b)).SelectMany(b => Hostile.Fitting(b, (name, r) => world.Of(name)[0].ToString(), new Random(1))).Select(f => KeyValuePair.Create(f.Name, Encoding.UTF8.GetString(f.Value))));
                var status = (await visit.Client.PostAsync(path, content, TestContext.Current.CancellationToken)).StatusCode;
                if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound)) faults.Add($"POST {path} as {may} without a token: {status}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task A_field_of_ten_megabytes_is_refused_on_a_page_that_says_so_and_holds_what_was_typed()
    {
        var (platform, address) = Platform.Listen("sqlite");
        await using (platform)
        {
            var zone = await platform.Zone();
            var (typed, account) = (new string('n', 10_000_000), Guid.NewGuid());
            var token = World.TokenOf(platform.Services, account);
            var (status, page) = await Post(typed, $"{account};{zone.Code};Caseworker", token.Cookie);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
            Assert.Equal(["Exemple stays here, whatever its neighbours are", typed], page.QuerySelectorAll<IHtmlTextAreaElement>("main textarea").Select(a => a.Value));
            var again = new Dictionary<string, string>(page.QuerySelectorAll<IHtmlInputElement>("main form input[type=hidden]").Select(i => KeyValuePair.Create(i.Name!, i.Value))) { ["Form.Note"] = "short", ["Form.Municipality"] = "Val-Clair" };
            Assert.Equal(HttpStatusCode.Redirect, (await Sent(again, $"{account};{zone.Code};Caseworker", token.Cookie)).StatusCode);

            (status, page) = await Post(typed, null, token.Cookie);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, 0), (status, page.QuerySelectorAll("main textarea").Length)); // nobody in particular: the page, not the text
            Assert.NotEqual("", page.QuerySelector("main h1")!.TextContent);

            async Task<(HttpStatusCode, IHtmlDocument)> Post(string note, string? said, string cookie)
            {
                var response = await Sent(Intake(("Form.Municipality", "Exemple stays here, whatever its neighbours are"), ("Form.Note", note), ("__RequestVerificationToken", token.Token)), said, cookie);
                return (response.StatusCode, await Visit.Read(response));
            }

            async Task<HttpResponseMessage> Sent(Dictionary<string, string> fields, string? said, string cookie)
            {
                using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
                client.DefaultRequestHeaders.Add("Cookie", "f=" + cookie);
                if (said is not null) client.DefaultRequestHeaders.Add(Visit.Header, said);
                return await client.PostAsync($"/{zone.Code}/intake", new FormUrlEncodedContent(fields), TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_name_in_a_notation_that_no_form_has_is_not_read()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/intake", Intake(("[2J", "x"), ("Form[FamilyName]", "y"), ("][", "z")))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visit.Get("/worklist?[tab=1&x[[=2")).StatusCode);
    }

    [Fact]
    public async Task A_path_is_decoded_once()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        foreach (var path in new[] { "/dossiers/%2500", "/%2577orklist", "/worklist%252f", "/%252e%252e/operator/zones" })
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync($"/{zone.Code}{path}", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Bytes_that_are_no_text_are_refused_not_feared(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        foreach (var bytes in (byte[][])[[0xC3, 0x28, 0xFF], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [.. "%C3%28%FF"u8], [.. "%ED%A0%80"u8]])
        {
            using var content = new ByteArrayContent([.. Encoding.ASCII.GetBytes("Form.FamilyName="), .. bytes]);
            content.Headers.ContentType = new("application/x-www-form-urlencoded");
            Assert.True((int)(await visit.Client.PostAsync($"/{zone.Code}/intake", content, TestContext.Current.CancellationToken)).StatusCode is >= 400 and < 500);
        }
    }

    private static Dictionary<string, string> Intake(params (string Name, string Value)[] changed)
    {
        var fields = new Dictionary<string, string> { ["Form.Trigger"] = "Patrol", ["Form.SubKind"] = "Burglary", ["Form.FamilyName"] = "Exemple", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr" };
        foreach (var (name, value) in changed) fields[name] = value;
        return fields;
    }
}
