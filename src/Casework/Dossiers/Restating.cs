using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Other facts in a dossier, by whichever form, and what they change in how its people may be reached.</summary>
internal sealed class Restating(ZoneDbContext zone, Gate gate, Proposals proposals, Aftermath aftermath)
{
    /// <summary>One minute: a form knows no shorter.</summary>
    public static bool IsSame(DateTimeOffset? one, DateTimeOffset? other) => one is { } a && other is { } b ? (a - b).Duration() < TimeSpan.FromMinutes(1) : one is null && other is null;

    public async Task Facts(Dossier dossier, SubKind main, IEnumerable<string> additional, DateTimeOffset? at, string municipality, Danger danger, Guid? own, CancellationToken ct)
    {
        var (before, was, dangers, where) = (dossier.Additional.Append(dossier.SubKind).ToList(), dossier.FactsAt, dossier.Danger, dossier.Municipality);
        dossier.Facts(main, additional, at, municipality, danger, own);
        var added = dossier.Additional.Append(dossier.SubKind).Except(before).ToList();
        // Violence at home that was not known, or that happened anew.
        if (added.Any(SubKinds.IsAtHome) || (dossier.IsViolenceAtHome && was is not null && at > was)) await aftermath.Reaches(dossier, ct);
        var (reaching, newly) = (added.Any(SubKinds.NeverUnasked), dossier.Danger & ~dangers);
        var restated = !IsSame(dossier.FactsAt, was) || dossier.Municipality != where || before[^1] != dossier.SubKind || !before.ToHashSet().SetEquals(dossier.Additional.Append(dossier.SubKind));
        if (!restated && newly == Danger.None) return;
        var people = await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).Select(p => p.Id).ToListAsync(ct);
        if (reaching || (newly & (Danger.AtHome | Danger.AddressSecret)) != Danger.None) await gate.TakeBack(people, Bar.Changed, ct);
        else
        {
            await gate.AskConsentAnew(people, Bar.Changed, ct);
            await proposals.AskBack(people, ct); // another zone would go there by what was wrong, or without knowing of it
        }
    }
}
