using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Referrals;

/// <summary>Who may agree in somebody's place: a representative in the dossier, and for a minor a parent or a guardian, who may well be a victim in it too; none whose interest is not the person's, nor the alleged perpetrator, by whatever capacity they stand there.</summary>
internal static class WhoMayAgree
{
    /// <param name="people">Everybody of the dossier.</param>
    /// <param name="standings">Who stands for whom in it.</param>
    public static IReadOnlyList<Person> For(Guid person, IReadOnlyCollection<Person> people, IReadOnlyCollection<Standing> standings)
    {
        var authors = people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value).ToList();
        var isMinor = people.Any(p => p.Id == person && p.IsMinor);
        return [.. people.Where(p => p.Id != person && (p.Capacity == Capacity.Representative || (isMinor && IsOfAge(p) && Stands(p, s => s.Role is StandingRole.Parent or StandingRole.Guardian))) && !Stands(p, s => s.Conflict) && !Authors.Are(authors, Known(p))).OrderBy(p => p.Id)];

        bool Stands(Person who, Func<Standing, bool> how) => standings.Any(s => s.WhoId == who.Id && s.PersonId == person && how(s));
        // A couple has one telephone: that makes nobody who is helped the perpetrator.
        static Particulars Known(Person who) => who.IsHelped ? who.Identity.Value with { Phone = null } : who.Identity.Value;
        static bool IsOfAge(Person who) => !who.IsMinor && who.Capacity is not (Capacity.Deceased or Capacity.AllegedAuthor);
    }
}
