using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Walls;

namespace VictimSupport.Casework.Demo;

/// <summary>What only rights show: a restricted, a sealed and a walled dossier, and a glass that a colleague broke and nobody signed yet.</summary>
internal static class KeptApart
{
    /// <param name="worker">Registers and works; <paramref name="colleague"/> is kept away from one dossier and breaks the glass of another.</param>
    public static async Task Tell(IMediator coordinator, IMediator worker, IMediator colleague, IReadOnlyList<Guid> people, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        if ((await coordinator.Send(new Reviews.Query(), ct)).Count > 0) return;
        var (claire, ines, karel) = (people[0], people[1], people[2]);

        stand(TimeSpan.FromDays(6));
        var restricted = await Registers("SexualViolence", "Noor", "Oefening", Told.In(language, "Demande que peu de personnes sachent.", "Vraagt dat weinig mensen het weten.", "Möchte, dass es nur wenige wissen."));
        await coordinator.Send(new WhoMaySee.Command { Dossier = restricted, Protection = Protection.Restricted, Readers = [karel] }, ct);

        stand(TimeSpan.FromDays(5));
        var kept = await Registers("FamilyViolence", "Rosa", "De Proef", Told.In(language, "Son mari travaille dans la zone.", "Haar man werkt in de zone.", "Ihr Mann arbeitet in der Zone."));
        await coordinator.Send(new WhoMaySee.Command { Dossier = kept, Protection = Protection.Sealed, Readers = [claire, karel] }, ct);

        stand(TimeSpan.FromDays(4));
        var walled = await Registers("Burglary", "Otis", "Sample", Told.In(language, "Voisin d'une collègue.", "Buurman van een collega.", "Nachbar einer Kollegin."));
        await coordinator.Send(new Build.Command { Colleague = ines, Round = Round.Dossier, Number = (await worker.Send(new ShowView.Query(walled), ct)).Dossier.Number, Reason = Told.In(language, "Voisins", "Buren", "Nachbarn") }, ct);

        stand(TimeSpan.FromDays(1));
        var others = await Registers("Assault", "Hugo", "Exemple", null);
        await colleague.Send(new BreakGlass.Command
        {
            Number = (await worker.Send(new ShowView.Query(others), ct)).Dossier.Number,
            Reason = Told.In(language, "Il est à l'accueil, en détresse, et Karel n'est pas joignable.", "Hij staat overstuur aan het onthaal en Karel is niet bereikbaar.", "Er steht aufgelöst am Empfang, und Karel ist nicht erreichbar."),
        }, ct);
        stand(TimeSpan.Zero);

        async Task<Guid> Registers(string facts, string given, string family, string? note) => (await worker.Send(new Register.Command
        {
            Trigger = Trigger.Person, When = clock.GetUtcNow().AddHours(-4), Municipality = "Val-Clair", SubKind = facts, GivenName = given, FamilyName = family, Language = language, Note = note,
        }, ct)).Dossier;
    }
}
