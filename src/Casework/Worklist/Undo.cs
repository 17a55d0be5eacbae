using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace VictimSupport.Casework.Worklist;

/// <summary>What the worklist offers to take back, at each visit for as long as it can be: which deed, whose, and until when.</summary>
internal static class Undo
{
    private const string Turn = "Undo", By = "UndoBy", Until = "UndoUntil";

    public static void Offer(this ITempDataDictionary kept, Guid turn, Guid self, DateTimeOffset now) => (kept[Turn], kept[By], kept[Until]) = (turn, self, (now + BulkTurn.Undoable).UtcDateTime);

    /// <returns>The last deed; null: there is none of theirs, or it is too late.</returns>
    public static Guid? Offered(this ITempDataDictionary kept, Guid self, DateTimeOffset now)
    {
        if (kept.Peek(Turn) is Guid turn && kept.Peek(By) is Guid by && by == self && kept.Peek(Until) is DateTime until && now.UtcDateTime < until) return turn;
        kept.TakenBack();
        return null;
    }

    public static void TakenBack(this ITempDataDictionary kept)
    {
        foreach (var key in (string[])[Turn, By, Until]) kept.Remove(key);
    }
}
