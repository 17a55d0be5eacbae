using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>A boy of nine saw his father hit his mother. The father holds parental authority; the prosecutor decided that the contact goes to the grandmother. His little sister has notes of her own.</summary>
internal static class ChildWitness
{
    public static async Task<Guid> Tell(IMediator pipeline, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromDays(2));
        var now = clock.GetUtcNow();
        var made = await pipeline.Send(new Register.Command
        {
            Trigger = Trigger.Patrol, When = now.AddHours(-9), Municipality = "Twee Oevers", SubKind = "FamilyViolence", GivenName = "Sarah", FamilyName = "Oefening", Phone = "0473 10 20 30", Safe = Rule.OnlyIf, Language = language,
            Condition = Told.In(language, "en journée seulement, quand il est au travail", "alleen overdag, als hij aan het werk is", "nur tagsüber, wenn er bei der Arbeit ist"),
        }, ct);
        var dossier = made.Dossier;
        var mother = (await pipeline.Send(new ShowView.Query(dossier), ct)).Dossier.Lead!.Value;
        var noah = await Joins("Noah", "Démo", Capacity.Witness, null, 9);
        var mila = await Joins("Mila", "Démo", Capacity.Witness, null, 5);
        var grandmother = await Joins("Rosa", "Démo", Capacity.SupportPerson, "0474 40 50 60", null);
        var father = await Joins("Marc", "Démo", Capacity.AllegedAuthor, "0475 70 80 90", null);
        foreach (var child in new[] { noah, mila })
        {
            await pipeline.Send((await pipeline.Send(new Safe.Query(dossier, child), ct)).Form with { Dossier = dossier, Person = child, Call = Rule.Never, Sms = Rule.Never, Mail = Rule.Never, Letter = Rule.Never, Visit = Rule.Never }, ct);
            await Stands(father, child, f => f with { Role = StandingRole.Parent, Conflict = true, ConflictWhat = Told.In(language, "suspect, titulaire de l'autorité parentale", "verdachte, met ouderlijk gezag", "verdächtig, mit Sorgerecht") });
            await Stands(grandmother, child, f => f with
            {
                Role = StandingRole.Support, Told = Authority.Prosecutor, Reached = Authority.Prosecutor, What = Told.In(language, "jour et heure de l'audition", "dag en uur van het verhoor", "Tag und Uhrzeit der Anhörung"),
                Reason = Told.In(language, "le père vit au domicile", "de vader woont in huis", "der Vater wohnt im Haus"), Reference = "TO.42.LA.001234/2026",
            });
        }
        await pipeline.Send(new NoteRisk.Command { Dossier = dossier, Persons = [mother, noah, mila], On = Moment.Day(now), Level = RiskLevel.High, Author = RiskAuthor.Police }, ct);
        await pipeline.Send((await pipeline.Send(new Interpret.Query(dossier, mother), ct)).Form with { Dossier = dossier, Person = mother, Kind = InterpreterKind.Phone, Name = "Imane Sample", Agency = Told.In(language, "service d'interprétation", "tolkendienst", "Dolmetscherdienst") }, ct);
        await Writes(mother, Told.In(language, "Sarah envisage de partir chez sa sœur.", "Sarah overweegt naar haar zus te gaan.", "Sarah überlegt, zu ihrer Schwester zu ziehen."));
        await Writes(noah, Told.In(language, "Noah a vu papa frapper Sarah. Il veut que Rosa soit là.", "Noah zag papa Sarah slaan. Hij wil dat Rosa erbij is.", "Noah hat gesehen, wie Papa Sarah schlug. Er möchte, dass Rosa dabei ist."));
        await Writes(mila, Told.In(language, "Mila ne parle pas encore.", "Mila praat nog niet.", "Mila spricht noch nicht."));
        await pipeline.Send(new Record.Command
        {
            Dossier = dossier, Persons = [noah], Place = Place.Office, At = now, Minutes = 45, Services = [ServiceKind.PreparingHearing],
            Note = Told.In(language, "Audition vidéo expliquée à Noah et à Rosa.", "Videoverhoor uitgelegd aan Noah en Rosa.", "Videoanhörung Noah und Rosa erklärt."), Next = ActKind.Accompany, Due = now.AddDays(3),
        }, ct);
        return dossier;

        async Task<Guid> Joins(string given, string family, Capacity capacity, string? phone, int? age) =>
            await pipeline.Send(new Edit.Command { Dossier = dossier, GivenName = given, FamilyName = family, Capacity = capacity, Language = language, Phone = phone, EstimatedAge = age, IsMinor = age < 18 }, ct);

        async Task Stands(Guid who, Guid child, Func<Stand.Command, Stand.Command> how) =>
            await pipeline.Send(how((await pipeline.Send(new Stand.Query(dossier, child, who), ct)).Form) with { Dossier = dossier, Person = child, Who = who }, ct);

        async Task Writes(Guid person, string text) => await pipeline.Send(new Write.Command { Dossier = dossier, Persons = [person], Layer = Layer.Assistance, Text = text }, ct);
    }
}
