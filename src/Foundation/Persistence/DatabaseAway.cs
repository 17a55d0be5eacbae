using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Whether something failed because a database is away, full or silent: it may be tried again, and nothing of it was kept.</summary>
public static class DatabaseAway
{
    /// <summary>EF wraps what may pass (a full disk, say) once more, and twice where it saves.</summary>
    public static bool Is(Exception? e) => e is DbException or TimeoutException or DbUpdateException || (e?.InnerException is { } inner && Is(inner));
}
