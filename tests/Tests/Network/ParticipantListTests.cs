using System.Net;
using System.Text;
using FluentValidation;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>A list of colleagues that is taken in: shown first, whole or not at all, and whatever is in it, there is an answer.</summary>
public sealed class ParticipantListTests(Platforms platforms)
{
    private const string List = "Eenheid;Voornaam;Naam;E-mailadres;Taal\nInterventie;Ann;Voorbeeld;ann@police.example;nl\nWijk;Bas;Zzparticipant;;Frans\nWijk;;Cis;;\n";

    [Theory, EveryEngine]
    public async Task It_is_shown_first_and_taken_once_and_the_rest_waits(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan(capacity: 2));
        var shown = await cora.Send(new Import.Query(training, List));
        Assert.Equal(["1 Ann Voorbeeld Interventie ann@police.example nl New", "2 Bas Zzparticipant Wijk  fr New", "3 Cis Wijk  fr New"], shown.Rows.Select(r => $"{r.Row.Number} {r.Row.Person.FullName} {r.Row.Person.Unit} {r.Row.Person.Mailbox} {r.Row.Person.Language} {r.Is}"));
        Assert.All(shown.Rows, r => Assert.Empty(r.Row.Faults));
        Assert.Empty(await cora.Of(training)); // looked at, nothing written
        var once = Guid.NewGuid();
        Assert.Equal((3, 1), await cora.Send(new Import.Command(training, List, once)));
        Assert.Equal((0, 0), await cora.Send(new Import.Command(training, List, once)));
        Assert.Equal([ParticipantState.Registered, ParticipantState.Registered, ParticipantState.Waiting], (await cora.Of(training)).OrderBy(p => p.Number).Select(p => p.State));
        Assert.Empty(await CanaryTests.Holding(zone, "Zzparticipant")); // sealed
        // The same list later: everybody is here.
        Assert.All((await cora.Send(new Import.Query(training, List))).Rows, r => Assert.Equal(Import.ParticipantRowIs.Entered, r.Is));
        Assert.Equal((0, 0), await cora.Send(new Import.Command(training, List, Guid.NewGuid())));
        Assert.Equal(3, (await cora.Of(training)).Count);
    }

    [Fact]
    public async Task Who_stands_in_it_twice_is_taken_once_and_a_row_that_is_wrong_keeps_all_out()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        const string Twice = "Ann,Intervention\n\"Ann\",INTERVENTION\nBas,Quartier,bas@police.example\nBob,Quartier,BAS@police.example\n";
        Assert.Equal([Import.ParticipantRowIs.New, Import.ParticipantRowIs.Twice, Import.ParticipantRowIs.New, Import.ParticipantRowIs.Twice], (await cora.Send(new Import.Query(training, Twice))).Rows.Select(r => r.Is));
        Assert.Equal((2, 0), await cora.Send(new Import.Command(training, Twice, Guid.NewGuid())));
        using var visit = cora.Visit();
        var bad = "name;unit;e-mail address;language\n;Quartier\nCis;;cis\nDora;Quartier;;klingon\n" + new string('x', 200) + ";Quartier\nEline;Quartier\n";
        var answer = await visit.Submit($"/trainings/{training}/import", [KeyValuePair.Create("Form.Text", bad)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Equal("Row 1: Write the name", Assert.Single(page.QuerySelectorAll(".govuk-error-summary li")).TextContent.Trim());
        Assert.Equal(["Write the name", "Write the unit This is no e-mail address", "The language is fr, nl, de or en", "Too long", ""], page.QuerySelectorAll("tbody tr").Select(r => r.Children[6].TextContent.Trim())); // all of it in one reading
        Assert.Contains("Eline", page.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal); // what was pasted stays
        Assert.Empty(page.QuerySelectorAll("button[formaction*='Take']"));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new Import.Command(training, bad, Guid.NewGuid())));
        Assert.Equal(2, (await cora.Of(training)).Count);
    }

    [Fact]
    public async Task Rank_groups_are_read_in_four_languages_and_a_column_that_is_not_taken_is_named()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        using var visit = cora.Visit();
        const string ranked = "Nom;Unité;Grade;Matricule;;Nom\nAnn;Accueil;INPP;440001;x;Autre\nBas;Accueil;Officierenkader;440002;;\nCis;Accueil;;440003;;\nDora;Accueil;einfacher Dienst;440004;;\nEline;Accueil;CALog;440005;;\n";
        var page = await Visit.Read(await visit.Submit($"/trainings/{training}/import", [KeyValuePair.Create("Form.Text", ranked)]));
        Assert.Equal(["The column “Matricule” is not taken over.", "The column “5” is not taken over.", "The column “Nom” is not taken over."], page.QuerySelectorAll("[data-left] li").Select(l => l.TextContent.Trim()));
        Assert.Equal(["middle ranks", "officers", "–", "basic ranks", "administrative and logistic staff (CALog)"], page.QuerySelectorAll("tbody tr").Select(r => r.Children[5].TextContent.Trim()));
        Assert.Equal((5, 0), await cora.Send(new Import.Command(training, ranked, Guid.NewGuid())));
        Assert.Equal([RankGroup.Middle, RankGroup.Officers, null, RankGroup.Basic, RankGroup.Civilian], (await cora.Of(training)).OrderBy(p => p.Number).Select(p => p.Rank));
        // What is no rank group keeps all out; without a heading what is beyond the known columns is told by its number.
        var wrong = await cora.Send(new Import.Query(training, "name;unit;rank\nFons;Accueil;maréchal\n"));
        Assert.Equal(["The rank group is: agents, basic, middle, officers or CALog"], Assert.Single(wrong.Rows).Row.Faults);
        Assert.Empty(wrong.Left);
        Assert.Equal(["5"], (await cora.Send(new Import.Query(training, "Fons;Accueil;;fr;440006\n"))).Left);
    }

    public static TheoryData<string> Hostile =>
    [
        "", " ", "\n\n\n", "\0", ";;;;;;", "\"", "\"\"\"", "\"a\nb", "=HYPERLINK(\"http://x\");Quartier", "'=1+1;Quartier", "name;name;name;name\na;b", "nom;unité", new string(';', 5_000), new string('"', 20_000), string.Concat(Enumerable.Repeat("a;b\n", 600)), new string('x', 300_000), "\uFEFFnom;unité\nAnn;Q", "\u202EAnn;\u2066Q", "👩\u200D👩;👧", "Ann\tQuartier", "<script>alert(1)</script>;Q",
        "\ud800;Q", "Ann;Q;a@b@c", "Ann;Q;ann@police.example\r\nBcc: x@y.example", "Ann;Q;\"Ann\" <ann@police.example>", "--;--",
    ];

    [Theory, MemberData(nameof(Hostile))]
    public async Task Whatever_is_in_it_there_is_an_answer(string text)
    {
        foreach (var engine in Platforms.Engines)
        {
            var zone = await (await platforms.On(engine)).Zone();
            var cora = zone.As(Role.Coordinator);
            var training = await cora.Send(Giving.Plan());
            using var visit = cora.Visit();
            var seen = (await cora.Send(new Import.Query(training, text))).Print;
            foreach (var handler in (string[])["", "?handler=Take"])
            {
                var page = await visit.Page($"/trainings/{training}/import");
                var form = (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[method=post]")!;
                form.SetAttribute("action", $"/{zone.Code}/trainings/{training}/import{handler}");
                var answer = await visit.Send($"/trainings/{training}/import", form, [KeyValuePair.Create("Form.Text", text), KeyValuePair.Create("Seen", seen)]);
                Assert.True((int)answer.StatusCode < 500, $"{engine}: {(int)answer.StatusCode}");
            }
            // What was taken is harmless where it is shown and where it is mailed to.
            Assert.All(await cora.Of(training), p => Assert.True(p.FullName.Length is > 0 and <= 160 && p.Unit.Length > 0 && (p.Mailbox is null || Participant.IsMailbox(p.Mailbox)) && p.Mailbox?.Contains('\n') != true));
            Assert.Equal(HttpStatusCode.OK, (await visit.Get($"/trainings/{training}")).StatusCode);
        }
    }

    [Theory, EveryEngine]
    public async Task After_Back_the_same_list_is_taken_once_and_another_one_is_shown_first_and_taken_whole(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        using var visit = cora.Visit();
        var path = $"/trainings/{training}/import";
        var shown = Ready(await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", "Ann;Wijk\nBas;Wijk\n")])));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, shown, [])).StatusCode);
        // Back, and pressed again: nobody twice, even where somebody was put right meanwhile.
        var ann = (await cora.Of(training)).Single(p => p.FullName == "Ann").Id;
        await cora.Send((await cora.Send(new Correct.Query(training, ann))).Form with { Training = training, Participant = ann, FullName = "Anna" });
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, shown, [])).StatusCode);
        Assert.Equal(["Anna", "Bas"], (await cora.Of(training)).Select(p => p.FullName).Order(StringComparer.Ordinal));
        // Back, and another list in the same form: shown before it is taken, then all of it is.
        var other = await visit.Send(path, shown, [KeyValuePair.Create("Form.Text", "Cis;Wijk\nDora;Wijk\n")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(2, (await cora.Of(training)).Count);
        var page = await Visit.Read(other);
        Assert.Equal(["Cis", "Dora"], page.QuerySelectorAll("main tbody bdi").Select(b => b.TextContent));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, Ready(page), [])).StatusCode);
        Assert.Equal(["Anna", "Bas", "Cis", "Dora"], (await cora.Of(training)).Select(p => p.FullName).Order(StringComparer.Ordinal));

        static AngleSharp.Html.Dom.IHtmlFormElement Ready(AngleSharp.Html.Dom.IHtmlDocument page)
        {
            var button = (AngleSharp.Html.Dom.IHtmlButtonElement)page.QuerySelector("button[formaction*='Take']")!;
            button.Form!.SetAttribute("action", button.GetAttribute("formaction")!);
            return button.Form;
        }
    }

    [Fact]
    public void Whatever_comes_there_is_an_answer()
    {
        var random = new Random(20261128);
        string[] pieces = ["\"", "\"\"", ";", ",", "\t", "\r", "\n", "\r\n", "=", "'=", "+", "nom", "unité", "Nom;Unité;E-mail;Langue;Grade\n", "Nom;Unité;E-mail;Langue;Grade\nAnn;Wijk;ann@police.example;nl;INPP\n", "Ann;Wijk\n", "Wijk", "x", "nl", "\u202E", "\0", "\ud800", "é", "e\u0301", new string('x', 9000), new string('"', 300), VictimSupport.Tests.House.Hostile.LongName, "a@b", "INPP", "CALog"];
        var (rows, faulty) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var text = i % 3 == 0 ? "nom;unité\n" + VictimSupport.Foundation.Sheets.CellText.Decode(VictimSupport.Tests.House.Hostile.Value(random).Take(50_000).ToArray()) : string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => pieces[random.Next(pieces.Length)]));
            var (found, unread, _) = ParticipantText.Read(text, "fr");
            Assert.Equal(found.Count == 0, unread is not null);
            Assert.All(found.Where(r => r.Faults.Count == 0), r => Assert.True(r.Person.FullName.Length is > 0 and <= Participant.LongestName && r.Person.Unit.Length is > 0 and <= Participant.LongestUnit && (r.Person.Mailbox is null || Participant.IsMailbox(r.Person.Mailbox)), text));
            rows += found.Count;
            faulty += found.Count(r => r.Faults.Count > 0);
        }
        Assert.True(rows > 2000 && faulty > 1000 && faulty < rows, $"{rows} {faulty}"); // the rows were looked into, too
        var clock = System.Diagnostics.Stopwatch.StartNew();
        ParticipantText.Read("nom" + string.Concat(Enumerable.Repeat(";\"a", ParticipantText.LargestBytes / 4)), "fr");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
        Assert.Equal(ParticipantsUnread.TooMany, ParticipantText.Read("nom;unité\n" + string.Concat(Enumerable.Repeat("x;y\n", 501)), "fr").Unread);
        Assert.Equal(ParticipantsUnread.TooLarge, ParticipantText.Read(new string('x', ParticipantText.LargestBytes + 1), "fr").Unread);
    }

    [Fact]
    public async Task A_hostile_upload_gets_a_page_with_a_reason_and_never_a_fault()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        using var visit = cora.Visit();
        var token = (await visit.Page($"/trainings/{training}/import")).QuerySelector("main form:has(textarea) input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        var random = new Random(7);
        byte[][] uploads = [Encoding.UTF8.GetBytes("nom;unité\n" + VictimSupport.Tests.House.Hostile.LongName + ";Wijk"), [0xEF, 0xBB, 0xBF], [0, 1, 2], Encoding.Unicode.GetBytes(List), new byte[600 * 1024], .. Enumerable.Range(0, 40).Select(_ => VictimSupport.Tests.House.Hostile.Value(random).Take(600_000).ToArray())];
        foreach (var upload in uploads)
        {
            foreach (var handler in new[] { "", "?handler=Take" })
            {
                using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(upload), "Form.File", "liste.csv" } };
                var answer = await visit.Client.PostAsync($"/{zone.Code}/trainings/{training}/import{handler}", form, TestContext.Current.CancellationToken);
                Assert.True((int)answer.StatusCode < 500, $"{handler}: {(int)answer.StatusCode} for {Convert.ToHexString(upload.AsSpan(0, Math.Min(40, upload.Length)))}");
            }
        }
        Assert.Empty(await cora.Of(training)); // none of it was shown before
    }

    [Fact]
    public async Task A_file_goes_before_what_was_pasted_stays_in_the_box_and_may_be_of_an_old_program()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        using var visit = cora.Visit();
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page($"/trainings/{training}/import")).QuerySelector("main form[method=post]")!;
        using var body = new MultipartFormDataContent
        {
            { new StringContent(form.QuerySelector("[name='__RequestVerificationToken']")!.GetAttribute("value")!), "__RequestVerificationToken" }, { new StringContent("Nobody;Q"), "Form.Text" },
            { new ByteArrayContent(Encoding.Latin1.GetBytes("nom;unité\nRenée;Accueil\n")), "Form.File", "liste.csv" },
        };
        var answer = await visit.Client.PostAsync($"/{zone.Code}/trainings/{training}/import", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("Renée;Accueil", page.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Renée", Assert.Single(page.QuerySelectorAll("tbody tr")).Children[1].TextContent);
        Assert.Empty(await cora.Of(training));
    }
}
