using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Facts = VictimSupport.Casework.Dossiers.Facts;
using Opened = VictimSupport.Casework.Dossiers.Opened;
using Correct = VictimSupport.Casework.Countersign.Correct;
using Record = VictimSupport.Casework.Contacts.Record;
using Waiting = VictimSupport.Casework.Countersign.Waiting;

namespace VictimSupport.Tests.Casework;

public sealed class CountersignTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task What_a_trainee_writes_counts_once_it_is_countersigned(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, mila, dossier) = await Named(zone);
        await mila.Send(new Write.Command { Dossier = dossier, Persons = [await mila.LeadOf(dossier)], Layer = Layer.Assistance, Text = "A first note" });
        var contact = await mila.Send(await mila.Contact(zone, dossier));
        var view = await anna.Opens(dossier);
        Assert.Equal(2, view.Timeline.Count(h => h.Signed?.Signing == Signing.Waiting));
        Assert.True(view.MaySign);
        Assert.Equal(((DateTimeOffset?)null, ActKind.FirstContact), (view.Dossier.FirstContact, Assert.Single(view.Planned).Kind)); // not in the figures, and still to be done
        Assert.Equal((2, 0), (await Waits(anna), await Waits(mila)));

        var note = view.Timeline.Single(h => h.Text == "A first note").Signed!.Id;
        foreach (var id in new[] { note, contact }) await anna.Signs(dossier, id);
        view = await anna.Opens(dossier);
        Assert.All(view.Timeline.Where(h => h.Signed is not null), h => Assert.Equal((Signing.Signed, (Guid?)anna.Id), (h.Signed!.Signing, h.Signed.SignedBy)));
        Assert.NotNull(view.Dossier.FirstContact);
        Assert.Empty(view.Planned);
        Assert.Contains(view.Accounts, a => a == anna.Id);
        Assert.Equal(0, await Waits(anna));
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act == "Casework.Countersign.Sign" && r.Subject == dossier && r.Actor == anna.Id);
    }

    [Theory, EveryEngine]
    public async Task A_stand_in_signs_in_the_dossier_given_to_them_and_in_no_other(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (_, mila, dossier) = await Named(zone);
        var (_, other, elsewhere) = await Named(zone);
        var standIn = await zone.Hires("standin", Role.OutsideStandIn);
        await zone.Gives(dossier, standIn.Id);
        var contact = await mila.Send(await mila.Contact(zone, dossier));
        var theirs = await other.Send(await other.Contact(zone, elsewhere));
        Assert.Equal(1, await Waits(standIn));
        Assert.True((await standIn.Opens(dossier)).MaySign);
        await Assert.ThrowsAsync<RefusedException>(() => standIn.Send(new Sign.Command(elsewhere, theirs, 0)));
        await standIn.Signs(dossier, contact);
        Assert.Equal(0, await Waits(standIn));
    }

    [Theory, EveryEngine]
    public async Task Given_back_with_a_remark_it_is_corrected_and_waits_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, mila, dossier) = await Named(zone);
        var contact = await mila.Send(await mila.Contact(zone, dossier) with { Note = "Wrong length" });
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(new Return.Command { Dossier = dossier, Entry = contact, Remark = " " }));
        await anna.Send(new Return.Command { Dossier = dossier, Entry = contact, Remark = "An hour, I think", Version = (await anna.Send(new Sign.Query(dossier, contact))).Version });
        Assert.Equal((0, 1), (await Waits(anna), await Waits(mila)));
        var form = await mila.Send(new Correct.Query(dossier, contact));
        Assert.Equal(((string?)"An hour, I think", (int?)20), (form.Remark, form.Form.Minutes));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => mila.Send(form.Form with { Dossier = dossier, Entry = contact, Services = [] }));
        await mila.Send(form.Form with { Dossier = dossier, Entry = contact, Minutes = 60, Text = "Right length" });
        Assert.Equal((1, 0), (await Waits(anna), await Waits(mila)));
        var shown = await anna.Send(new Sign.Query(dossier, contact));
        Assert.Equal(("Right length", 60, true), (shown.Text, shown.Minutes, shown.Held));
        await anna.Signs(dossier, contact);
        await Refused(mila.Send(form.Form with { Dossier = dossier, Entry = contact })); // what counts is no draft any more
        await Refused(anna.Send(new Return.Command { Dossier = dossier, Entry = contact, Remark = "too late" }));
    }

    [Theory, EveryEngine]
    public async Task A_second_name_stands_only_under_what_was_read(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, mila, dossier) = await Named(zone);
        var contact = await mila.Send(await mila.Contact(zone, dossier) with { Note = "As it was read" });
        var read = await anna.Send(new Sign.Query(dossier, contact));
        var form = await mila.Send(new Correct.Query(dossier, contact));
        await mila.Send(form.Form with { Dossier = dossier, Entry = contact, Text = "As nobody read it" });
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(new Sign.Command(dossier, contact, read.Version)));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(new Return.Command { Dossier = dossier, Entry = contact, Remark = "Why?", Version = read.Version }));
        Assert.Equal(Signing.Waiting, (await zone.Look(z => z.Set<Contact>().SingleAsync(c => c.Id == contact))).Signing);
        await anna.Signs(dossier, contact);
        Assert.Equal(Signing.Signed, (await zone.Look(z => z.Set<Contact>().SingleAsync(c => c.Id == contact))).Signing);
    }

    [Theory, EveryEngine]
    public async Task Only_who_answers_for_the_dossier_signs_and_nobody_for_himself(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, mila, dossier) = await Named(zone);
        var (cora, bert, onCall) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker), zone.As(Role.OnCall));
        await mila.Send(new Write.Command { Dossier = dossier, Persons = [await mila.LeadOf(dossier)], Layer = Layer.Assistance, Text = "x" });
        var note = await zone.Look(z => z.Set<Note>().Select(n => n.Id).SingleAsync());
        await anna.Send(new Write.Command { Dossier = dossier, Persons = [await mila.LeadOf(dossier)], Layer = Layer.Assistance, Text = "hers" });
        var hers = await zone.Look(z => z.Set<Note>().Where(n => n.By == anna.Id).Select(n => n.Id).SingleAsync());
        var risen = zone.As(mila.Id, Role.Trainee, Role.Coordinator); // she rose meanwhile
        foreach (var nobody in new[] { mila, bert, onCall, risen }) await Refused(nobody.Send(new Sign.Command(dossier, note, 0)));
        foreach (var id in new[] { hers, Guid.NewGuid() })
        {
            await Refused(anna.Send(new Sign.Command(dossier, id, 0)));
            await Refused(mila.Send(new Correct.Query(dossier, id)));
        }
        await Refused(anna.Send(new Correct.Query(dossier, note)));
        // Nobody's dossier: a colleague may open it, and does not answer for it.
        await anna.Send(new Assign.Command(dossier, null));
        Assert.False((await bert.Opens(dossier)).MaySign);
        await Refused(bert.Send(new Sign.Command(dossier, note, 0)));
        Assert.Equal((0, 1), (await Waits(bert), await Waits(cora)));
        Assert.Equal(note, Assert.Single((await cora.Send(new Waiting.Query())).ToSign).Entry);
        Assert.Empty((await bert.Send(new Waiting.Query())).ToSign);
        await cora.Signs(dossier, note);
        Assert.False(await zone.As(Role.Coordinator).Send(new Sign.Command(dossier, note, 0))); // the first name stands
        Assert.Equal(cora.Id, await zone.Look(z => z.Set<Note>().Where(n => n.Id == note).Select(n => n.SignedBy).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_trainee_reads_and_writes_and_changes_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (_, mila, dossier) = await Named(zone);
        var (lead, act) = (await mila.LeadOf(dossier), (await mila.Opens(dossier)).Planned[0].Id);
        await Refused(mila.Send(new Facts.Command { Dossier = dossier }));
        await Refused(mila.Send(new Facts.Query(dossier)));
        await Refused(mila.Send(new Edit.Command { Dossier = dossier, Person = lead }));
        await Refused(mila.Send(new Safe.Command { Dossier = dossier, Person = lead }));
        await Refused(mila.Send(new StillGood.Command(dossier, lead, 0)));
        await Refused(mila.Send(new Complete.Command(act)));
        await Refused(mila.Send(new VictimSupport.Casework.Worklist.PostponeTo.Command(act, default, default)));
        await Refused(mila.Send(new Close.Command { Dossier = dossier, Reason = ClosingReason.NeedsMet, Outcome = Outcome.Supported }));
        await Refused(mila.Send(new Reopen.Command(dossier)));
        await Refused(mila.Send(new Assign.Command(dossier, mila.Id)));
        await Refused(mila.Send(Cases.Intake(zone)));
        await Refused(mila.Send(new Register.Check()));
        await Refused(mila.Send(new Opened.Query(dossier, null)));
        Assert.False(AccessMatrix.Allows(May.BreakGlass, [Role.Trainee]));
        // Of other dossiers there is nothing.
        var other = await zone.As(Role.OnCall).Registers(Cases.Intake(zone, "Muster", "Bram"));
        await Refused(mila.Opens(other));
        Assert.Equal([dossier], (await mila.Send(new Mine.Query(Tab.Team, 1))).Rows.Select(r => r.Dossier));
        Assert.Empty((await mila.Send(new Search.Query { Text = "Muster" })).Rows);

        using var visit = mila.Visit();
        var page = await visit.Page($"/dossiers/{dossier}");
        foreach (var closed in new[] { "/facts", "/people", "/close", "/safe-contact", "/opened", "/done" })
        {
            Assert.Null(page.QuerySelector($"main a[href*='{closed}'], main form[action*='{closed}']"));
            if (closed is not "/people" and not "/safe-contact" and not "/done") Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{dossier}{closed}")).StatusCode);
        }
        Assert.NotNull(page.QuerySelector(".vs-composer"));
        Assert.Null((await visit.Page("/worklist?tab=Team")).QuerySelector("main button, main a[href$='/intake']"));
    }

    [Fact]
    public async Task The_pages_lead_from_writing_to_signing()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, mila, dossier) = await Named(zone);
        using var hers = mila.Visit();
        using var his = anna.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Submit($"/dossiers/{dossier}", new Dictionary<string, string> { ["Form.Text"] = "Trainee words" }, ".vs-composer form")).StatusCode);
        Assert.Contains("not countersigned", (await hers.Page($"/dossiers/{dossier}")).QuerySelector(".vs-timeline")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1 to countersign", (await his.Page("/worklist")).Body!.TextContent, StringComparison.Ordinal);
        var sign = (await his.Page("/countersign")).QuerySelector("main td a")!.GetAttribute("href")!;
        Assert.Contains("Trainee words", (await his.Page(sign)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var again = await his.Submit(sign, new Dictionary<string, string> { ["Form.Remark"] = "" }, "form[action*='Return']");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await his.Submit(sign, new Dictionary<string, string> { ["Form.Remark"] = "Say more" }, "form[action*='Return']")).StatusCode);
        var correct = (await hers.Page("/countersign")).QuerySelector("main td a")!.GetAttribute("href")!;
        Assert.Contains("Say more", (await hers.Page(correct)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hers.Submit(correct, new Dictionary<string, string> { ["Form.Text"] = " " })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Submit(correct, new Dictionary<string, string> { ["Form.Text"] = "More words" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await his.Submit(sign, new Dictionary<string, string>(), "main form:not([action])")).StatusCode);
        Assert.Contains("Countersigned by", (await his.Page($"/dossiers/{dossier}")).QuerySelector(".vs-timeline")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caseworkers_own_entries_need_no_second_name()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker, Role.Trainee);
        var dossier = await anna.Registers(Cases.Intake(zone) with { Note = "x" });
        await anna.Send(await anna.Contact(zone, dossier));
        Assert.All((await anna.Opens(dossier)).Timeline, h => Assert.Null(h.Signed));
        Assert.NotNull((await anna.Opens(dossier)).Dossier.FirstContact);
    }

    private static async Task<int> Waits(Tests.Kit.Person who) => (await who.Send(new Desk.Query())).Unsigned;
    private static Task<RefusedException> Refused(Task sent) => Assert.ThrowsAsync<RefusedException>(() => sent);

    /// <summary>A caseworker's dossier that a trainee is named to.</summary>
    private static async Task<(Tests.Kit.Person Worker, Tests.Kit.Person Trainee, Guid Dossier)> Named(TestZone zone)
    {
        var (anna, mila) = (zone.As(Role.Caseworker), zone.As(Role.Trainee));
        var dossier = await anna.Registers(Cases.Intake(zone));
        await zone.Names(dossier, mila.Id);
        return (anna, mila, dossier);
    }
}
