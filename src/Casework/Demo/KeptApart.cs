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
        stand(TimeSpan.FromDays(5));
        var kept = await Registers("FamilyViolence", "Rosa", "De Proef", Told.In(language, "Son mari travaille dans la zone.", "Haar man werkt in de zone.", "Ihr Mann arbeitet in der Zone."));
        stand(TimeSpan.FromDays(4));
        var walled = await Registers("Burglary", "Otis", "Sample", Told.In(language, "Voisin d'une collègue.", "Buurman van een collega.", "Nachbar einer Kollegin."));
        stand(TimeSpan.FromDays(1));
        var others = await Registers("Assault", "Hugo", "Exemple", null);

        // Decided today, so that the broken glass can be seen for an hour.
        stand(TimeSpan.Zero);
        await Protects(restricted, Protection.Restricted, karel);
        await coordinator.Send(new Build.Command { Colleague = ines, Round = Round.Dossier, Number = await NumberOf(walled), Reason = Told.In(language, "Voisins", "Buren", "Nachbarn") }, ct);
        await Protects(kept, Protection.Sealed, claire, karel);
        await colleague.Send(new BreakGlass.Command
        {
            Number = await NumberOf(others),
            Reason = Told.In(language, "Il est à l'accueil, en détresse, et Karel n'est pas joignable.", "Hij staat overstuur aan het onthaal en Karel is niet bereikbaar.", "Er steht aufgelöst am Empfang, und Karel ist nicht erreichbar."),
        }, ct);

        async Task Protects(Guid dossier, Protection protection, params Guid[] readers) =>
            await coordinator.Send(new WhoMaySee.Command { Dossier = dossier, Protection = protection, Readers = [.. readers], Version = (await coordinator.Send(new WhoMaySee.Query(dossier), ct)).Version }, ct);

        async Task<string> NumberOf(Guid dossier) => (await worker.Send(new ShowView.Query(dossier), ct)).Dossier.Number;

        async Task<Guid> Registers(string facts, string given, string family, string? note) => (await worker.Send(new Register.Command
        {
            Trigger = Trigger.Person, When = clock.GetUtcNow().AddHours(-4), Municipality = "Val-Clair", SubKind = facts, GivenName = given, FamilyName = family, Language = language, Note = note,
        }, ct)).Dossier;
    }
}
