using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Codes;

/// <summary>What a form offers of a list today: the shipped codes, each followed by the zone's own entries that stand for it.</summary>
internal static class Offered
{
    /// <param name="Kept">What stands there now: offered though it ended, so that saving something else does not change it.</param>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(CodeList List, string? Kept = null) : IQuery<IReadOnlyList<Choice>>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Choice>>
    {
        public static readonly Compiled<CodeList, OwnCode> OwnOf = Compiled.Query((ZoneDbContext z, CodeList list) => z.Set<OwnCode>().AsNoTracking().Where(c => c.List == list));

        public Task<IReadOnlyList<Choice>> Handle(Query query, CancellationToken ct) => On(zone, Moment.Day(clock.GetUtcNow()), query, ct);

        /// <summary>The same within another question.</summary>
        public static async Task<IReadOnlyList<Choice>> On(ZoneDbContext zone, DateOnly day, Query query, CancellationToken ct)
        {
            var kept = OwnCode.IdOf(query.Kept);
            var own = (await OwnOf.In(zone, query.List, ct)).Where(c => c.Holds(day) || c.Id == kept).OrderBy(c => c.Word, StringComparer.CurrentCulture).ToLookup(c => c.Shipped);
            // An own entry goes with the shipped code that it stands for.
            return [.. ShippedCodes.All.Where(c => c.List == query.List).SelectMany(c => own[c.Code].Where(o => c.Holds(day) || o.Id == kept).Select(o => new Choice(o.Value, o.Word))
                .Prepend(c.Holds(day) || c.Code == query.Kept ? new Choice(c.Code, Lists.Word(c.List, c.Code)) : null).OfType<Choice>())];
        }
    }
}
