using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Countersign;

/// <summary>Finds what a trainee wrote in a dossier, for whoever countersigns it and for its writer.</summary>
internal sealed class Entries(ZoneDbContext zone, Guard guard, Caller caller)
{
    /// <summary>Does the caller countersign what is written in this dossier?</summary>
    public async Task<bool> MaySign(Dossier dossier, CancellationToken ct) =>
        caller.May(May.Countersign) && (await guard.Looks(ct)).Signs(dossier);

    /// <exception cref="RefusedException">It is not there, needs no second name, or is not this caller's to sign: nobody signs for themselves.</exception>
    public async Task<(Dossier Dossier, ICountersigned Entry)> ToSign(Guid dossierId, Guid id, bool reads, CancellationToken ct)
    {
        var dossier = reads ? await guard.Read(dossierId, ct) : await guard.Open(dossierId, ct);
        var entry = await Find(dossier, id, ct);
        return entry.By == caller.Account || !await MaySign(dossier, ct) ? throw new RefusedException("countersign", dossier.Id) : (dossier, entry);
    }

    /// <exception cref="RefusedException">It is not there, is countersigned, or somebody else wrote it.</exception>
    public async Task<(Dossier Dossier, ICountersigned Entry)> ToCorrect(Guid dossierId, Guid id, bool reads, CancellationToken ct)
    {
        var dossier = reads ? await guard.Read(dossierId, ct) : await guard.Open(dossierId, ct);
        var entry = await Find(dossier, id, ct);
        return entry.By != caller.Account || entry.Counts() || entry is Document ? throw new RefusedException("absent", dossier.Id) : (dossier, entry);
    }

    /// <exception cref="ValidationException">The dossier changed since it was shown; perhaps the entry too.</exception>
    public static void IsAsRead(Dossier dossier, int version)
    {
        if (version != dossier.Version) throw new ValidationException([new ValidationFailure(nameof(Return.Command.Remark), Words.EntryChangedMeanwhile)]);
    }

    private async Task<ICountersigned> Find(Dossier dossier, Guid id, CancellationToken ct) =>
        (ICountersigned?)await zone.Set<Note>().SingleOrDefaultAsync(n => n.Id == id && n.DossierId == dossier.Id && n.Signing != Signing.NotNeeded, ct)
        ?? await zone.Set<Contact>().SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier.Id && c.Signing != Signing.NotNeeded, ct)
        ?? (ICountersigned?)await zone.Set<Document>().SingleOrDefaultAsync(d => d.Id == id && d.DossierId == dossier.Id && d.Withdrawn == null && d.Signing != Signing.NotNeeded, ct)
        ?? throw new RefusedException("absent", dossier.Id);
}
