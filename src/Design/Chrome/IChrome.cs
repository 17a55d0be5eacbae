using Microsoft.AspNetCore.Http;

namespace VictimSupport.Design.Chrome;

/// <summary>Asked once for every page: what stands round it. The host answers, this kit only shows.</summary>
public interface IChrome
{
    ValueTask<Frame> ForAsync(HttpContext http);
}

/// <summary>What stands round a page. Addresses are complete, zone included; texts are in the reader's language.</summary>
public sealed record Frame
{
    public required string ProductName { get; init; }

    /// <summary>Where the product's name leads.</summary>
    public required string HomeHref { get; init; }

    /// <summary>The zone one stands in; null outside every zone.</summary>
    public FrameZone? Zone { get; init; }

    /// <summary>The other zones this account has a role in, and its desk on the platform: each one press away.</summary>
    public IReadOnlyList<FrameOtherZone> Zones { get; init; } = [];

    public IReadOnlyList<FrameLink> Menu { get; init; } = [];

    /// <summary>What is not everyday, behind one press at the end of the menu.</summary>
    public IReadOnlyList<FrameLink> More { get; init; } = [];

    /// <summary>Null for whoever has not signed in.</summary>
    public FrameAccount? Account { get; init; }

    /// <summary>When the session ends; null outside any.</summary>
    public FrameSession? Session { get; init; }

    public IReadOnlyList<FrameLanguage> Languages { get; init; } = [];

    /// <summary>Reminders due now and where they are read; null where there is no bell.</summary>
    public FrameBell? Bell { get; init; }

    /// <summary>What lasts and must be seen, in red, each with a press that ends it where it is the reader's to end.</summary>
    public IReadOnlyList<FrameAlarm> Alarms { get; init; } = [];

    /// <summary>Where a page that is open asks what alarms there are by now; null outside a zone.</summary>
    public string? AlarmsHref { get; init; }

    /// <summary>True shows the red band: nobody here is real.</summary>
    public bool Demo { get; init; }

    /// <summary>True shows the band of a zone that is not live yet: people practise.</summary>
    public bool Practice { get; init; }

    /// <summary>Where it is said what is missing; null for whoever may not change it.</summary>
    public string? PracticeHref { get; init; }

    /// <summary>Where one chooses another demo account.</summary>
    public string? DemoHref { get; init; }

    public Theme Theme { get; init; }

    /// <summary>Links at the foot: help, accessibility, privacy.</summary>
    public IReadOnlyList<FrameLink> Foot { get; init; } = [];
}

/// <param name="ThemeHref">The zone's own colours: a style sheet that sets --zone-accent and --zone-on-accent, and the same with -night.</param>
public sealed record FrameZone(string Code, string Name, string? ThemeHref = null);

/// <param name="Code">Four digits; null: no zone, but a desk of the platform.</param>
public sealed record FrameOtherZone(string? Code, string Name, string Href);

/// <param name="Count">How many things wait there; null or 0 shows no figure.</param>
public sealed record FrameLink(string Text, string Href, bool IsCurrent = false, int? Count = null);

/// <param name="Links">Own pages of the account: sessions, passkeys, screen.</param>
public sealed record FrameAccount(string DisplayName, string SignOutHref, IReadOnlyList<FrameLink> Links);

/// <param name="Left">How long it still lasts without use.</param>
/// <param name="IsLast">Nothing prolongs it any more.</param>
public sealed record FrameSession(DateTimeOffset Ends, TimeSpan Left, bool IsLast);

/// <param name="Tag">fr, nl, de or en.</param>
/// <param name="Name">The language in that language.</param>
public sealed record FrameLanguage(string Tag, string Name, string Href, bool IsCurrent);

/// <param name="EndHref">null: not the reader's to end.</param>
/// <param name="Everywhere">On every page of the zone, so that a page that was opened before shows it too.</param>
public sealed record FrameAlarm(string Text, string? EndHref, string? End, bool Everywhere);

public sealed record FrameBell(int Due, string Href);

/// <summary>Auto follows the reader's device.</summary>
public enum Theme
{
    Auto,
    Light,
    Night,
}
