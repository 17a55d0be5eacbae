using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Referrals;

/// <summary>Who may agree in somebody's place: a representative of theirs, and for a minor a parent or a guardian, who may well be a victim in the dossier too. For a minor only whoever is told, as the minor or the coordinator decided: to ask them is to tell them.
/// None whose interest is not the person's, nor the alleged perpetrator, by whatever capacity they stand there.</summary>
internal static class WhoMayAgree
{
    /// <param name="people">Everybody of the dossier.</param>
    /// <param name="standings">Who stands for whom in it.</param>
    public static IReadOnlyList<Person> For(Guid person, IReadOnlyCollection<Person> people, IReadOnlyCollection<Standing> standings, DateTimeOffset now)
    {
        var authors = people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value).ToList();
        var isMinor = people.Any(p => p.Id == person && p.IsMinorAt(now));
        return [.. people.Where(p => p.Id != person && (isMinor ? StandsForAMinor(p) : IsTheirs(p)) && !Stands(p, s => s.Conflict) && !Authors.Are(authors, Known(p))).OrderBy(p => p.Id)];

        bool StandsForAMinor(Person who) => (who.Capacity == Capacity.Representative || IsOfAge(who)) && Stands(who, s => s.Told != Authority.Nobody && (who.Capacity == Capacity.Representative || s.Role is StandingRole.Parent or StandingRole.Guardian));
        // Of one who is helped alone there is no question whose representative it is.
        bool IsTheirs(Person who) => who.Capacity == Capacity.Representative && (Stands(who, _ => true) || people.Count(p => p.IsHelped) == 1);

        bool Stands(Person who, Func<Standing, bool> how) => standings.Any(s => s.WhoId == who.Id && s.PersonId == person && how(s));
        // A couple has one telephone: that makes nobody who is helped the perpetrator.
        static Particulars Known(Person who) => who.IsHelped ? who.Identity.Value with { Phone = null } : who.Identity.Value;
        bool IsOfAge(Person who) => !who.IsMinorAt(now) && who.Capacity is not (Capacity.Deceased or Capacity.AllegedAuthor);
    }
}
