using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>A question over the dossiers a reader may open, that every page asks: translated once for each kind of reader, not at each page. The rule itself is
/// <see cref="Sight.Of"/>; what it takes from its reader becomes the compiled query's parameters.</summary>
internal sealed class Seen<TOne, TTwo, TThree, T>(Expression<Func<ZoneDbContext, IQueryable<Dossier>, Guid, DateTimeOffset, List<Guid>, TOne, TTwo, TThree, IQueryable<T>>> question)
{
    private delegate IAsyncEnumerable<T> Ask(ZoneDbContext zone, Guid self, DateTimeOffset now, GrantKind grants, bool team, List<Guid> replaced, TOne one, TTwo two, TThree three);

    private enum Kind { Leads, Works, Granted, None }

    // EF ties a compiled query to one model; a process that serves two engines (a test run) has two.
    private readonly ConditionalWeakTable<IModel, Dictionary<Kind, Ask>> models = [];

    public async Task<List<T>> In(ZoneDbContext zone, Reader reader, TOne one, TTwo two, TThree three, CancellationToken ct)
    {
        var known = models.GetValue(zone.Model, _ => []);
        var kind = reader.Leads ? Kind.Leads : reader.Grants == GrantKind.None ? Kind.None : reader.Works ? Kind.Works : Kind.Granted;
        Ask? ask;
        lock (known)
        {
            if (!known.TryGetValue(kind, out ask)) known[kind] = ask = Compile(zone, reader);
        }
        var rows = new List<T>();
        await foreach (var row in ask(zone, reader.Self, reader.Now, reader.Grants, reader.Team, [.. reader.Replaced], one, two, three).WithCancellation(ct)) rows.Add(row);
        return rows;
    }

    private Ask Compile(ZoneDbContext zone, Reader reader)
    {
        // Names of our own: EF keeps parameters by name, and a question may leave several unnamed.
        var own = question.Parameters.Select((p, place) => Expression.Parameter(p.Type, $"p{place}")).ToList();
        var (z, grants, team) = (own[0], Expression.Parameter(typeof(GrantKind), "grants"), Expression.Parameter(typeof(bool), "team"));
        Expression<Func<ZoneDbContext, IQueryable<Dossier>>> all = c => c.Set<Dossier>().AsNoTracking();
        var rule = SightRule.Freed(Sight.Of(zone, reader), new Dictionary<string, Expression>(StringComparer.Ordinal) { ["zone"] = z, ["self"] = own[2], ["now"] = own[3], ["grants"] = grants, ["team"] = team, ["replaced"] = own[4] });
        var seen = Expression.Call(typeof(Queryable), nameof(Queryable.Where), [typeof(Dossier)], Put(all.Body, all.Parameters[0], z), Expression.Quote(rule));
        var body = Put(question.Body, question.Parameters[1], seen);
        for (var i = 0; i < own.Count; i++) body = Put(body, question.Parameters[i], own[i]);
        return EF.CompileAsyncQuery(Expression.Lambda<Func<ZoneDbContext, Guid, DateTimeOffset, GrantKind, bool, List<Guid>, TOne, TTwo, TThree, IQueryable<T>>>(body, z, own[2], own[3], grants, team, own[4], own[5], own[6], own[7])).Invoke;
    }

    private static Expression Put(Expression into, Expression what, Expression instead) => new Replacing(what, instead).Visit(into)!;

    private sealed class Replacing(Expression what, Expression instead) : ExpressionVisitor
    {
        public override Expression? Visit(Expression? node) => node == what ? instead : base.Visit(node);
    }
}

/// <summary>A rule that was made for one reader, freed of them.</summary>
internal static class SightRule
{
    /// <param name="held">What takes the place of each thing the rule holds, by its name.</param>
    /// <exception cref="InvalidOperationException">It holds something else: kept, it would show everybody what the first reader may see.</exception>
    public static LambdaExpression Freed(LambdaExpression rule, IReadOnlyDictionary<string, Expression> held) => (LambdaExpression)new Freeing(held).Visit(rule);

    private sealed class Freeing(IReadOnlyDictionary<string, Expression> held) : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node) => held.TryGetValue(node.Member.Name, out var instead) && instead.Type == node.Type && IsHeld(node.Expression) ? instead : base.VisitMember(node);

        protected override Expression VisitConstant(ConstantExpression node) => node.Value is null || node.Type.IsPrimitive || node.Type.IsEnum || node.Type == typeof(string) || Nullable.GetUnderlyingType(node.Type) is not null ? node
            : throw new InvalidOperationException($"The rule holds {node.Type} of its reader, which no parameter replaces.");

        private static bool IsHeld(Expression? where) => where is ConstantExpression || (where is MemberExpression { Expression: { } outer } && IsHeld(outer));
    }
}
