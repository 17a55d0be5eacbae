using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Counting;

/// <summary>What became of the offer of help, read from what the casework keeps in any case: nobody is asked a question for the figures' sake. Each case is one of them, by the first that is true in the order of their numbers.</summary>
internal enum Offer
{
    /// <summary>The dossier was closed because help was declined, and not as supported.</summary>
    Refused = 1,

    /// <summary>There was a contact with the person, or they were given a service or accepted a referral.</summary>
    Accepted = 2,

    /// <summary>They were called, visited or written to in vain, or the dossier was closed as one in which nobody was reached.</summary>
    NoAnswer = 3,

    /// <summary>Nothing of this: nobody tried yet, or nobody was to.</summary>
    NoneOffered = 4,
}

/// <summary>Of some dossiers: for whom it was tried without an answer, and for which of them the service was called out.</summary>
internal sealed record OfferOfHelp(HashSet<Guid> Tried, HashSet<Guid> CalledOut)
{
    public static async Task<OfferOfHelp> Of(ZoneDbContext zone, IQueryable<Guid> dossiers, CancellationToken ct)
    {
        var missed = await zone.Set<Contact>().AsNoTracking().Where(c => dossiers.Contains(c.DossierId) && c.State == ContactState.Missed && !c.ForThem).Select(c => c.Persons).ToListAsync(ct);
        var written = await zone.Set<Letter>().AsNoTracking().Where(l => dossiers.Contains(l.DossierId) && l.State == LetterState.Printed).Select(l => l.PersonId).ToListAsync(ct);
        var sent = await zone.Set<Message>().AsNoTracking().Where(m => dossiers.Contains(m.DossierId) && m.State == MessageState.Sent).Select(m => m.PersonId).ToListAsync(ct);
        return new([.. missed.SelectMany(p => p), .. written, .. sent], await zone.Set<CallOut>().AsNoTracking().Where(c => dossiers.Contains(c.DossierId)).Select(c => c.DossierId).ToHashSetAsync(ct));
    }

    /// <param name="person">As they are called now, and as they were when they were counted.</param>
    /// <param name="helped">Was there a contact, a service or a referral?</param>
    public Offer To((Guid Now, Guid Then) person, ClosingReason? reason, Outcome? outcome, bool helped) =>
        reason == ClosingReason.Declined && outcome != Outcome.Supported ? Offer.Refused
        : helped ? Offer.Accepted
        : reason == ClosingReason.Unreachable || Tried.Contains(person.Now) || Tried.Contains(person.Then) ? Offer.NoAnswer
        : Offer.NoneOffered;
}
