using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace VictimSupport.Foundation.Persistence;

/// <summary>On a server engine a context keeps the connection of its first query until it is given back: EF returns it to the pool after each query, and the
/// server resets the session at each return. The context closes it itself, whatever EF's own pool does with contexts beyond its size.</summary>
internal sealed class HeldConnection : DbConnectionInterceptor
{
    public static readonly HeldConnection Instance = new();

    private HeldConnection() { }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => ((IAuditedContext)eventData.Context!).Held = connection;

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }

    public override InterceptionResult ConnectionClosing(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => InterceptionResult.Suppress();

    public override ValueTask<InterceptionResult> ConnectionClosingAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => ValueTask.FromResult(InterceptionResult.Suppress());

    public static void GiveBack(IAuditedContext context)
    {
        var held = context.Held;
        context.Held = null;
        held?.Close();
    }

    public static Task GiveBackAsync(IAuditedContext context)
    {
        var held = context.Held;
        context.Held = null;
        return held?.CloseAsync() ?? Task.CompletedTask;
    }
}
