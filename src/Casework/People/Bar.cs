namespace VictimSupport.Casework.People;

/// <summary>Why something does not go out. The audit has it as <c>gate-</c> and the name; the word is found under <c>Bar_</c>.</summary>
internal enum Bar
{
    None = 0,

    /// <summary>Only mentioned: a deceased, an alleged perpetrator, anybody who is not helped.</summary>
    Mentioned = 1,
    Never = 2,
    NotAsked = 3,

    /// <summary>Nobody was asked, and a first letter is not for these facts or this person.</summary>
    FirstLetter = 4,

    /// <summary>A minor: nobody decided that letters may come home.</summary>
    Minor = 5,

    /// <summary>There is a condition, and nobody who keeps to it.</summary>
    OnlyIf = 6,

    /// <summary>Outside the hours that were agreed.</summary>
    Hours = 7,

    /// <summary>There is no number or address.</summary>
    Nowhere = 8,

    /// <summary>The rule or the script was not read first.</summary>
    Unread = 9,

    /// <summary>Another letter goes to the same person or the same address.</summary>
    Twin = 10,

    /// <summary>Somebody took it back.</summary>
    Withdrawn = 11,

    /// <summary>The rules changed after it was prepared.</summary>
    RuleChanged = 12,

    /// <summary>Where it would have gone to, or what happened, changed after it was prepared.</summary>
    Changed = 13,

    /// <summary>Nobody decided that the person is reached through this one.</summary>
    Undecided = 14,

    /// <summary>Whoever it would go through or to is the alleged perpetrator, or stands in a conflict.</summary>
    Conflict = 15,

    /// <summary>It was written under a condition, and waited so long that nobody can say whether that still holds.</summary>
    Late = 16,

    /// <summary>What was agreed is to be asked again before anything goes out with nobody there.</summary>
    Outdated = 17,

    /// <summary>The appointment it reminds of, or the dossier, is past, moved or closed.</summary>
    Ended = 18,

    /// <summary>No server took it for hours.</summary>
    NotTaken = 19,
}

internal static class Bars
{
    private const string Prefix = "gate-";

    /// <summary>As the audit has it.</summary>
    public static string Code(this Bar bar) => Prefix + bar.ToString().ToLowerInvariant();

    /// <summary>The bar behind the code of a refusal; null: it was refused by something else.</summary>
    public static Bar? Of(string code) => code.StartsWith(Prefix, StringComparison.Ordinal) && Enum.TryParse<Bar>(code[Prefix.Length..], ignoreCase: true, out var bar) ? bar : null;
}
