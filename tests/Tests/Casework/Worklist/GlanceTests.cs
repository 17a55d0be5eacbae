using AngleSharp.Dom;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>A list says of somebody what the gate would say: a never of elsewhere, and what is to be asked again.</summary>
public sealed class GlanceTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_worklist_and_the_week_say_never_where_it_was_said_elsewhere(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada", phone: "0470 12 34 56");
        var free = await worker.Knows(zone, "Rue 2", "Voorbeeld", "Bo", phone: "0470 65 43 21");
        foreach (var (where, who) in new[] { (dossier, person), free }) await worker.Agrees(where, who, r => r with { Call = Rule.Safe, Visit = Rule.Safe });
        await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home });
        using var visit = worker.Visit();
        Assert.Equal(("Call: safe", "Call: safe Visit: safe"), (await Row(visit, dossier), await Meeting(visit, dossier)));
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Exemple", "Ada", phone: "0470 12 34 56");
        await colleague.Agrees(another, same, r => r with { Call = Rule.Never, Visit = Rule.Never });
        Assert.Equal(("Call: never", "Call: never Visit: never"), (await Row(visit, dossier), await Meeting(visit, dossier)));
        Assert.Equal("Call: safe", await Row(visit, free.Dossier)); // nobody else's
        Assert.DoesNotContain(another.ToString(), (await visit.Page("/worklist")).DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Rule.Never, (await worker.Send(new Mine.Query(Tab.Mine, 1))).Rows.Single(r => r.Dossier == dossier).Reach!.Of(Channel.Call));
        // Somebody else at the same telephone closes it, and it is not told as theirs.
        var (there, other) = await colleague.Knows(zone, "Rue 2", "Muster", "Cleo", phone: "0470 65 43 21");
        await colleague.Agrees(there, other, r => r with { Call = Rule.Never });
        Assert.Equal("Call: not at this number", await Row(visit, free.Dossier));
    }

    [Theory, EveryEngine]
    public async Task What_is_older_than_a_fortnight_or_from_before_violence_is_to_be_asked_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.OnlyIf, Hours = "evenings" });
        await worker.Send(await worker.Appointment(zone, dossier) with { At = platform.Clock.GetUtcNow().AddDays(15).AddHours(2) });
        using var visit = worker.Visit();
        Assert.Equal("Call: only if", await Row(visit, dossier));
        platform.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal(("Call: only if Ask again.", "Call: only if Ask again."), (await Row(visit, dossier), await Meeting(visit, dossier)));
        await worker.Agrees(dossier, person, r => r with { Call = Rule.OnlyIf });
        Assert.Equal(("Call: only if", "Call: only if"), (await Row(visit, dossier), await Meeting(visit, dossier)));
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await colleague.Registers(Cases.Intake(zone, subKind: "PartnerViolence"));
        Assert.Equal(("Call: only if Ask again.", "Call: only if Ask again."), (await Row(visit, dossier), await Meeting(visit, dossier)));
    }

    [Fact]
    public async Task Outside_the_hours_and_where_the_author_may_answer_the_list_says_so()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var clock = TimeOnly.FromDateTime(Moment.Local(platform.Clock.GetUtcNow()));
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, From = clock.AddHours(2), Until = clock.AddHours(4), WhoMayAnswer = "Marc Fictif" });
        using var visit = worker.Visit();
        Assert.Equal("Call: safe Outside the hours that were agreed.", await Row(visit, dossier));
        platform.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("Call: safe", await Row(visit, dossier));
        await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Equal("Call: not asked", await Row(visit, dossier));
    }

    [Theory, EveryEngine]
    public async Task The_week_names_those_whom_an_appointment_concerns_each_with_their_rules_and_the_dangers(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var second = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Relative, Language = "nl" });
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        await worker.Agrees(dossier, second, r => r with { Call = Rule.Never });
        await worker.Endangers(dossier, Danger.DangerousDog);
        await worker.Send(await worker.Appointment(zone, dossier) with { Persons = [second] });
        var row = Assert.Single((await worker.Send(new Week.Query(new DateOnly(2026, 11, 23), null, false))).Rows);
        Assert.Equal(("B.V.", Rule.Never), (row.Seen!.Initials, Assert.Single(row.Seen.People).Of(Channel.Call)));
        using var visit = worker.Visit();
        var cell = (await visit.Page("/agenda?week=2026-W48")).QuerySelectorAll("tbody tr").Single().TextContent;
        foreach (var said in new[] { "B.V.", "Call: never", "dog" }) Assert.Contains(said, cell, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("A.E.", cell, StringComparison.Ordinal);
        Assert.DoesNotContain("Visit:", cell, StringComparison.Ordinal); // in the office
    }

    private static Task<string> Row(Visit visit, Guid dossier) => Badges(visit, "/worklist", dossier, "td:nth-child(4) .vs-badge");

    private static Task<string> Meeting(Visit visit, Guid dossier) => Badges(visit, "/agenda", dossier, "td .vs-badge");

    private static async Task<string> Badges(Visit visit, string page, Guid dossier, string which) =>
        string.Join(' ', (await visit.Page(page)).QuerySelectorAll("tbody tr").Single(r => r.QuerySelector($"a[href$='/dossiers/{dossier}']") is not null).QuerySelectorAll(which).Select(b => b.TextContent.Trim()));
}
