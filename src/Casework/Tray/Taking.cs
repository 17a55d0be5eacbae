using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>A message becomes a dossier in the registration's own transaction: what the intake form does not ask goes along, and the message is closed.</summary>
internal sealed class Taking(ZoneDbContext zone, Guard guard, UseCase here, Caller caller, IRequests requests, IZoneSettings settings, TimeProvider clock)
{
    /// <summary>The message an intake was filled in from; one that was taken already comes with its dossier, for whoever may open that.</summary>
    /// <exception cref="RefusedException">There is none, or it became a dossier that is not this caller's to see: the same to them.</exception>
    /// <exception cref="ValidationException">A colleague declined it meanwhile, or whoever sent it took it back.</exception>
    public async Task<TrayEntry?> Find(Guid? id, CancellationToken ct)
    {
        if (id is null) return null;
        var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == id, ct) ?? throw await Missing(id.Value, ct);
        if (entry.Dossier is { } made) await guard.Read(made, ct);
        if (entry.State is TrayState.Declined or TrayState.Contacted) throw new ValidationException([new ValidationFailure(nameof(Register.Command.Trigger), Words.DeclinedMeanwhile)]);
        return entry;
    }

    // Whoever sits over the form loses nothing of what they typed, and no dossier comes of what was taken back.
    private async Task<Exception> Missing(Guid id, CancellationToken ct) =>
        await requests.IsWithdrawn(id, ct) && !await zone.Set<WalledOff>().AnyAsync(w => w.Account == caller.Self && w.DossierId == id, ct)
            ? new ValidationException([new ValidationFailure(nameof(Register.Command.Trigger), Words.WithdrawnMeanwhile)]) : new RefusedException("absent", id);

    /// <summary>Whoever asked on the public page and named no number is reached by what they named.</summary>
    public static Particulars Reached(TrayEntry? entry, Particulars who) => entry?.Message.Value.Asked switch
    {
        { Way: Way.Mail or Way.Video } asked => who with { Mail = asked.Reach },
        { Way: Way.Letter } asked => who with { Address = asked.Reach },
        _ => who,
    };

    /// <summary>As it was said at the desk: whether, and on what condition, the number may be called. Whoever asked on the public page said how they are reached, and that no other way is: so it stands, word for word.</summary>
    /// <param name="call">As the form of the intake has it; null: nothing was said there, and what the message says holds.</param>
    /// <param name="condition">On what condition, as the form has it.</param>
    /// <param name="theirWord">The person said so themselves; what an officer, a hospital or a relative ticked holds, and is to be asked.</param>
    /// <param name="now">When the person came in: what was said then, and what they are asked later, are told apart by it.</param>
    public void Agrees(SafeContact safe, TrayEntry? entry, Rule? call, string? condition, bool theirWord, DateTimeOffset now)
    {
        if (entry?.Message.Value.Asked is { } asked)
        {
            // A talk by video is arranged by e-mail; a visit nobody was asked about.
            var mail = asked.Way == Way.Video ? asked.RuleOf(Way.Video) : asked.RuleOf(Way.Mail);
            // What the form added to their own words, or made of them, stands beside.
            var said = string.Join(" / ", new[] { asked.MayBeSaid, condition == entry.Message.Value.Condition ? null : condition, Words.WroteItThemselves, asked.Way == Way.Call ? Words.NoVoicemail : null }.Where(s => s is not null));
            safe.Wrote(call ?? entry.MayCall, asked.RuleOf(Way.Sms), mail, asked.RuleOf(Way.Letter), Rule.NotAsked, new SafeDetails(Hours: asked.Hours, WhatMayBeSaid: said, CodeWord: asked.CodeWord));
        }
        else if ((call ?? entry?.MayCall) is { } rule && rule != Rule.NotAsked)
        {
            // A form that says nothing of it takes nothing back.
            if (call is null) condition ??= entry?.Message.Value.Condition;
            if (theirWord && call is not null && entry?.Message.Value.Officer is null) safe.Agree(rule, default, default, default, default, new SafeDetails(WhatMayBeSaid: condition), caller.Self, now);
            else safe.Wrote(rule, default, default, default, default, new SafeDetails(WhatMayBeSaid: condition));
        }
        else if ((condition ?? (call is null ? entry?.Message.Value.Condition : null)) is { } words)
        {
            safe.Details = new SafeDetails(WhatMayBeSaid: words);
        }
    }

    /// <summary>Who asked for an interpreter has one to be found.</summary>
    public void Interprets(TrayEntry? entry, Person person)
    {
        if (entry?.Message.Value.Asked is not { } asked) return;
        var signs = asked.Language is "lsfb" or "vgt" or "dgs";
        if (!asked.Interpreter && !signs) return;
        var interpreter = Interpreter.For(person);
        interpreter.Settle(signs ? InterpreterKind.SignLanguage : InterpreterKind.Present, null, default, compared: false, caller.Self, clock.GetUtcNow());
        zone.Add(interpreter);
    }

    /// <summary>The first contact. Whoever asked on the public page was promised an answer by a moment, and what an officer or the desk called urgent is a matter of hours: taking it into a dossier does not put that off. Who comes forward themselves is waited for.</summary>
    /// <param name="within">The zone's delay for a first contact.</param>
    public static FollowUp FirstAct(TrayEntry? entry, Dossier dossier, Person person, TimeSpan within, Guid by, DateTimeOffset now)
    {
        var due = dossier.RequestedAt + within;
        return entry switch
        {
            { ComesForward: true } => Plan(now + TrayEntry.WaitedFor, Words.TheyComeForward),
            { } when entry.RemindAt < due => Plan(entry.RemindAt),
            _ => Plan(due),
        };

        FollowUp Plan(DateTimeOffset at, string? text = null) => FollowUp.Plan(dossier.Id, [person.Id], ActKind.FirstContact, text, at, by, now);
    }

    public async Task Into(TrayEntry entry, Dossier dossier, DateTimeOffset now, CancellationToken ct)
    {
        // The message is erased after the zone's days; that nobody reaches this person is not.
        if (entry.ComesForward) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.ComesForward, caller.Self, now));
        entry.Becomes(dossier.Id, caller.Self, now);
        if (entry.FromPublic) await requests.Answered(entry.Id, Ending.WeReach, (await settings.Of(here.InZone.Id, ct)).RequestKept, ct);
        if (entry.Message.Value.OfficialReport is not { } number) return;
        OfficialReport.Add(zone, here.InZone.Keys.Search, dossier.Id, number, now);
    }
}
