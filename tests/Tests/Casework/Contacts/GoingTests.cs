using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Who goes to an appointment sees what it is for, and hears of it when they do not go after all.</summary>
public sealed class GoingTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Whoever_goes_sees_the_dossier_until_a_week_after_and_whoever_goes_no_more_does_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Caseworker));
        var dossier = await bert.Registers(Cases.Intake(zone));
        var plan = await bert.Appointment(zone, dossier) with { Place = Place.Home, Worker = anna.Id, Companion = cora.Id, Despite = true };
        Assert.False(await anna.Sees(dossier));
        var id = await bert.Send(plan);
        Assert.True(await anna.Sees(dossier) && await cora.Sees(dossier));
        Assert.NotNull(Assert.Single((await anna.Send(new Week.Query(VictimSupport.Design.Html.Moment.Day(plan.At!.Value), anna.Id, false))).Rows).Seen);
        // Companions change; another appointment of the same week keeps who goes to it.
        await bert.Send(plan with { Contact = id, Companion = bert.Id, Version = 1 });
        Assert.False(await cora.Sees(dossier));
        var other = await bert.Send(plan with { At = plan.At!.Value.AddDays(2), Companion = null });
        await bert.Cancels(dossier, other, CancelReason.ByTheService);
        Assert.True(await anna.Sees(dossier));
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await anna.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        Assert.True(await anna.Send(new HomeVisit.Out(dossier, id)));
        platform.Clock.Advance(TimeSpan.FromDays(7));
        Assert.True(await anna.Sees(dossier)); // to write it down
        platform.Clock.Advance(TimeSpan.FromHours(2));
        Assert.False(await anna.Sees(dossier));
    }

    [Theory, EveryEngine]
    public async Task A_dossier_that_is_given_away_during_a_visit_lets_its_visitor_out(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossier = await bert.Registers(Cases.Intake(zone));
        await chief.Send(new Assign.Command(dossier, anna.Id));
        var id = await anna.Send(await anna.Appointment(zone, dossier) with { Place = Place.Home, Despite = true });
        Assert.Empty(await Grants(zone, dossier)); // it is hers
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await anna.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        await chief.Send(new Assign.Command(dossier, bert.Id));
        Assert.True(await anna.Send(new HomeVisit.Out(dossier, id)));
        var grant = Assert.Single(await Grants(zone, dossier));
        Assert.Equal((anna.Id, chief.Id, GrantKind.Going), (grant.Account, grant.By, grant.Kind));
        // Whoever works here no more is not let in when they are hired again.
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.End", zone.Id, async c =>
        {
            (await c.Set<VictimSupport.Zones.Staff.RoleGrant>().SingleAsync(g => g.Account == anna.Id)).End(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        await zone.RunRound();
        Assert.False(Assert.Single(await Grants(zone, dossier)).Counts(platform.Clock.GetUtcNow()));
    }

    [Theory, EveryEngine]
    public async Task Nobody_is_let_in_past_a_wall_a_seal_or_a_choice_of_readers(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossier = await bert.Registers(Cases.Intake(zone));
        await chief.Protects(dossier, Protection.Restricted, bert.Id);
        var plan = await bert.Appointment(zone, dossier) with { Worker = anna.Id, Despite = true };
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => bert.Send(plan)); // whom to let in is not his to say
        var id = await chief.Send(plan);
        Assert.True(await anna.Sees(dossier));
        await chief.Protects(dossier, Protection.Sealed, bert.Id, chief.Id);
        Assert.False(await anna.Sees(dossier));
        await chief.Protects(dossier, Protection.None);
        Assert.True(await anna.Sees(dossier));
        // Taken off the readers she stays off, whatever whoever has it does.
        await chief.Protects(dossier, Protection.Restricted, bert.Id);
        await bert.Send(plan with { Worker = bert.Id, At = plan.At!.Value.AddDays(1) });
        Assert.False(await anna.Sees(dossier));
        await chief.Protects(dossier, Protection.None);
        await zone.WallsOff(anna, dossier);
        Assert.False(await anna.Sees(dossier));
        await chief.Send(plan with { Contact = id, Worker = bert.Id, Version = 1 });
        Assert.DoesNotContain(await Grants(zone, dossier), g => g.Kind == GrantKind.Going && g.Counts(zone.Platform.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Whoever_gives_away_what_let_them_in_is_led_to_their_list_and_a_caseload_that_goes_tells_once()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossier = await bert.Registers(Cases.Intake(zone));
        var plan = await bert.Appointment(zone, dossier) with { Worker = anna.Id, Despite = true };
        var (first, second) = (await bert.Send(plan), await bert.Send(plan with { At = plan.At!.Value.AddDays(1) }));
        // Along with herself nobody goes: what would be passed on to whoever goes already stays, and is not taken back either.
        var both = await bert.Send(plan with { At = plan.At!.Value.AddDays(2), Worker = bert.Id, Companion = anna.Id });
        var turn = await chief.Send(new HandOver.Command { From = anna.Id, Meetings = [.. new[] { first, second, both }.Select(m => new HandOver.Meeting { Dossier = dossier, Contact = m, To = bert.Id })] });
        Assert.True(await chief.Send(new HandOne.Command(turn.Id, dossier)));
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "anna"), Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("appointment-changed", StringComparison.Ordinal)).To);
        Assert.True(await chief.Send(new TakeBack.Command(turn.Id, dossier)));
        Assert.Equal((bert.Id, anna.Id), await zone.Look(z => z.Set<Contact>().Where(c => c.Id == both).Select(c => new ValueTuple<Guid, Guid>(c.Worker!.Value, c.Companion!.Value)).SingleAsync()));
        await bert.Cancels(dossier, second, CancelReason.ByTheService);
        await bert.Cancels(dossier, both, CancelReason.ByTheService);

        using var hers = anna.Visit();
        var answer = await hers.Submit($"/dossiers/{dossier}/appointments/{first}/cancel", [KeyValuePair.Create("Form.Reason", nameof(CancelReason.ByThePerson))]);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/worklist", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.False(await anna.Sees(dossier));
    }

    [Fact]
    public async Task Whoever_thought_they_would_go_is_told_once_that_it_was_cancelled_moved_or_given_away()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzkanarie", "Quirien"));
        var plan = await anna.Appointment(zone, dossier) with { Despite = true };
        var id = await anna.Send(plan);
        await chief.Send(plan with { Contact = id, Version = 1, Note = "bring the form" });
        Assert.Empty(await Told()); // nothing that she would go by
        await chief.Send(plan with { Contact = id, Version = 2, At = plan.At!.Value.AddDays(1) });
        Assert.Equal(["anna"], await Told());
        await chief.Send(plan with { Contact = id, Version = 3, At = plan.At!.Value.AddDays(1), Worker = bert.Id, Companion = chief.Id });
        Assert.Equal(["anna", "anna"], await Told());
        await bert.Send(plan with { Contact = id, Version = 4, At = plan.At!.Value.AddDays(1), Worker = bert.Id, Companion = anna.Id });
        Assert.Equal(["anna", "anna", "chief"], await Told());
        await chief.Cancels(dossier, id, CancelReason.NotSafe);
        Assert.Equal(["anna", "anna", "anna", "bert", "chief"], await Told());
        Assert.All(Letters(), letter => Assert.DoesNotContain(new[] { "Zzkanarie", "Quirien", zone.Code }, secret => (letter.Subject + letter.Text).Contains(secret, StringComparison.OrdinalIgnoreCase)));

        async Task<IEnumerable<string>> Told()
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
            return new[] { "anna", "bert", "chief" }.SelectMany(n => Letters().Where(l => l.To == Staff.AddressOf(zone, n)).Select(_ => n));
        }

        IEnumerable<VictimSupport.Foundation.Mail.Letter> Letters() => platform.Post.Letters.Where(l => l.Key.StartsWith("appointment-changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_is_put_down_for_an_appointment_by_somebody_else_hears_of_it_once()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzkanarie", "Quirien"));
        var plan = await anna.Appointment(zone, dossier) with { Despite = true, At = platform.Clock.GetUtcNow().AddDays(3) };
        var id = await anna.Send(plan);
        Assert.Empty(await Told()); // her own
        await anna.Send(plan with { Contact = id, Version = 1, Companion = bert.Id });
        Assert.Equal(["bert"], await Told());
        await anna.Send(plan with { Contact = id, Version = 2, Companion = bert.Id, Note = "bring the form" });
        Assert.Equal(["bert"], await Told());
        await anna.Send(plan with { Contact = id, Version = 3, Worker = bert.Id }); // now he goes alone
        Assert.Equal(["bert", "bert"], await Told());
        await chief.Send(plan with { At = plan.At!.Value.AddDays(1), Companion = chief.Id });
        Assert.Equal(["anna", "bert", "bert"], await Told());
        Assert.All(Letters(), letter => Assert.DoesNotContain(new[] { "Zzkanarie", "Quirien", zone.Code }, secret => (letter.Subject + letter.Text).Contains(secret, StringComparison.OrdinalIgnoreCase)));

        // Of today they hear as everybody does of today.
        await chief.Send(plan with { At = platform.Clock.GetUtcNow().AddMinutes(90) });
        Assert.Equal(["anna", "bert", "bert"], await Told());
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith("appointment-today", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "anna"));

        async Task<IEnumerable<string>> Told()
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
            return new[] { "anna", "bert", "chief" }.SelectMany(n => Letters().Where(l => l.To == Staff.AddressOf(zone, n)).Select(_ => n));
        }

        IEnumerable<VictimSupport.Foundation.Mail.Letter> Letters() => platform.Post.Letters.Where(l => l.Key.StartsWith("appointment-given", StringComparison.Ordinal));
    }

    private static Task<List<Grant>> Grants(TestZone zone, Guid dossier) => zone.Look(z => z.Set<Grant>().AsNoTracking().Where(g => g.DossierId == dossier).ToListAsync());
}
