using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>The intake form filled in with what a message says: nobody types it again. When it happened stays open, the desk was not asked.</summary>
internal static class Prefill
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Query(Guid Entry) : IQuery<Register.Command>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, Trail trail) : IRequestHandler<Query, Register.Command>
    {
        public async Task<Register.Command> Handle(Query query, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).AsNoTracking().SingleOrDefaultAsync(e => e.Id == query.Entry && e.State == TrayState.Waiting, ct) ?? throw new RefusedException("absent", query.Entry);
            trail.Concerns(entry.Id, "tray");
            var message = entry.Message.Value;
            // What was said of calls goes along also where no number was left: one that is found later must not open the way. What somebody wrote of another way on the public page joins by itself.
            return new Register.Command
            {
                Trigger = message.Officer is null ? Trigger.Person : Trigger.Patrol, GivenName = message.GivenName, FamilyName = message.FamilyName, Unknown = message.GivenName.Length + message.FamilyName.Length == 0, Phone = message.Phone,
                Safe = message.Phone is null && entry.MayCall == Rule.NotAsked ? null : entry.MayCall, Condition = message.Asked is null || entry.MayCall == Rule.OnlyIf ? message.Condition : null, Language = entry.Language, Note = message.Asked is { } asked ? Said(asked) : message.About, RequestedAt = entry.PutAt,
            };
        }

        // What the intake has no field for, in the worker's language; then the person's own words.
        private static string Said(Asked asked)
        {
            string?[] wishes =
            [
                RequestWords.Of(asked.Need), asked.When is { } haste ? RequestWords.Of(haste) : null, string.Join(", ", RequestWords.Of(asked.Parts)), asked.Place is { } place ? RequestWords.Of(place) : null, asked.Interpreter ? Words.WantsInterpreter : null,
                asked.Way == Way.Self ? Words.ComesForward : null,
            ];
            return string.Join("\n", new[] { string.Join("; ", wishes.Where(w => !string.IsNullOrEmpty(w))), asked.More }.Where(line => line is not null));
        }
    }
}
