using System.Linq.Expressions;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Tests.Casework;

/// <summary>A compiled question holds nothing of the reader it was first asked for.</summary>
public sealed class SeenTests
{
    private static readonly Dictionary<string, Expression> Held = new() { ["self"] = Expression.Parameter(typeof(Guid), "p0"), ["zone"] = Expression.Parameter(typeof(ZoneDbContext), "p1") };

    [Fact]
    public void What_a_rule_holds_becomes_a_parameter()
    {
        var self = Guid.NewGuid();
        Expression<Func<Dossier, bool>> rule = d => d.AssignedTo == self && d.Closed == null;
        Assert.DoesNotContain("value(", SightRule.Freed(rule, Held).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_holds_anything_else_is_refused()
    {
        var (self, other, listed) = (Guid.NewGuid(), Guid.NewGuid(), new List<Guid>());
        foreach (var planted in new Expression<Func<Dossier, bool>>[] { d => d.AssignedTo == self && d.OpenedBy != other, d => listed.Contains(d.Id) })
            Assert.Throws<InvalidOperationException>(() => SightRule.Freed(planted, Held));
    }
}
