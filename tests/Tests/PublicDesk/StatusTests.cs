using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.PublicDesk.Requests;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Waiting = VictimSupport.Casework.Tray.Waiting;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>Reference and code say one of three things, and let the request be withdrawn: then it is erased with its key.</summary>
public sealed class StatusTests
{
    [Theory, EveryEngine]
    public async Task The_right_code_says_one_of_three_things_and_everything_else_is_one_page(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        var anna = await zone.Hires("anna", Role.Caseworker);
        using var somebody = zone.Anybody();
        using var there = other.Anybody();
        var (reference, code) = await somebody.Asks(platform);
        Assert.Equal("We received your request.", await Says(somebody, reference, code));
        Assert.Equal("We received your request.", await Says(somebody, reference.ToLowerInvariant() + " ", code.Replace("-", " ", StringComparison.Ordinal)));

        var bodies = new List<string> { await Body(somebody, reference, "AAAA-AAAA"), await Body(somebody, "AAAAAA", code), await Body(somebody, "", ""), await Body(somebody, reference, ""), await Body(somebody, "élan; --", new string('9', 5000)), (await Body(there, reference, code)).Replace(other.Code, zone.Code, StringComparison.Ordinal) };
        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
        Assert.DoesNotContain(reference, bodies[0], StringComparison.Ordinal); // typed on a machine that others use

        var entry = (await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync())).Id;
        await anna.Registers(Cases.Intake(zone, "", "Zzcanary") with { Tray = entry });
        Assert.Equal("We will reach you as agreed.", await Says(somebody, reference, code));

