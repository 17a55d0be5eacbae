using System.Net;
using System.Text;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Network.Agreements;
using VictimSupport.Network.Papers;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>Agreements: where one stands follows from its periods, a renewal keeps what was, the end is told before it comes.</summary>
public sealed class AgreementTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Partners_to_check_and_agreements_to_renew_ring_for_the_coordinators_and_name_nobody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var partner = await anna.Send(Referring.Partner());
        var agreement = await cora.Send(Working.Agreement(zone, partner)); // for a year, with a notice of three months
        using var hers = cora.Visit();
        using var others = anna.Visit();
        Assert.Empty(await Waiting(hers));
        platform.Clock.Advance(TimeSpan.FromDays(185)); // nobody looked at the partner for six months
        Assert.Equal(["Partners to check 1"], await Waiting(hers));
        platform.Clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal(["Partners to check 1", "Agreements to renew 1"], await Waiting(hers));
        Assert.Empty(await Waiting(others)); // it is told to the coordinators, as by mail
        var page = await hers.Page("/waiting");
        Assert.Equal("2", page.QuerySelector(".vs-bell .vs-count")!.TextContent.Trim());
        Assert.DoesNotContain("Protocol", page.Body!.TextContent, StringComparison.Ordinal);
        foreach (var (link, leads) in page.QuerySelectorAll("main dd a").Select(a => a.GetAttribute("href")!).Zip([$"{partner}", $"{agreement}"])) Assert.Contains(leads, (await hers.Page(link[link.IndexOf("/partners", StringComparison.Ordinal)..])).QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);
        await cora.Send(new VictimSupport.Network.Partners.Check.Command { Partners = [partner] });
        Assert.Equal(["Agreements to renew 1"], await Waiting(hers));

        static async Task<string[]> Waiting(Visit visit) => [.. (await visit.Page("/waiting")).QuerySelectorAll("main .govuk-summary-list__row").Select(r => $"{r.QuerySelector("dt")!.TextContent.Trim()} {r.QuerySelector("a")!.FirstChild!.TextContent.Trim()}")];
    }

    [Theory, EveryEngine]
    public async Task Where_it_stands_follows_from_its_periods_and_a_renewal_keeps_the_one_before(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var (here, there) = (await anna.Send(Referring.Partner("Here")), await anna.Send(Referring.Partner("There")));
        var form = Working.Agreement(zone, here, there) with { Signed = null, From = new DateOnly(2027, 1, 1), Until = new DateOnly(2027, 12, 31), Once = Guid.NewGuid() };
        var agreement = await anna.Send(form);
        Assert.Equal(agreement, await anna.Send(form));
        Assert.Equal(AgreementState.Draft, await State());
        Assert.False((await Shown()).MayRenew);
        Assert.Equal("closed", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Renew.Query(agreement)))).Code);

        await anna.Send(await Form() with { Signed = zone.Today() });
        Assert.Equal(AgreementState.Coming, await State());
        platform.Clock.Advance(TimeSpan.FromDays(38)); // 1 January 2027
        Assert.Equal(AgreementState.InForce, await State());
        platform.Clock.Advance(TimeSpan.FromDays(272)); // 30 September
        Assert.Equal(AgreementState.ToRenew, await State());

        var (about, offered) = await anna.Send(new Renew.Query(agreement));
        Assert.Equal(["Here", "There"], about.With.Select(w => w.Name));
        Assert.Equal((new DateOnly(2028, 1, 1), new DateOnly(2028, 12, 31)), (offered.From!.Value, offered.Until!.Value)); // as long as the last time
        Assert.Equal("From", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(offered with { Agreement = agreement, Signed = zone.Today(), From = new DateOnly(2027, 12, 31) }))).Errors).PropertyName);
        Assert.Equal("Signed", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(offered with { Agreement = agreement }))).Errors).PropertyName);
        await anna.Send(offered with { Agreement = agreement, Signed = zone.Today() });
        Assert.Equal("From", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(offered with { Agreement = agreement, Signed = zone.Today() }))).Errors).PropertyName); // sent twice
        Assert.Equal(AgreementState.InForce, await State());
        var view = await Shown();
        Assert.Equal([new DateOnly(2028, 1, 1), new DateOnly(2027, 1, 1)], view.Periods.Select(p => p.From));
        Assert.Equal((new DateOnly(2027, 1, 1), new DateOnly(2028, 12, 31)), (view.Row.From!.Value, view.Row.LastDay!.Value));
        // The earlier period stays as it was, and the last one cannot reach into it.
        Assert.Equal("From", Assert.Single((await Assert.ThrowsAsync<ValidationException>(async () => await anna.Send(await Form() with { From = new DateOnly(2027, 6, 1) }))).Errors).PropertyName);

        // Ended on a wrong day, it is put right; ended by mistake, it goes on.
        var ending = (await anna.Send(new End.Query(agreement))).Form with { Agreement = agreement };
        await anna.Send(ending with { Day = new DateOnly(2027, 1, 1) });
        Assert.Equal(AgreementState.Ended, await State());
        Assert.Null((await Shown()).NextReminder);
        Assert.Equal("Day", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(ending with { Day = zone.Today() }))).Errors).PropertyName); // from another tab
        using (var visit = anna.Visit()) await visit.Submit($"/partners/agreements/{agreement}/end", [], "main form[action*='handler=TakeBack']");
        Assert.Equal((AgreementState.InForce, (DateOnly?)null), (await State(), (await Shown()).Stopped));
        Assert.NotNull((await Shown()).NextReminder); // reminded of again
        Assert.False(await anna.Send(new End.TakeBack(agreement)));
        await anna.Send((await anna.Send(new End.Query(agreement))).Form with { Agreement = agreement, Day = new DateOnly(2027, 2, 1) });
        var correcting = (await anna.Send(new End.Query(agreement))).Form with { Agreement = agreement };
        Assert.Equal(new DateOnly(2027, 2, 1), correcting.Day);
        await anna.Send(correcting with { Day = new DateOnly(2028, 3, 1) });
        Assert.Equal(AgreementState.InForce, await State());
        Assert.Equal(new DateOnly(2028, 2, 29), (await Shown()).Row.LastDay);
        platform.Clock.Advance(TimeSpan.FromDays(153)); // 1 March 2028
        Assert.Equal(AgreementState.Ended, await State());

        async Task<Show.Answer> Shown() => await anna.Send(new Show.Query(agreement));
        async Task<AgreementState> State() => (await Shown()).Row.State;
        async Task<Edit.Command> Form() => (await anna.Send(new Edit.Query(agreement))).Form with { Agreement = agreement };
    }

    [Theory, EveryEngine]
    public async Task The_coordinators_are_told_at_the_notice_and_once_more_before_the_end_and_of_nothing_but_that(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        await zone.Hires("cora", Role.Coordinator, "nl");
        var anna = await zone.Hires("anna", Role.Caseworker);
        var partner = await anna.Send(Referring.Partner("Zzpartner"));
        var form = Working.Agreement(zone, partner) with { Title = "Zztitel", From = new DateOnly(2026, 1, 1), Until = new DateOnly(2027, 3, 31), Signed = new DateOnly(2026, 1, 1) };
        var agreement = await anna.Send(form);
        await anna.Send(form with { Title = "Zztitel two" });
        await anna.Send(form with { Title = "No end", Until = null });
        await anna.Send(form with { Title = "Draft", Signed = null });
        await zone.RunJobs();
        Assert.Empty(Told());
        platform.Clock.Advance(TimeSpan.FromDays(37)); // 31 December, the day of the notice
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(Told());
        Assert.Equal((Staff.AddressOf(zone, "cora"), "Overeenkomsten met partners"), (letter.To, letter.Subject));
        Assert.DoesNotContain("Zz", letter.Text, StringComparison.OrdinalIgnoreCase);
        // One is renewed: of the other they are told once more, a fortnight before its end.
        var renewal = (await anna.Send(new Renew.Query(agreement))).Form;
        await anna.Send(renewal with { Agreement = agreement, Signed = zone.Today() });
        platform.Clock.Advance(TimeSpan.FromDays(75)); // 16 March
        await zone.RunJobs();
        Assert.Single(Told());
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        Assert.Equal(2, Told().Count);
        platform.Clock.Advance(TimeSpan.FromDays(60));
        await zone.RunJobs();
        Assert.Equal(2, Told().Count);
        Assert.NotNull((await anna.Send(new Show.Query(agreement))).NextReminder);

        List<Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("agreements-end", StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task A_file_comes_back_byte_for_byte_lies_sealed_and_is_gone_with_its_key_when_it_is_taken_out(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var agreement = await anna.Send(Working.Agreement(zone, await anna.Send(Referring.Partner())));
        var content = Files.Pdf.Concat(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Zzkanarie", 60_000)))).ToArray();
        var file = await anna.Send(Working.File(agreement, content) with { Title = "Zzkanarie" });
        Assert.Equal(3, await zone.Look(z => z.Set<PaperPart>().CountAsync(p => p.FileId == file)));
        Assert.Empty(await CanaryTests.Holding(zone, "Zzkanarie"));
        var shown = Assert.Single((await anna.Send(new Show.Query(agreement))).Files);
        Assert.Equal(("Zzkanarie", "signed.pdf", content.Length), (shown.Head.Title, shown.Head.FileName, shown.Head.Length));

        using (var reader = zone.Visit(Role.Trainee))
        {
            var answer = await reader.Get($"/partners/agreements/{agreement}/file/{file}");
            Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Matches("^document-[0-9]{8}-[0-9a-f]{6}\\.pdf$", answer.Content.Headers.ContentDisposition.FileName!.Trim('"'));
            Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
        await anna.Send(new Show.TakeOut(agreement, file));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Download.Query(agreement, file)))).Code);
        Assert.Equal(0, await zone.Look(z => z.Set<PaperPart>().CountAsync()));
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<Paper>().CountAsync()));
        Assert.True(await zone.IsErased(file));
    }

    [Fact]
    public async Task A_file_that_is_no_document_or_holds_malware_is_told_at_its_field_and_nothing_of_it_is_kept()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var agreement = await anna.Send(Working.Agreement(zone, await anna.Send(Referring.Partner())));
        foreach (var bad in new[] { [], Encoding.UTF8.GetBytes("<html>"), Files.Eicar, Files.Word(("word/vbaProject.bin", "x")) })
        {
            var wrong = await Assert.ThrowsAsync<ValidationException>(() => anna.Send(Working.File(agreement, bad)));
            Assert.Equal("File", Assert.Single(wrong.Errors).PropertyName);
        }
        Assert.Equal(0, await zone.Look(z => z.Set<Paper>().CountAsync()));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(Working.File(Guid.NewGuid())))).Code);
    }

    [Fact]
    public async Task What_is_wrong_is_told_at_its_field_and_a_partner_of_another_zone_is_none()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var partner = await anna.Send(Referring.Partner());
        var form = Working.Agreement(zone, partner);
        foreach (var (bad, field) in new (Edit.Command, string)[]
        {
            (form with { Title = "" }, "Title"), (form with { Partners = [] }, "Partners"), (form with { From = null }, "From"), (form with { From = new DateOnly(1, 1, 1) }, "From"), (form with { Until = form.From!.Value.AddDays(-1) }, "Until"),
            (form with { Until = new DateOnly(9999, 12, 31) }, "Until"), (form with { Signed = zone.Today().AddDays(1) }, "Signed"), (form with { NoticeMonths = 0 }, "NoticeMonths"), (form with { NoticeMonths = 25 }, "NoticeMonths"),
        })
        {
            Assert.Equal(field, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(bad))).Errors).PropertyName);
        }
        var other = await (await platforms.On("sqlite")).Zone();
        var foreign = await other.As(Role.Caseworker).Send(Referring.Partner());
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(form with { Partners = [partner, foreign] }))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Trainee).Send(form))).Code);
        Assert.Empty(await anna.Send(new List.Query()));
        using var visit = anna.Visit();
        Assert.Single((await visit.Page($"/partners/agreements/edit?partner={partner}")).QuerySelectorAll("input[name='Form.Partners'][checked]"));
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/partners/agreements/{Guid.NewGuid()}")).StatusCode);
    }
}
