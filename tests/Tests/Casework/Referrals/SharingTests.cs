using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Sharings;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>What leaves the team without being a referral is an act: to whom, what, on what ground, who decided, and whether the person was told.</summary>
public sealed class SharingTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_is_noted_once_sealed_and_stands_on_the_timeline(string engine)
    {
        var (zone, anna, dossier) = await Begin(engine);
        var form = await Form(anna, dossier);
        var made = await anna.Send(form);
        Assert.Equal(made, await anna.Send(form));
        var view = await anna.Send(new Show.Query(dossier, made));
        Assert.Equal(("Parquet de Val-Clair", "Un danger immédiat", "Ada Exemple"), (view.Content.Recipient, view.Content.What, view.Persons));
        Assert.False(view.Sharing.Told);
        var page = await anna.Opens(dossier);
        Assert.Single(page.Sharings);
        Assert.Contains(page.Timeline, h => h.Title.Contains(VictimSupport.Casework.Words.Of(SharingGround.Danger), StringComparison.Ordinal));
        using var visit = anna.Visit();
        Assert.Contains("Parquet de Val-Clair", (await visit.Page($"/dossiers/{dossier}/sharings/{made}")).Body!.TextContent, StringComparison.Ordinal);
        // Told, it needs no reason why not; and an order comes late, to a closed dossier too.
        await anna.Closes(dossier);
        var second = await anna.Send(form with { Once = Guid.NewGuid(), Told = true, Ground = SharingGround.ProsecutorsOrder });
        Assert.Null((await anna.Send(new Show.Query(dossier, second))).Content.WhyNotTold);
    }

    [Theory]
    [InlineData("Reason"), InlineData("Recipient"), InlineData("What"), InlineData("DecidedBy"), InlineData("WhyNotTold"), InlineData("Told"), InlineData("Ground"), InlineData("Persons")]
    public async Task What_it_needs_is_asked_for(string field)
    {
        var (_, anna, dossier) = await Begin("sqlite");
        var form = await Form(anna, dossier);
        var lacking = field switch
        {
            "Reason" => form with { Reason = " " },
            "Recipient" => form with { Recipient = "" },
            "What" => form with { What = "" },
            "DecidedBy" => form with { DecidedBy = "" },
            "WhyNotTold" => form with { WhyNotTold = null },
            "Told" => form with { Told = null },
            "Ground" => form with { Ground = null },
            _ => form with { Persons = [] },
        };
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(lacking))).Errors, e => e.PropertyName == field);
        Assert.Empty((await anna.Opens(dossier)).Sharings);
    }

    [Fact]
    public async Task It_is_for_who_changes_dossiers_and_nothing_to_whom_a_wall_keeps_away()
    {
        var (zone, anna, dossier) = await Begin("sqlite");
        var (form, tess) = (await Form(anna, dossier), zone.As(Role.Trainee));
        await zone.Names(dossier, tess.Id);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => tess.Send(form))).Code);
        var made = await anna.Send(form);
        var walled = await zone.Hires("walled", Role.Coordinator);
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5)); // who works here is kept for seconds
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Dossier, Number = (await anna.Opens(dossier)).Dossier.Number });
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Show.Query(dossier, made)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => walled.Send(form with { Once = Guid.NewGuid() }))).Code);
        var other = await anna.Registers(Cases.Intake(zone, "Muster", "Bram"));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Show.Query(other, made)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(form with { Dossier = other, Once = Guid.NewGuid() }))).Code); // nobody of that dossier
    }

    private async Task<(TestZone Zone, Person Anna, Guid Dossier)> Begin(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        return (zone, anna, await anna.Registers(Cases.Intake(zone)));
    }

    private static async Task<Share.Command> Form(Person anna, Guid dossier) => new()
    {
        Dossier = dossier, Once = Guid.NewGuid(), Persons = [await anna.LeadOf(dossier)], Ground = SharingGround.Danger, Recipient = "Parquet de Val-Clair", What = "Un danger immédiat", DecidedBy = "Cora", Reason = "Menaces répétées", Told = false,
        WhyNotTold = "L’auteur lit ses messages", At = anna.Zone.Platform.Clock.GetUtcNow(),
    };
}
