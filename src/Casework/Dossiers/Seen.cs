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
        var rule = new Opened([z, own[2], own[3], grants, team, own[4]]).Visit(Sight.Of(zone, reader))!;
        var seen = Expression.Call(typeof(Queryable), nameof(Queryable.Where), [typeof(Dossier)], Put(all.Body, all.Parameters[0], z), Expression.Quote((LambdaExpression)rule));
        var body = Put(question.Body, question.Parameters[1], seen);
        for (var i = 0; i < own.Count; i++) body = Put(body, question.Parameters[i], own[i]);
        return EF.CompileAsyncQuery(Expression.Lambda<Func<ZoneDbContext, Guid, DateTimeOffset, GrantKind, bool, List<Guid>, TOne, TTwo, TThree, IQueryable<T>>>(body, z, own[2], own[3], grants, team, own[4], own[5], own[6], own[7])).Invoke;
    }

    private static Expression Put(Expression into, Expression what, Expression instead) => new Replacing(what, instead).Visit(into)!;

    // What the rule holds of its reader: no two are of the same type.
    private sealed class Opened(IReadOnlyList<ParameterExpression> parameters) : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node) =>
            node.Expression is ConstantExpression or MemberExpression { Expression: ConstantExpression } && parameters.SingleOrDefault(p => p.Type == node.Type) is { } parameter ? parameter : base.VisitMember(node);
    }

    private sealed class Replacing(Expression what, Expression instead) : ExpressionVisitor
    {
        public override Expression? Visit(Expression? node) => node == what ? instead : base.Visit(node);
    }
}
