using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Events;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>A collective event and lines in its list: what tests of events begin with.</summary>
internal static class Happenings
{
    /// <summary>A coach accident that is under way for two weeks; a test changes what it is about.</summary>
    public static Edit.Command Opening(TestZone zone) => new()
    {
        Called = "Autocar E411", SubKind = "RoadAccident", FactsAt = zone.Platform.Clock.GetUtcNow().AddHours(-1), Municipality = "Val-Clair", Until = zone.Platform.Clock.GetUtcNow().AddDays(14), OfficialReport = "BR.30.L1.000777/2026",
        Places = [new Edit.PlaceForm { Kind = EventPlace.ReceptionCentre }, new Edit.PlaceForm { Kind = EventPlace.Hospital, Called = "Sainte-Preuve" }],
    };

    public static Add.Command Somebody(Guid ev, string given = "Ada", string family = "Exemple") => new() { Event = ev, GivenName = given, FamilyName = family, Role = EventRole.Involved };

    public static Add.Command Nameless(Guid ev) => new() { Event = ev, Role = EventRole.Injured, State = EventState.SeriouslyHurt };

    /// <summary>The rows as they lie in the zone, in the order of their numbers.</summary>
    public static Task<List<EventLine>> Lines(TestZone zone, Guid ev) => zone.Look(z => z.Set<EventLine>().AsNoTracking().Where(l => l.EventId == ev).OrderBy(l => l.Number).ToListAsync());

    public static Task<Show.Answer> Reads(this Person by, Guid ev) => by.Send(new Show.Query(ev, null, null, null, false, false, 1));

    public static async Task<Guid> LineOf(this Person by, Guid ev, int number) => (await by.Reads(ev)).Rows.Single(r => r.Line.Number == number).Line.Id;

    /// <summary>Opens the line and saves it over what it says now.</summary>
    public static async Task Corrects(this Person by, Guid ev, Guid line, Func<Line.Command, Line.Command> how) => await by.Send(how((await by.Send(new Line.Query(ev, line))).Form) with { Event = ev, Line = line });

    public static Task<bool> Says(this Person by, Guid ev, Guid line, Relation how, Guid other) => by.Send(new Relate.Command { Event = ev, Line = line, Other = other, How = how });
}
