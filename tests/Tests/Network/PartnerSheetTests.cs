using System.Globalization;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.House;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>The directory as a list: seen before it is taken, nothing twice, whatever is in it there is an answer.</summary>
public sealed class PartnerSheetTests(Platforms platforms)
{
    private const string Three = "Organisation;Type;Communes;Téléphone;Aide pour\n"
        + "CPAS Exemple;CPAS;Val-Clair, Hohenau;081 00 00 00;\n"
        + "Planning Fictif;no such type;;081 00 00 01;santé physique et mentale\n"
        + "caw lindeberg;CAW;;078 15 00 00;\n";

    [Theory, EveryEngine]
    public async Task Nothing_is_written_before_it_is_confirmed_a_fault_is_told_by_its_line_and_who_is_known_is_not_taken_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var known = await anna.Send(Referring.Partner());
        using var visit = anna.Visit();
        var refused = await visit.Submit("/partners/import", [KeyValuePair.Create("Form.Text", Three)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("Row 2: Type of service not known: no such type", page.QuerySelector(".govuk-error-summary a[href='#Form_Text']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("no such type", page.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal); // what was pasted stays
        Assert.Null(page.QuerySelector("button[formaction*='Take']"));
        Assert.NotNull(page.QuerySelector($"main tbody tr:nth-child(3) a[href$='/partners/{known}']"));
        Assert.Single(await All());
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Import.Command(Three, Guid.NewGuid())));

        var mended = Three.Replace("no such type", "Centre de planning familial", StringComparison.Ordinal);
        page = await Visit.Read(await visit.Submit("/partners/import", [KeyValuePair.Create("Form.Text", mended)]));
        Assert.Single(await All());
        var button = page.QuerySelector<IHtmlButtonElement>("button[formaction*='Take']")!;
        Assert.Contains("2", button.TextContent, StringComparison.Ordinal);
        button.Form!.SetAttribute("action", button.GetAttribute("formaction")!);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/partners/import", button.Form, [])).StatusCode);
        await visit.Send("/partners/import", button.Form, []); // an impatient thumb
        var all = await All();
        var odd = await anna.Send(new Import.Query("Organisation;Type;Téléphone;Remarque\nNouveau;CPAS;081;à rappeler\n"));
        Assert.Equal(["Remarque"], odd.Left);
        Assert.Empty((await anna.Send(new Import.Query(mended))).Left);
        Assert.Equal("The column “Remarque” is not taken over.", (await Visit.Read(await visit.Submit("/partners/import", [KeyValuePair.Create("Form.Text", "Organisation;Type;Téléphone;Remarque\nNouveau;CPAS;081;à rappeler\n")]))).QuerySelector("[data-left] li")!.TextContent.Trim());
        Assert.Equal(["CAW Lindeberg", "CPAS Exemple", "Planning Fictif"], all.Select(p => p.Organisation));
        Assert.Equal(("CPAS", PartnerLevel.Local, PartnerChannel.Phone), (all[1].Type, all[1].Level, all[1].Channel));
        Assert.Equal(["Val-Clair", "Hohenau"], all[1].Municipalities);
        Assert.Equal([Need.Money, Need.Shelter], all[1].Needs.Order()); // as is usual for its type
        Assert.Equal([Need.Health], all[2].Needs);

        async Task<IReadOnlyList<Partner>> All() => await anna.Send(new List.Query(null, null, null, false));
    }

    [Fact]
    public async Task Known_is_who_has_the_name_and_a_municipality_in_common_however_it_is_written()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        await anna.Send(Referring.Partner("Planning familial L'Étoile") with { Municipalities = "Liège" });
        var ended = await anna.Send(Referring.Partner("Old") with { Municipalities = "Gent" });
        await anna.Send(new List.End(ended));
        var rows = (await anna.Send(new Import.Query("organisation,type,municipalities,phone\nPLANNING FAMILIAL L’ETOILE,PF,\"Seraing, LIEGE\",106\nPlanning familial l'étoile,PF,Namur,106\nOld,PF,,106\nPlanning familial l'etoile,PF,\"Namur;Dinant\",106"))).Rows;
        Assert.Equal([true, false, true, false], rows.Select(r => r.Known is not null));
        Assert.Equal([0, 0, 0, 2], rows.Select(r => r.Twin));
        Assert.Equal(1, await anna.Send(new Import.Command("organisation\ttype\tphone\nNew one\tPF\t106", Guid.NewGuid())));
    }

