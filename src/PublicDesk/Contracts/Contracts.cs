using MediatR;

namespace VictimSupport.PublicDesk.Contracts;

/// <summary>What somebody asks for.</summary>
public enum Need { Appointment = 1, CallBack = 2, Information = 3 }

/// <summary>The one way in which somebody wants to be reached.</summary>
public enum Way
{
    Sms = 1, Mail = 2, Call = 3, Video = 4, Letter = 5,

    /// <summary>They come forward themselves, with their reference: nobody reaches out to them.</summary>
    Self = 6,
}

/// <summary>Where somebody would like to talk.</summary>
public enum Spot { Office = 1, Home = 2, Elsewhere = 3 }

/// <summary>How soon somebody would like to be helped.</summary>
public enum Haste { Soon = 1, ThisWeek = 2, Later = 3 }

/// <summary>When it suits them.</summary>
[Flags]
public enum DayParts { Any = 0, Morning = 1, Afternoon = 2, Evening = 4, Weekend = 8 }

/// <summary>What became of a request, as far as whoever sent it may know.</summary>
public enum Ending { WeReach = 1, OtherWay = 2 }

/// <summary>All that somebody said who asks for help on the public page. Confidential: it is sealed wherever it is kept.</summary>
/// <param name="Reach">A number or an address, as the way has it; null: they come forward themselves.</param>
/// <param name="OnlyIf">The way is safe at those hours only, or with those words.</param>
/// <param name="Called">A first name, or one they made up.</param>
/// <param name="Language">A code, as the casework has it.</param>
/// <param name="Place">null: all the same to them, as with <paramref name="When"/>.</param>
public sealed record Asked(Need Need, Way Way, string? Reach, bool OnlyIf, string? Hours, string? MayBeSaid, string? CodeWord, string Called, string Language, bool Interpreter, Spot? Place, Haste? When, DayParts Parts, string? More)
{
    /// <summary>It comes before others. The person says so, and nobody else: no word in what they wrote is weighed.</summary>
    public bool Presses => When == Haste.Soon;
}

/// <summary>Hears of requests, in the transaction in which they come: what is heard is kept with them or not at all. The public desk itself keeps no word of what was asked. Registered scoped.</summary>
public interface IHearRequests
{
    /// <param name="request">The id of the request, under whose key it is sealed.</param>
    /// <param name="within">The zone's promise: how long an answer may take.</param>
    Task Came(Guid request, Asked asked, TimeSpan within, CancellationToken ct);

    /// <summary>Whoever sent it takes it back: what was heard is to be erased, with its key. May be repeated.</summary>
    Task Withdrawn(Guid request, CancellationToken ct);
}

/// <summary>What those who hear of requests say back. Inside a command of the zone. Registered scoped.</summary>
public interface IRequests
{
    /// <summary>Says what became of a request; one that was withdrawn, or never was, is left as it is.</summary>
    /// <param name="kept">How long whoever sent it can still ask after it.</param>
    Task Answered(Guid request, Ending outcome, TimeSpan kept, CancellationToken ct);

    /// <summary>Whether whoever sent it took it back, as long as that is known: a day.</summary>
    Task<bool> IsWithdrawn(Guid request, CancellationToken ct);
}

/// <summary>Sends a zone two fictitious requests, through the form's own use case.</summary>
public interface ITellRequests
{
    /// <summary>May be repeated: the same two are there once.</summary>
    /// <param name="stand">Sets the clock to so long before the demo's now.</param>
    Task Leave(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct);
}

/// <summary>What the codes of a request are called, in the current language.</summary>
public static class RequestWords
{
    public static string Of(Need need) => Words.Of(need);
    public static string Of(Way way) => Words.Of(way);
    public static string Of(Spot spot) => Words.Of(spot);
    public static string Of(Haste haste) => Words.Of(haste);

    /// <summary>Empty: any.</summary>
    public static IEnumerable<string> Of(DayParts parts) => Enum.GetValues<DayParts>().Where(p => p != DayParts.Any && parts.HasFlag(p)).Select(p => Words.Of(p));
}

/// <summary>What a request is called by on the telephone: six signs that say nothing by themselves, and none that is mistaken for another.</summary>
public static class Reference
{
    public const string Signs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    public static string Of(Guid request) => string.Concat(System.Security.Cryptography.SHA256.HashData(request.ToByteArray()).Take(6).Select(b => Signs[b % Signs.Length]));
}
