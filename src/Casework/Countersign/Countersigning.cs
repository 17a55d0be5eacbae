using System.Linq.Expressions;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Countersign;

/// <summary>Whether an entry needs a second name under it, and has it.</summary>
internal enum Signing
{
    /// <summary>Written by somebody who signs for themselves.</summary>
    NotNeeded = 0,
    Waiting = 1,

    /// <summary>Given back with a remark; it waits for its writer.</summary>
    Returned = 2,
    Signed = 3,
}

/// <summary>A note or a contact that a trainee may have written: it is not in figures and not in prints before it is countersigned.</summary>
internal interface ICountersigned
{
    Guid Id { get; }
    Guid DossierId { get; }
    Guid By { get; }
    DateTimeOffset At { get; }
    Signing Signing { get; set; }
    Guid? SignedBy { get; set; }
    DateTimeOffset? SignedAt { get; set; }

    /// <summary>Why it was given back.</summary>
    Sealed<string>? Remark { get; set; }
}

internal static class Countersigning
{
    /// <summary>Whoever may write in a dossier but not change it is learning: what they write waits for a second name.</summary>
    public static Signing Of(Caller writer) => writer.May(May.ChangeDossiers) ? Signing.NotNeeded : Signing.Waiting;

    /// <summary>Is it as good as any other? Figures, prints and what is handed on ask this first.</summary>
    public static bool Counts(this ICountersigned entry) => entry.Signing is Signing.NotNeeded or Signing.Signed;

    /// <summary>Whose entries somebody countersigns: a coordinator those of all dossiers they see, a stand-in those of the dossiers given to them, a caseworker those of their own and of whom they replace.</summary>
    public static Expression<Func<Dossier, bool>> SignedBy(Reader who)
    {
        if (who.Leads || who.OnlyStandsIn) return d => true;
        var (self, replaced) = (who.Self, who.Replaced);
        return d => d.AssignedTo == self || (d.AssignedTo != null && replaced.Contains(d.AssignedTo.Value));
    }

    /// <summary>The same of one dossier that was read: compiling the condition would cost more than the page.</summary>
    public static bool Signs(this Reader who, Dossier dossier) => who.Leads || who.OnlyStandsIn || who.Owns(dossier);

    public static void Sign(this ICountersigned entry, Guid by, DateTimeOffset now) => (entry.Signing, entry.SignedBy, entry.SignedAt, entry.Remark) = (Signing.Signed, by, now, null);

    public static void Return(this ICountersigned entry, string remark, Guid by, DateTimeOffset now) => (entry.Signing, entry.SignedBy, entry.SignedAt, entry.Remark) = (Signing.Returned, by, now, remark);

    /// <summary>Its writer corrected it: it waits again.</summary>
    public static void WaitAgain(this ICountersigned entry) => (entry.Signing, entry.SignedBy, entry.SignedAt, entry.Remark) = (Signing.Waiting, null, null, null);
}
