using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>Makes two rows of one again, as they were, where nothing that was merged has changed since.</summary>
internal static class UndoMerge
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier, Guid Merger) : ICommand<bool>, ISensitive;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys, Found found, Gate gate, Joining joining, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var merger = await zone.Set<Merger>().SingleOrDefaultAsync(m => m.Id == command.Merger && m.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            // Pressed twice: it is undone.
            if (merger.Undone is not null) return false;
            var kept = await zone.Set<Person>().SingleOrDefaultAsync(p => p.Id == merger.Kept && p.DossierId == dossier.Id, ct) ?? throw Wrong(nameof(Command.Merger), Words.UndoLaterFirst);
            await keys.Fetch([kept.Id, merger.Gone, dossier.Id], ct);
            var was = merger.Was!.Value;
            var later = await zone.Set<Merger>().AnyAsync(m => m.DossierId == dossier.Id && m.Undone == null && m.Kept == merger.Kept && m.Id != merger.Id && m.At >= merger.At, ct);
            if (later) throw Wrong(nameof(Command.Merger), Words.UndoLaterFirst);
            if (kept.Keep() != was.After) throw Wrong(nameof(Command.Merger), Words.UndoPersonChanged);
            var safe = await zone.Set<SafeContact>().SingleAsync(s => s.Id == kept.Id, ct);
            if (Said(safe.Now()) != Said(was.RulesAfter)) throw Wrong(nameof(Command.Merger), Words.UndoRulesChanged);
            var interpreter = await zone.Set<Interpreter>().SingleOrDefaultAsync(i => i.Id == kept.Id, ct);
            // In the order of their ids as .NET has it: each engine has an order of its own.
            var standings = (await zone.Set<Standing>().Where(s => s.DossierId == dossier.Id && (s.WhoId == kept.Id || s.PersonId == kept.Id)).ToListAsync(ct)).OrderBy(s => s.Id).ToList();
            if (interpreter?.Keep() != was.InterpreterAfter || !standings.Select(s => s.Keep()).SequenceEqual(was.StandingsAfter)) throw Wrong(nameof(Command.Merger), Words.UndoPersonChanged);
            if (!await new Pointers(zone).TurnBack(dossier.Id, was.Pointers, kept.Id, merger.Gone, ct)) throw Wrong(nameof(Command.Merger), Words.UndoEntryChanged);

            var given = was.Agreed ?? [];
            var consents = await zone.Set<Consent>().Where(c => given.Contains(c.Id)).ToListAsync(ct);
            foreach (var consent in consents) consent.AgreedIn(merger.Gone);

            await gate.TakeBack([kept.Id], Bar.Changed, ct);
            var gone = Person.Back(merger.Gone, dossier.Id, was.Gone);
            var (rules, violence) = (SafeContact.For(gone), safe.ViolenceAt);
            kept.Take(was.Before);
            zone.Add(RuleChange.Of(safe, safe.Now(), caller.Self, now));
            safe.PutBack(was.RulesBefore with { ViolenceAt = Later(violence, was.RulesAfter.ViolenceAt, was.RulesBefore.ViolenceAt) });
            rules.PutBack(was.GoneRules with { ViolenceAt = Later(violence, was.RulesAfter.ViolenceAt, was.GoneRules.ViolenceAt) });
            zone.AddRange(gone, rules);
            if (was.GoneInterpreter is { } theirs) zone.Add(Interpreter.Of(gone.Id, dossier.Id, theirs));
            if (was.InterpreterBefore is null && interpreter is not null) zone.Remove(interpreter);
            foreach (var standing in was.StandingsBefore)
            {
                if (standings.Find(s => s.Id == standing.Id) is { } row) row.Take(standing);
                else zone.Add(Standing.Of(dossier.Id, standing));
            }
            if (was.Lead == gone.Id) dossier.Lead = gone.Id;
            merger.Undo(caller.Self, now);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.MergeUndone, caller.Self, now));
            await found.ByName(dossier, kept, ct);
            await found.ByName(dossier, gone, ct);
            foreach (var author in new[] { kept, gone }.Where(p => p.Capacity == Capacity.AllegedAuthor)) await gate.AuthorCame(dossier, author.Identity.Value, ct);
            await gate.AskConsentAnew([kept.Id, gone.Id, .. consents.Select(c => c.PersonId)], Bar.Changed, ct);
            await joining.WaitAgain(dossier, was.Ended ?? [], ct);
            dossier.Touch();
            return true;
        }

        // What somebody decided since; when it was asked, and that violence became known, takes nothing from what the undo puts back.
        private static RulesAsTheyStood Said(RulesAsTheyStood rules) => rules with { Checked = null, CheckedBy = null, ViolenceAt = null, Revision = 0 };

        // Violence that became known since the merge counts for both.
        private static DateTimeOffset? Later(DateTimeOffset? now, DateTimeOffset? merged, DateTimeOffset? own) => now > merged || (merged is null && now is not null) ? now : own;

        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
