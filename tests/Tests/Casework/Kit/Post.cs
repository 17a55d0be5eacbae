using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>People with an address, rules and a letter that is due: what tests of the gate and of letters begin with.</summary>
internal static class Post
{
    /// <summary>A dossier whose lead lives somewhere.</summary>
    public static async Task<(Guid Dossier, Guid Person)> Knows(this Person by, TestZone zone, string address, string family = "Exemple", string given = "Ada", string subKind = "Burglary", Capacity? capacity = null, bool minor = false, string language = "fr", string? mail = null, string? phone = "0470 12 34 56")
    {
        var dossier = await by.Registers(Cases.Intake(zone, family, given, phone, subKind) with { Safe = phone is null ? null : Rule.NotAsked, Language = language });
        var person = await by.LeadOf(dossier);
        var now = await by.Send(new Edit.Query(dossier, person, "fr"));
        await by.Send(now with { Dossier = dossier, Person = person, Address = address, Mail = mail, Capacity = capacity ?? now.Capacity, IsMinor = minor });
        return (dossier, person);
    }

    /// <summary>Changes what was agreed; what is not named stays as it is.</summary>
    public static async Task Agrees(this Person by, Guid dossier, Guid person, Func<Safe.Command, Safe.Command> how)
    {
        var now = (await by.Send(new Safe.Query(dossier, person))).Form;
        await by.Send(how(now) with { Dossier = dossier, Person = person });
    }

    /// <summary>Plans a letter that is due in so many minutes.</summary>
    public static async Task PlansALetter(this Person by, TestZone zone, Guid dossier, Guid person, int minutes = 1) => await by.Send(new Write.Command
    {
        Dossier = dossier, Persons = [person], Layer = Layer.Assistance, Next = ActKind.Letter, Due = zone.Platform.Clock.GetUtcNow().AddMinutes(minutes), Version = (await by.Opens(dossier)).Dossier.Version,
    });

    public static async Task<SafeContact> RulesOf(this Person by, Guid dossier, Guid person) => (await by.Opens(dossier)).People.Single(p => p.Id == person).Safe;
}
