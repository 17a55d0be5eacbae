using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Casework.People.Person;

namespace VictimSupport.Tests.Casework;

public sealed class RegisterTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task An_intake_makes_a_dossier_with_its_person_first_act_message_and_record(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var before = zone.Platform.Clock.GetUtcNow();
        var id = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56") with { Note = "asked for a call" });
        var view = await worker.Opens(id);
        Assert.Equal(worker.Id, view.Dossier.AssignedTo);
        Assert.Equal("Ada Exemple", Assert.Single(view.People).Name);
        Assert.Equal(Rule.Safe, view.People[0].Safe.Call);
        Assert.Equal(Rule.NotAsked, view.People[0].Safe.Letter);
        var act = Assert.Single(view.Planned);
        Assert.Equal(ActKind.FirstContact, act.Kind);
        Assert.Equal(before.AddHours(48), act.DueAt, TimeSpan.FromMinutes(2));
        Assert.Equal(act.DueAt, view.Dossier.NextDue);
        Assert.Contains(view.Timeline, h => h.Text == "asked for a call");
        Assert.Equal("dossier-opened", (await zone.Look(z => z.Set<OutboxMessage>().SingleAsync(m => m.About == id))).Kind);
        var record = await zone.Look(z => z.Set<AuditRow>().SingleAsync(r => r.Act == "Casework.Intakes.Register"));
        Assert.Equal((id, worker.Id), (record.Subject, record.Actor));
        Assert.Contains("intake", record.Payload, StringComparison.Ordinal);
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act.StartsWith("Casework.Dossiers.ShowView", StringComparison.Ordinal) && r.Subject == id);
    }

    [Theory]
    [InlineData("DeathNotification", (int)Capacity.Relative)]
    [InlineData("Homicide", (int)Capacity.Relative)]
    [InlineData("Burglary", (int)Capacity.Victim)]
    public async Task The_capacity_is_preset_by_the_facts(string subKind, int capacity)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var view = await worker.Opens(await worker.Registers(Cases.Intake(zone, subKind: subKind)));
        Assert.Equal((Capacity)capacity, view.People[0].Person.Capacity);
    }

    [Fact]
    public async Task Somebody_whose_name_is_unknown_can_be_registered()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.OnCall);
        var view = await worker.Opens(await worker.Registers(Cases.Intake(zone, "", "") with { Unknown = true }));
        Assert.Equal("–", view.People[0].Name);
        Assert.Null(view.Dossier.AssignedTo); // whoever is on call hands over
    }

    public static TheoryData<string> Faults => ["name", "future", "past", "phone", "rule", "facts", "language", "trigger", "long family name", "long given name", "long place", "long note", "long phone", "mentioned capacity", "forged capacity", "forged rule", "forged trigger"];

    [Theory, MemberData(nameof(Faults))]
    public async Task What_is_wrong_is_said_and_nothing_is_saved(string fault)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (good, now) = (Cases.Intake(zone), zone.Platform.Clock.GetUtcNow());
        var (bad, field) = fault switch
        {
            "name" => (good with { FamilyName = " ", GivenName = "" }, "FamilyName"),
            "future" => (good with { When = now.AddDays(1) }, "When"),
            "past" => (good with { When = now.AddYears(-70) }, "When"),
            "phone" => (good with { Phone = "12", Safe = Rule.Safe }, "Phone"),
            "rule" => (good with { Phone = "0470 12 34 56" }, "Safe"),
            "facts" => (good with { SubKind = "Nothing" }, "SubKind"),
            "language" => (good with { Language = "xx" }, "Language"),
            "trigger" => (good with { Trigger = null }, "Trigger"),
            "long family name" => (good with { FamilyName = new string('x', 10_000) }, "FamilyName"),
            "long given name" => (good with { GivenName = new string('x', 10_000) }, "GivenName"),
            "long place" => (good with { Municipality = new string('x', 10_000) }, "Municipality"),
            "long note" => (good with { Note = new string('x', 20_001) }, "Note"),
            "long phone" => (good with { Phone = new string('4', 10_000), Safe = Rule.Safe }, "Phone"),
            "mentioned capacity" => (good with { Capacity = Capacity.AllegedAuthor }, "Capacity"),
            "forged capacity" => (good with { Capacity = (Capacity)77 }, "Capacity"),
            "forged rule" => (good with { Safe = (Rule)77 }, "Safe"),
            _ => (good with { Trigger = (Trigger)77 }, "Trigger"),
        };
        var refused = await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.Caseworker).Send(bad));
        Assert.Contains(refused.Errors, e => e.PropertyName == field);
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task The_same_form_sent_again_makes_one_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, intake) = (zone.As(Role.Caseworker), Cases.Intake(zone) with { Once = Guid.NewGuid() });
        Assert.Equal(await worker.Registers(intake), await worker.Registers(intake));
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task The_same_form_sent_eight_times_at_once_makes_one_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, intake) = (zone.As(Role.Caseworker), Cases.Intake(zone) with { Once = Guid.NewGuid() });
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => worker.Registers(intake))));
        Assert.Single(made.Distinct());
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
        Assert.Equal(1, await zone.Look(z => z.Set<Person>().CountAsync()));
    }

    [Theory]
    [InlineData(Role.Trainee), InlineData(Role.FrontDesk), InlineData(Role.ZoneAdministrator), InlineData(Role.DataProtectionOfficer)]
    public async Task Who_opens_no_call_outs_registers_nothing(Role role)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(role).Send(Cases.Intake(zone)));
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }
}