    [Fact]
    public async Task What_is_written_in_one_language_is_read_in_every_other_and_says_the_same()
    {
        var (zone, other) = (await (await platforms.On("sqlite")).Zone(), await (await platforms.On("sqlite")).Zone());
        var (anna, bert) = (zone.As(Role.Caseworker), other.As(Role.Caseworker));
        string[] hostile = ["=1+1", "@SUM(A1)", "-2", "\"quoted\"; and parted", "|cmd", "＝1"];
        foreach (var name in hostile) await anna.Send(Referring.Partner(name) with { Telephone = "+32 78 15 00 00", Municipalities = "Twee Oevers\nHohenau", Languages = ["fr", "lsfb"], Needs = [.. Enum.GetValues<Need>()], Level = PartnerLevel.Local, Sphere = PartnerSphere.Other, OwnType = "Own" });
        foreach (var type in PartnerTypes.All) await anna.Send(Referring.Partner("Of type " + type.Code) with { Type = type.Code, TakesForm = false, Channel = PartnerChannel.Mail });
        await anna.Send(new List.End(await anna.Send(Referring.Partner("Ended"))));
        using (var visit = zone.Visit(Role.Trainee))
        {
            var answer = await visit.Get("/partners/file");
            Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
            var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
            var text = Encoding.UTF8.GetString(bytes);
            Assert.DoesNotContain("Ended", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text.Split("\r\n").Skip(1).SelectMany(l => l.Split(';')), c => c.TrimStart('"', ' ') is ['=' or '+' or '-' or '@' or '|' or '＝', ..]);
        }
        var written = await anna.Send(new List.Query(null, null, null, false));
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            var (lines, unread, left) = PartnerSheet.Read(CellText.Decode(PartnerSheet.Write(written)));
            Assert.Null(unread);
            Assert.Empty(left); // what is written is taken again
            Assert.All(lines, l => Assert.Empty(l.Faults));
            Assert.Equal(written.Select(Told), lines.Select(l => Told(Partner.Add(l.Form.Says(), default, default, zone.Platform.Clock.GetUtcNow()))));
        }
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("de");
        Assert.Equal(written.Count, await bert.Send(new Import.Command(CellText.Decode(PartnerSheet.Write(written)), Guid.NewGuid())));

