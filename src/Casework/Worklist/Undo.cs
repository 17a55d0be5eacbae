using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace VictimSupport.Casework.Worklist;

/// <summary>What the worklist offers to take back, at each visit for as long as it can be: which deed, whose, and until when.</summary>
internal static class Undo
{
    private const string Deed = "Undo", IsAct = "UndoAct", By = "UndoBy", Until = "UndoUntil";

    /// <summary>What can be taken back: acts that were assigned or put off, or one that was marked as done.</summary>
    /// <param name="Id">The turn (<see cref="BulkTurn"/>), or the act.</param>
    internal sealed record Last(Guid Id, bool IsAct);

    public static void Offer(this ITempDataDictionary kept, Last deed, Guid self, DateTimeOffset now) => (kept[Deed], kept[IsAct], kept[By], kept[Until]) = (deed.Id, deed.IsAct, self, (now + BulkTurn.Undoable).UtcDateTime);

    /// <returns>The last deed; null: there is none of theirs, or it is too late.</returns>
    public static Last? Offered(this ITempDataDictionary kept, Guid self, DateTimeOffset now)
    {
        if (kept.Peek(Deed) is Guid id && kept.Peek(IsAct) is bool act && kept.Peek(By) is Guid by && by == self && kept.Peek(Until) is DateTime until && now.UtcDateTime < until) return new Last(id, act);
        kept.TakenBack();
        return null;
    }

    public static void TakenBack(this ITempDataDictionary kept)
    {
        foreach (var key in (string[])[Deed, IsAct, By, Until]) kept.Remove(key);
    }
}
