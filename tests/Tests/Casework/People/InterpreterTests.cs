using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Who interprets is nobody of the dossier, and a hit elsewhere says nothing but that there is one.</summary>
public sealed class InterpreterTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_name_of_this_dossier_warns_and_the_perpetrators_is_refused_for_good(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        var asked = new Interpret.Command { Dossier = family.Dossier, Person = family.Mother, Kind = InterpreterKind.Sworn };
        foreach (var author in new[] { "Marc Fictif", "fictif marc" })
            StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Interprets(asked with { Name = author, AllTheSame = true })), "Name");
        var warned = await Assert.ThrowsAsync<ValidationException>(() => worker.Interprets(asked with { Name = "Rosa Fictif" }));
        StandingTests.Fails(warned, "Name");
        Assert.Equal(InterpreterHit.ThisDossier, await worker.Interprets(asked with { Name = "Rosa Fictif", AllTheSame = true }));
        Assert.Equal(InterpreterHit.None, await worker.Interprets(asked with { Name = "Tolk Vertaler", Agency = "Taaldienst" }));
        var view = await worker.Send(new Interpret.Query(family.Dossier, family.Mother));
        Assert.Equal(("Tolk Vertaler", "Taaldienst", worker.Id, false), (view.Form.Name, view.Form.Agency, view.CheckedBy!.Value, view.Again));
        // Somebody joins: the check is older than they are.
        (await platforms.On(engine)).Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Send(new Edit.Command { Dossier = family.Dossier, GivenName = "Nieuw", FamilyName = "Iemand", Capacity = Capacity.Mentioned, Language = "nl" });
        Assert.True((await worker.Send(new Interpret.Query(family.Dossier, family.Mother))).Again);
        await worker.Interprets(asked with { Name = "Tolk Vertaler" });
        Assert.False((await worker.Send(new Interpret.Query(family.Dossier, family.Mother))).Again);
        // Somebody is put right, and bears the name now.
        var rosa = await worker.Send(new Edit.Query(family.Dossier, family.Grandmother, "fr"));
        await worker.Send(rosa with { Dossier = family.Dossier, Person = family.Grandmother, Phone = "0470 99 88 77" });
        Assert.False((await worker.Send(new Interpret.Query(family.Dossier, family.Mother))).Again); // a telephone is no name
        rosa = await worker.Send(new Edit.Query(family.Dossier, family.Grandmother, "fr"));
        await worker.Send(rosa with { Dossier = family.Dossier, Person = family.Grandmother, GivenName = "Tolk", FamilyName = "Vertaler" });
        Assert.True((await worker.Send(new Interpret.Query(family.Dossier, family.Mother))).Again);
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Interprets(asked with { Name = "Tolk Vertaler" })), "Name");
    }

    [Theory, EveryEngine]
    public async Task What_was_not_compared_is_not_said_to_be_checked(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        var asked = new Interpret.Command { Dossier = family.Dossier, Person = family.Mother, Kind = InterpreterKind.Phone };
        await worker.Interprets(asked with { Agency = "Taaldienst" });
        var view = await worker.Send(new Interpret.Query(family.Dossier, family.Mother));
        Assert.Equal((null, false), (view.Checked, view.Again)); // there is no name
        await worker.Interprets(asked with { Name = "Mehdi" });
        view = await worker.Send(new Interpret.Query(family.Dossier, family.Mother));
        Assert.Equal((null, true), (view.Checked, view.Again)); // one word is shared by many
        // Whoever saves over what a colleague saved is shown it first.
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(asked with { Name = "Tolk Vertaler" })), "Name");
    }

    [Theory, EveryEngine]
    public async Task A_hit_elsewhere_warns_only_of_what_the_caseworker_may_see_and_never_says_where(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var own = await worker.Registers(Cases.Intake(zone, "Bekend", "Bea"));
        await zone.As(Role.Caseworker).Registers(Cases.Intake(zone, "Verborgen", "Vic"));
        var asked = new Interpret.Command { Dossier = family.Dossier, Person = family.Mother, Kind = InterpreterKind.Phone };
        var warned = await Assert.ThrowsAsync<ValidationException>(() => worker.Interprets(asked with { Name = "Bea Bekend" }));
        var number = (await worker.Opens(own)).Dossier.Number;
        Assert.DoesNotContain(warned.Errors, e => e.ErrorMessage.Contains(number, StringComparison.Ordinal));
        Assert.Equal(InterpreterHit.AnotherDossier, await worker.Interprets(asked with { Name = "Bea Bekend", AllTheSame = true }));
        Assert.Equal(InterpreterHit.None, await worker.Interprets(asked with { Name = "Vic Verborgen" })); // a colleague's alone: a warning would tell of it
        Assert.Equal(InterpreterHit.None, await worker.Interprets(asked with { Name = "Bekend" })); // one word is shared by many
        Assert.DoesNotContain("Verborgen", await zone.Look(async z => string.Join('\n', await z.Set<VictimSupport.Foundation.Audit.AuditRow>().Select(a => a.Payload).ToListAsync())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_a_kind_is_told_at_the_field()
    {
        var (_, worker, family) = await Family.In(await platforms.On("sqlite"));
        using var visit = worker.Visit();
        var path = $"/dossiers/{family.Dossier}/people/{family.Mother}/interpreter";
        var wrong = await Visit.Read(await visit.Submit(path, [new("Form.Name", "Tolk Vertaler")]));
        Assert.Equal("Tolk Vertaler", wrong.QuerySelector("[name='Form.Name']")!.GetAttribute("value"));
        Assert.NotNull(wrong.QuerySelector(".govuk-error-summary"));
        await visit.Submit(path, [new("Form.Kind", "Present"), new("Form.Name", "Tolk Vertaler")]);
        Assert.Contains("interpreter present Tolk Vertaler", string.Join(' ', (await visit.Page($"/dossiers/{family.Dossier}")).Body!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}

internal static class Interpreting
{
    /// <summary>Saves who interprets, over what holds now.</summary>
    public static async Task<InterpreterHit> Interprets(this Kit.Person by, Interpret.Command asked) => await by.Send(asked with { Version = (await by.Send(new Interpret.Query(asked.Dossier, asked.Person))).Form.Version });
}
