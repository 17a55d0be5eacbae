using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Referrals;

/// <summary>Who may agree in somebody's place: a representative in the dossier, and none whose interest is not the person's, nor the alleged perpetrator, by whatever capacity they stand there.</summary>
internal static class WhoMayAgree
{
    /// <param name="people">Everybody of the dossier.</param>
    /// <param name="standings">Who stands for whom in it.</param>
    public static IReadOnlyList<Person> For(Guid person, IReadOnlyCollection<Person> people, IReadOnlyCollection<Standing> standings)
    {
        var authors = people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value).ToList();
        return [.. people.Where(p => p.Capacity == Capacity.Representative && p.Id != person && !standings.Any(s => s.WhoId == p.Id && s.PersonId == person && s.Conflict) && !Authors.Are(authors, p.Identity.Value)).OrderBy(p => p.Id)];
    }
}
