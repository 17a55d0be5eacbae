using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Secrecy;

#pragma warning disable EF1001 // EF's own materialisation interceptor makes two delegates for each property of each row: half of a page's time went there (decision 0021). EF is pinned exactly.

/// <summary>Attaches sealed fields as part of reading a row: one call at the end of what EF compiles for entities that hold any, nothing for others.</summary>
internal sealed class SealedMaterializer(StructuralTypeMaterializerSourceDependencies dependencies) : StructuralTypeMaterializerSource(dependencies), IStructuralTypeMaterializerSource
{
    private static readonly MethodInfo Attach = typeof(SealedMaterializer).GetMethod(nameof(Attached), BindingFlags.NonPublic | BindingFlags.Static)!;

    Expression IStructuralTypeMaterializerSource.CreateMaterializeExpression(StructuralTypeMaterializerSourceParameters parameters, Expression materializationContextExpression)
    {
        var made = CreateMaterializeExpression(parameters, materializationContextExpression);
        return parameters.StructuralType.ClrType.IsAssignableTo(typeof(IHoldSealed))
            ? Expression.Call(Attach.MakeGenericMethod(made.Type), Expression.Property(materializationContextExpression, nameof(Microsoft.EntityFrameworkCore.Storage.MaterializationContext.Context)), made)
            : made;
    }

    private static T Attached<T>(Microsoft.EntityFrameworkCore.DbContext context, T row)
    {
        if (row is IHoldSealed holder && context is ZoneDbContext zone) Sealing.Instance.Attach(zone, holder);
        return row;
    }
}
