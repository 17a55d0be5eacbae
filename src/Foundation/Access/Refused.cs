namespace VictimSupport.Foundation.Access;

/// <summary>Absent and forbidden are one result: the caller sees the same 404 for both. The code is for the audit, never for the page.</summary>
public sealed class RefusedException(string code, Guid? subject = null) : Exception("Refused: " + code)
{
    /// <summary>Why, as a code without content, such as <c>role</c>, <c>absent</c>, <c>wall</c>.</summary>
    public string Code { get; } = code;
    public Guid? Subject { get; } = subject;

    /// <summary>The field of the form that asked for it, where the page says why there; null: none, or the only one.</summary>
    public string? Field { get; init; }
}