        var second = await there.Asks(platform);
        var bert = await other.Hires("bert", Role.Caseworker);
        await bert.Send(new Decline.Command { Entry = (await other.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync())).Id, Cause = DeclineCause.NotMeant });
        Assert.Equal("Please choose another way.", await Says(there, second.Reference, second.Code));

        // What was asked for by the right code is recorded; nobody learns the code from it.
        var records = await zone.Look(z => z.Set<AuditRow>().ToListAsync());
        Assert.Equal(3, records.Count(r => r.Act == "PublicDesk.Requests.Status" && r.Subject == entry));
        Assert.DoesNotContain(records, r => r.Payload.Contains(code, StringComparison.Ordinal) || r.Payload.Contains(reference, StringComparison.Ordinal));
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(reference, StringComparison.Ordinal) || l.Contains(code, StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Withdrawn_a_request_is_erased_with_its_key_and_the_same_form_does_not_bring_it_back(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var anna = await zone.Hires("anna", Role.Caseworker);
        using var somebody = zone.Anybody();
        var form = await somebody.Sendable(platform);
        var (reference, code) = Asking.Signs(await Visit.Read(await somebody.Send("", form, [])));
        var entry = await zone.Look(z => z.Set<TrayEntry>().Select(e => e.Id).SingleAsync());
        Assert.Equal("Zzcanary", (await anna.Send(new Open.Query(entry))).Message.GivenName);

        // A draft over what it filled in goes with it.
        var once = Guid.NewGuid();
        await anna.Send(new VictimSupport.Casework.Drafts.Save.Command { Draft = once, Once = once, Turn = 1, Place = $"/Casework/Intakes/Register intake {entry}", Boxes = new Dictionary<string, string[]> { ["Form.Note"] = ["Zzcanary"] } });
        Assert.Equal(1, await zone.Look(z => z.Set<VictimSupport.Casework.Drafts.Draft>().CountAsync(d => d.Gone == null)));

        var erase = await Erase(somebody, reference, code);
        var done = await Visit.Read(await somebody.Send("", erase, []));
        Assert.Equal(0, await zone.Look(z => z.Set<VictimSupport.Casework.Drafts.Draft>().CountAsync(d => d.Gone == null)));
        Assert.Contains("Your request is erased.", done.QuerySelector("main [role=status]")!.TextContent, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Open.Query(entry)));
        // Who sits over the intake that it filled in is told, loses nothing, and keeps nothing of it.
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Registers(Cases.Intake(zone, "", "Zzcanary") with { Tray = entry }));
        Assert.Equal(0, await zone.Look(z => z.Set<VictimSupport.Casework.Dossiers.Dossier>().CountAsync()));
        Assert.Equal(0, (await anna.Send(new Waiting.Query(false, 1))).Total);
        Assert.Equal(0, (await anna.Send(new VictimSupport.Casework.Worklist.Desk.Query())).Tray);
        Assert.Equal("", (await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync())).Message.Value.GivenName);
        Assert.Equal(await Body(somebody, "AAAAAA", "A"), await Body(somebody, reference, code));
        Assert.Contains("Please start again", (await Visit.Read(await somebody.Send("", form, []))).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Your request is erased.", (await Visit.Read(await somebody.Send("", erase, []))).QuerySelector("main [role=status]")!.TextContent, StringComparison.Ordinal); // pressed twice

        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Registers(Cases.Intake(zone, "", "Zzcanary") with { Tray = entry }));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Registers(Cases.Intake(zone, "", "Zzcanary") with { Tray = Guid.NewGuid() }));
        Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(entry));
        Assert.Equal(SlipState.Withdrawn, await zone.Look(z => z.Set<Slip>().Select(s => s.State).SingleAsync()));
        platform.Clock.Advance(TimeSpan.FromHours(27));
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<Slip>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task Withdrawn_after_it_became_a_dossier_the_dossier_stays_and_its_worker_is_told_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var anna = await zone.Hires("anna", Role.Caseworker);
        using var somebody = zone.Anybody();
        var (reference, code) = await somebody.Asks(platform);
        var entry = await zone.Look(z => z.Set<TrayEntry>().Select(e => e.Id).SingleAsync());
        var dossier = await anna.Registers(Cases.Intake(zone, "", "Zzcanary") with { Tray = entry });
        await zone.RunJobs();
        var erase = await Erase(somebody, reference, code);
        await somebody.Send("", erase, []);
        await somebody.Send("", erase, []);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
        Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(entry));
        Assert.Equal("Zzcanary", (await anna.Opens(dossier)).People[0].Name);
        Assert.Equal(1, await zone.Look(z => z.Set<Milestone>().CountAsync(m => m.DossierId == dossier && m.Kind == MilestoneKind.RequestWithdrawn)));
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("request-withdrawn", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(zone, "anna"), letter.To);
        foreach (var secret in new[] { "Zzcanary", zone.Code, reference }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        using var hers = anna.Visit();
        Assert.Contains("The person withdrew their request", (await hers.Page($"/dossiers/{dossier}")).QuerySelector(".vs-timeline")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_names_a_request_to_be_withdrawn_is_good_for_half_an_hour_in_one_zone()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        using var somebody = zone.Anybody();
        using var there = other.Anybody();
        var (reference, code) = await somebody.Asks(platform);
        var erase = await Erase(somebody, reference, code);
        var state = erase.QuerySelector("input[name=state]")!.GetAttribute("value")!;
        await there.Forge("/en/status?handler=Withdraw", ("state", state));
        foreach (var bad in new[] { "", "x", state[..^4] }) await somebody.Forge("/en/status?handler=Withdraw", ("state", bad));
        using var elsewhere = zone.Passer();
        elsewhere.Client.DefaultRequestHeaders.Remove(Visit.FetchSite);
        Assert.Equal(HttpStatusCode.BadRequest, (await elsewhere.Forge("/en/status?handler=Withdraw", ("state", state))).StatusCode);
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Contains("We can show nothing", (await Visit.Read(await somebody.Send("", erase, []))).QuerySelector("main [role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(SlipState.Received, await zone.Look(z => z.Set<Slip>().Select(s => s.State).SingleAsync()));
    }

    [Fact]
    public async Task Codes_are_not_tried_for_long()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var (reference, code) = await somebody.Asks(platform);
        for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.OK, (await Try(somebody, reference, "AAAAAAA" + i)).StatusCode);
        var stopped = await Try(somebody, reference, code);
        Assert.Equal(HttpStatusCode.TooManyRequests, stopped.StatusCode);
        Assert.DoesNotContain("We received", await stopped.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromMinutes(61));
        // Who types what fits is counted nowhere: a shelter stands behind one address.
        for (var i = 0; i < 12; i++) Assert.Equal("We received your request.", await Says(somebody, reference, code));
    }

    private static async Task<string> Says(Visit visit, string reference, string code) => (await Visit.Read(await Try(visit, reference, code))).QuerySelector("main [role=status]")?.TextContent.Trim() ?? "nothing";

    private static async Task<IHtmlFormElement> Erase(Visit visit, string reference, string code) => (await Visit.Read(await Try(visit, reference, code))).QuerySelector<IHtmlFormElement>("main form[action*=Withdraw]")!;

    private static Task<HttpResponseMessage> Try(Visit visit, string reference, string code) => visit.Submit("/en/status", [KeyValuePair.Create("Reference", reference), KeyValuePair.Create("Code", code)]);

    // Without the one-time id that every form bears.
    private static async Task<string> Body(Visit visit, string reference, string code)
    {
        var answer = await Try(visit, reference, code);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Regex.Replace(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "[0-9a-f]{8}-[0-9a-f-]{27}", "", RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
