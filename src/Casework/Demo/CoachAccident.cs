using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Events;

namespace VictimSupport.Casework.Demo;

/// <summary>A coach accident the day before yesterday: a child whom nobody could name at first, a mother who looks for him, somebody who stands in the list twice, and a list that is still being written.</summary>
internal static class CoachAccident
{
    public static async Task Tell(IMediator coordinator, IMediator worker, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        if ((await coordinator.Send(new List.Query(), ct)).Count > 0) return;
        stand(TimeSpan.FromDays(2));
        var now = clock.GetUtcNow();
        var ev = await coordinator.Send(new Edit.Command
        {
            Called = Told.In(language, "Accident d'autocar, Deux-Rives", "Busongeval, Twee Oevers", "Busunfall, Hohenau"), SubKind = "RoadAccident", FactsAt = now.AddHours(-2), Municipality = Told.In(language, "Deux-Rives", "Twee Oevers", "Hohenau"), Until = now.AddDays(14),
            Places = [new Edit.PlaceForm { Kind = EventPlace.ReceptionCentre }, new Edit.PlaceForm { Kind = EventPlace.RelativesCentre }, new Edit.PlaceForm { Kind = EventPlace.Hospital, Called = "Sainte-Preuve" }],
        }, ct);
        var places = (await coordinator.Send(new Show.Query(ev, null, null, null, false, false, 1), ct)).Says.Places;
        foreach (var line in new Add.Command[]
        {
            new() { GivenName = "Hugo", FamilyName = "Exemple", Age = "41", Phone = "0470 11 22 33", State = EventState.Unhurt, Place = places[0].Id, Language = language },
            new() { GivenName = "Katja", FamilyName = "Beispiel", Age = "29", Phone = "0470 44 55 66", State = EventState.LightlyHurt, Place = places[0].Id, Language = "de" },
            new() { Role = EventRole.Injured, Age = "± 8", State = EventState.SeriouslyHurt, Place = places[2].Id, Note = Told.In(language, "Pull rouge, ne parle pas encore.", "Rode trui, spreekt nog niet.", "Roter Pullover, spricht noch nicht.") },
            new() { GivenName = "Catja", FamilyName = "Beispiel", Age = "± 30", Role = EventRole.Injured, State = EventState.LightlyHurt, Place = places[2].Id, Language = "de" },
            new() { GivenName = "Elif", FamilyName = "Voorbeeld", Phone = "0470 77 88 99", Role = EventRole.Relative, Place = places[1].Id, Language = "nl", Seeks = Told.In(language, "son fils Joris Voorbeeld, 8 ans", "haar zoon Joris Voorbeeld, 8 jaar", "ihren Sohn Joris Voorbeeld, 8 Jahre") },
            new() { GivenName = "Simon", FamilyName = "Fictif", Role = EventRole.Helper, Language = "fr" },
        }) await worker.Send(line with { Event = ev }, ct);
        stand(TimeSpan.FromDays(1));
        // The child said his name; that he is the one she looks for is proposed, and for somebody to decide.
        var child = (await worker.Send(new Show.Query(ev, null, null, null, false, false, 1), ct)).Rows.Single(r => r.Line.Number == 3).Line.Id;
        await worker.Send((await worker.Send(new Line.Query(ev, child), ct)).Form with { Event = ev, Line = child, GivenName = "Joris", FamilyName = "Voorbeeld" }, ct);
        stand(TimeSpan.Zero);
    }
}
