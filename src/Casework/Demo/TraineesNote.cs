using MediatR;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>A trainee is named to a burglary and writes what a call brought; the note waits to be countersigned.</summary>
internal static class TraineesNote
{
    // The same form each time: a start that comes again adds nothing.
    private static readonly Guid Form = new("00000000-0000-0000-0000-00000000d0c3");

    /// <returns>The dossier; null: there is none.</returns>
    public static async Task<Guid?> Name(IMediator coordinator, Guid trainee, CancellationToken ct)
    {
        var burglaries = (await coordinator.Send(new Mine.Query(Tab.Team, 1), ct)).Rows.Where(r => r.SubKind == "Burglary").Select(r => r.Dossier).Order().ToList();
        foreach (var dossier in burglaries) if ((await coordinator.Send(new WhoMaySee.Query(dossier), ct)).Named.Contains(trainee)) return dossier;
        if (burglaries.Count == 0) return null;
        var now = await coordinator.Send(new WhoMaySee.Query(burglaries[0]), ct);
        await coordinator.Send(new WhoMaySee.Command { Dossier = burglaries[0], Protection = now.Protection, Readers = [.. now.Named, trainee], Version = now.Version }, ct);
        return burglaries[0];
    }

    public static async Task Write(IMediator trainee, Guid dossier, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromMinutes(50));
        await trainee.Send(new Write.Command
        {
            Once = Form, Dossier = dossier, Persons = [(await trainee.Send(new ShowView.Query(dossier), ct)).People[0].Id], Layer = Layer.Assistance,
            Text = Told.In(language, "A rappelé pour remercier. Dort mieux. Le conseiller en prévention passe jeudi.", "Belde terug om te bedanken. Slaapt beter. De preventieadviseur komt donderdag langs.", "Rief zurück, um sich zu bedanken. Schläft besser. Die Präventionsberatung kommt am Donnerstag."),
        }, ct);
        stand(TimeSpan.Zero);
    }
}
