using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Tray;

/// <summary>A message becomes a dossier in the registration's own transaction: what the intake form does not ask goes along, and the message is closed.</summary>
internal sealed class Taking(ZoneDbContext zone, Guard guard, UseCase here, Caller caller, TimeProvider clock)
{
    /// <summary>The message an intake was filled in from; one that was taken already comes with its dossier, for whoever may open that.</summary>
    /// <exception cref="RefusedException">There is none, or it became a dossier that is not this caller's to see: the same to them.</exception>
    /// <exception cref="ValidationException">A colleague declined it meanwhile.</exception>
    public async Task<TrayEntry?> Find(Guid? id, CancellationToken ct)
    {
        if (id is null) return null;
        var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == id, ct) ?? throw new RefusedException("absent", id);
        if (entry.Dossier is { } made) await guard.Read(made, ct);
        if (entry.State == TrayState.Declined) throw new ValidationException([new ValidationFailure(nameof(Register.Command.Trigger), Words.DeclinedMeanwhile)]);
        return entry;
    }

    /// <summary>On what condition the number may be called, as it was said at the desk.</summary>
    public static SafeDetails Details(TrayEntry? entry, Rule rule) => new(WhatMayBeSaid: rule == Rule.OnlyIf ? entry?.Message.Value.Condition : null);

    public void Into(TrayEntry entry, Dossier dossier)
    {
        var now = clock.GetUtcNow();
        entry.Becomes(dossier.Id, caller.Self, now);
        if (entry.Message.Value.OfficialReport is not { } number) return;
        OfficialReport.Add(zone, new SearchKey(here.InZone.Keys.SearchRoot), dossier.Id, number, now);
    }
}