        static string Told(Partner p) => string.Join('|', p.Organisation, p.Type, p.OwnType, p.Level, p.Sphere, string.Join(',', p.Needs), string.Join(',', p.Languages), string.Join(',', p.Municipalities), p.Hours, p.Channel, p.Telephone, p.Mailbox, p.TakesForm);
    }

    [Theory, EveryEngine]
    public async Task After_Back_the_same_list_is_taken_once_and_another_one_is_shown_first_and_taken_whole(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        const string path = "/partners/import", head = "Organisation;Type;Téléphone\n";
        var shown = Ready(await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", head + "Un;CPAS;081 00 00 00\nDeux;CPAS;081 00 00 01\n")])));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, shown, [])).StatusCode);
        // Back, and pressed again: none twice, even where one has another name by now.
        var one = (await All()).Single(p => p.Organisation == "Un");
        await anna.Send((await anna.Send(new Edit.Query(one.Id))) with { Partner = one.Id, Organisation = "Une" });
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, shown, [])).StatusCode);
        Assert.Equal(["Deux", "Une"], (await All()).Select(p => p.Organisation).Order(StringComparer.Ordinal));
        // Back, and another list in the same form: shown before it is taken, then all of it is.
        var other = await visit.Send(path, shown, [KeyValuePair.Create("Form.Text", head + "Trois;CPAS;081 00 00 02\nQuatre;CPAS;081 00 00 03\n")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(2, (await All()).Count);
        var page = await Visit.Read(other);
        Assert.Equal(["Trois", "Quatre"], page.QuerySelectorAll("main tbody bdi").Select(b => b.TextContent));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, Ready(page), [])).StatusCode);
        Assert.Equal(["Deux", "Quatre", "Trois", "Une"], (await All()).Select(p => p.Organisation).Order(StringComparer.Ordinal));

        async Task<IReadOnlyList<Partner>> All() => await zone.Look(z => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(z.Set<Partner>()));

        static IHtmlFormElement Ready(IHtmlDocument page)
        {
            var button = page.QuerySelector<IHtmlButtonElement>("button[formaction*='Take']")!;
            button.Form!.SetAttribute("action", button.GetAttribute("formaction")!);
            return button.Form;
        }
    }

    [Fact]
    public void Whatever_comes_there_is_an_answer()
    {
        var random = new Random(20261127);
        string[] pieces = ["\"", "\"\"", ";", ",", "\t", "\r", "\n", "\r\n", "=", "'=", "+", "organisation", "type", "Organisation;Type;Phone\n", "Organisation;Type;Phone\nWelfare;CPAS;106\n", "CPAS", "x", "106", "\u202E", "\0", "\ud800", "é", "e\u0301", new string('x', 9000), new string('"', 300), Hostile.LongName, "a@b", "Form", "oui"];
        var (rows, faulty) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var text = i % 3 == 0 ? "organisation;type\n" + CellText.Decode(Hostile.Value(random).Take(50_000).ToArray()) : string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => pieces[random.Next(pieces.Length)]));
            var (found, unread, _) = PartnerSheet.Read(text);
            Assert.Equal(found.Count == 0, unread is not null);
            rows += found.Count;
            faulty += found.Count(l => l.Faults.Count > 0);
        }
        Assert.True(rows > 2000 && faulty > 1000 && faulty < rows, $"{rows} {faulty}"); // the rows were looked into, too
        var clock = System.Diagnostics.Stopwatch.StartNew();
        PartnerSheet.Read("organisation" + string.Concat(Enumerable.Repeat(";\"a", PartnerSheet.LargestBytes / 4)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
        Assert.Equal(PartnerUnread.TooMany, PartnerSheet.Read("organisation\n" + string.Concat(Enumerable.Repeat("x\n", 501))).Unread);
        Assert.Equal(PartnerUnread.TooLarge, PartnerSheet.Read(new string('x', PartnerSheet.LargestBytes + 1)).Unread);
        Assert.Equal(PartnerUnread.NoHeading, PartnerSheet.Read("CPAS;081").Unread);
    }

    [Fact]
    public async Task A_hostile_upload_gets_a_page_with_a_reason_and_never_a_fault()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Coordinator);
        var token = (await visit.Page("/partners/import")).QuerySelector("main form:has(textarea) input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        var random = new Random(7);
        byte[][] uploads = [Encoding.UTF8.GetBytes("organisation;type\n" + Hostile.LongName + ";CPAS"), [0xEF, 0xBB, 0xBF], [0, 1, 2], Encoding.Unicode.GetBytes(Three), new byte[600 * 1024], .. Enumerable.Range(0, 40).Select(_ => Hostile.Value(random).Take(600_000).ToArray())];
        foreach (var upload in uploads)
        {
            foreach (var handler in new[] { "", "?handler=Take" })
            {
                using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(upload), "Form.File", "partners.csv" } };
                var answer = await visit.Client.PostAsync($"/{zone.Code}/partners/import{handler}", form, TestContext.Current.CancellationToken);
                Assert.True((int)answer.StatusCode < 500, $"{handler}: {(int)answer.StatusCode} for {Convert.ToHexString(upload.AsSpan(0, Math.Min(40, upload.Length)))}");
            }
        }
        Assert.Empty(await zone.As(Role.Caseworker).Send(new List.Query(null, null, null, false)));
    }
}
