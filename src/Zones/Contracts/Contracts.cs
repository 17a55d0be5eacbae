using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Zones.Contracts;

/// <summary>Who works in a zone: ids and roles, nothing of what they do.</summary>
public interface IStaff
{
    /// <summary>Accounts that hold one of these roles in the zone now.</summary>
    ValueTask<IReadOnlyList<Guid>> Holding(Guid zone, IEnumerable<Role> roles, CancellationToken ct);

    /// <summary>Colleagues who are absent now and whom this account replaces: it sees their dossiers for that time.</summary>
    ValueTask<IReadOnlyList<Guid>> ReplacedBy(Guid zone, Guid account, CancellationToken ct);

    /// <summary>Is the account away now, and who replaces it? null: it is there.</summary>
    ValueTask<Away?> AwayNow(Guid zone, Guid account, CancellationToken ct);
}

/// <param name="Replacement">null: the coordinators look after what falls due.</param>
public sealed record Away(Guid? Replacement, DateTimeOffset Until);

/// <summary>What a colleague of another zone comes for.</summary>
public enum VisitKind { CallOut = 1, Event }

/// <summary>Who is to come, where, from which zone, for what, until when.</summary>
/// <param name="From">Whose colleague they are: the visit counts only while they hold a role there.</param>
/// <param name="About">The id of the call-out or the event: of what it is, nothing is known in the catalogue.</param>
/// <param name="Until">The first instant at which it counts no more.</param>
public sealed record VisitAsked(Guid Account, Guid Zone, Guid From, VisitKind Kind, Guid About, DateTimeOffset Until);

/// <param name="Until">When it ended, or will.</param>
/// <param name="By">Who began it.</param>
public sealed record VisitSpan(Guid Id, Guid Account, Guid Zone, Guid From, VisitKind Kind, Guid About, DateTimeOffset Since, DateTimeOffset Until, Guid By);

/// <summary>A colleague of another zone in a zone, for a time and for one thing: there they are a <see cref="Role.Visitor"/>, which opens nothing by itself. What it is about says which rows are theirs.</summary>
public interface IVisits
{
    /// <summary>Begins a visit inside a use case that writes the catalogue. One that lives for the same is prolonged instead. That the zones agreed to it (one pool, or a request that was accepted) is for the caller to have asked,
    /// and that each has a record of it.</summary>
    /// <exception cref="RefusedException">They hold no role in <see cref="VisitAsked.From"/>, it is their own zone, or it is over already.</exception>
    Task<Guid> Begin(Foundation.Persistence.CatalogDbContext house, VisitAsked asked, Guid by, CancellationToken ct);

    /// <summary>All living visits for it, to a later instant.</summary>
    Task Prolong(Foundation.Persistence.CatalogDbContext house, VisitKind kind, Guid about, DateTimeOffset until, CancellationToken ct);

    /// <summary>Ends the living visits for it now, or one account's.</summary>
    /// <returns>Whose they were.</returns>
    Task<IReadOnlyList<Guid>> End(Foundation.Persistence.CatalogDbContext house, VisitKind kind, Guid about, Guid? account, CancellationToken ct);

    /// <summary>Calls home those who came from a zone, or all: their living visits for it are over now. None was sent away; they may come again.</summary>
    /// <returns>Whose they were.</returns>
    Task<IReadOnlyList<Guid>> CallHome(Foundation.Persistence.CatalogDbContext house, VisitKind kind, Guid about, Guid? from, CancellationToken ct);

    /// <summary>Whose visit for it was ended in the zone they came to.</summary>
    Task<IReadOnlySet<Guid>> SentAway(Foundation.Persistence.CatalogDbContext house, VisitKind kind, Guid about, CancellationToken ct);

    /// <summary>Whoever was sent away may come again; by this alone they do not.</summary>
    Task LetBack(Foundation.Persistence.CatalogDbContext house, VisitKind kind, Guid about, Guid account, CancellationToken ct);

    /// <summary>It is kept: what was remembered of where the account may go is old. After the use case, before anything leads there.</summary>
    void Kept(Guid account);

    /// <summary>Living visits of an account in a zone, as of a few seconds ago at most; none once it holds no role in the zone it comes from.</summary>
    ValueTask<IReadOnlyList<VisitSpan>> Of(Guid account, Guid zone, CancellationToken ct);

    /// <summary>Visits in a zone that counted at some moment between these, the latest first.</summary>
    Task<IReadOnlyList<VisitSpan>> In(Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct);
}

/// <summary>Who held which role in a zone, and when: for those who answer for it.</summary>
public interface IRoleHistory
{
    /// <summary>Every role that was ever given in the zone, and every visit to it, the latest first.</summary>
    Task<IReadOnlyList<RoleSpan>> Of(Guid zone, CancellationToken ct);

    /// <summary>Who was away at some moment between these and who saw their dossiers meanwhile.</summary>
    Task<IReadOnlyList<ReplacementSpan>> Replacements(Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct);

    /// <summary>Did caseworkers see each other's dossiers on that day?</summary>
    Task<bool> TeamSawAll(Guid zone, DateOnly day, CancellationToken ct);
}

/// <param name="From">When it was given.</param>
/// <param name="Since">From when on it counted: a role that opens dossiers only once a second person had confirmed it. null: it never did.</param>
/// <param name="To">When it ended or will end; null: no end is set.</param>
/// <param name="Reason">A code, such as <c>invitation</c>.</param>
public sealed record RoleSpan(Guid Id, Guid Account, Role Role, DateTimeOffset From, DateTimeOffset? Since, DateTimeOffset? To, Guid? GivenBy, Guid? ConfirmedBy, string Reason)
{
    /// <summary>Did it count at some moment between these?</summary>
    public bool CountedBetween(DateTimeOffset from, DateTimeOffset to) => Since is { } since && since < to && (To is null || To > from);
}

/// <param name="By">Who said so.</param>
public sealed record ReplacementSpan(Guid Account, Guid Away, DateTimeOffset From, DateTimeOffset To, Guid By);

/// <summary>Roles and deeds in words, in the current language.</summary>
public static class RoleWords
{
    public static string Of(Role role) => Words.Of(role);
    public static string Of(May deed) => Words.Of(deed);
}

/// <summary>How a zone works, as of now: federal defaults, the zone's own choices, never below the locked minimum.</summary>
public interface IZoneSettings
{
    /// <summary>Kept for seconds.</summary>
    ValueTask<ZoneSettings> Of(Guid zone, CancellationToken ct);
}

/// <param name="FirstContactWithin">From registration to the first contact.</param>
/// <param name="TeamSeesAll">Caseworkers see every dossier of the zone that is not restricted, sealed or walled off; else those assigned to them, to a colleague they replace, or to nobody.</param>
/// <param name="CallOutWindow">How long after the end of a shift a colleague on call keeps the dossiers opened in it.</param>
/// <param name="OutsideStandIn">A colleague of the pool with a coordinator's rights for one dossier at a time; null: none is named.</param>
public sealed record ZoneSettings(TimeSpan FirstContactWithin, bool TeamSeesAll, TimeSpan CallOutWindow, Guid? OutsideStandIn)
{
    public static readonly ZoneSettings FederalDefaults = new(TimeSpan.FromHours(48), TeamSeesAll: false, TimeSpan.FromHours(72), OutsideStandIn: null);

    /// <summary>What the service calls itself, by language; a language it gave no name in is left out.</summary>
    public IReadOnlyDictionary<string, string> ServiceNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Languages the service works in, the official ones among them.</summary>
    public IReadOnlyList<string> Languages { get; init; } = ["fr", "nl", "de"];
    public IReadOnlyList<string> OfficialLanguages { get; init; } = [];

    /// <summary>Codes of the sub-kinds of facts whose people may get a first letter before anybody was asked.</summary>
    public IReadOnlySet<string> FirstLetterFor { get; init; } = new HashSet<string>();

    /// <summary>Codes of the kinds of consultation bodies that are offered; communities differ.</summary>
    public IReadOnlySet<string> BodyKinds { get; init; } = new HashSet<string>();

    /// <summary>Years after which a colleague who was at no training on a topic is due for one; from 1 to 10.</summary>
    public int TrainedEvery { get; init; } = 3;

    /// <summary>Whom the figures count as a victim; communities differ.</summary>
    public VictimMeaning Victim { get; init; } = VictimMeaning.Event;

    /// <summary>From a reminder to its being told on to the coordinators, where whoever was told did nothing.</summary>
    public TimeSpan ToldOnAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Colleagues may make themselves a secret address at which a calendar program reads when they are busy.</summary>
    public bool CalendarFeeds { get; init; }

    /// <summary>The zone's colour, such as <c>#22577a</c>: dark enough to be read on white.</summary>
    public string Accent { get; init; } = "#22577a";
    public OpeningHours Hours { get; init; } = OpeningHours.Unknown;

    /// <summary>As long as a room may be called.</summary>
    public const int LongestRoom = 40;

    /// <summary>The rooms of the office, in the zone's order; none: it named none.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>Years that notes of assistance, and facts for the police file, are kept after closing.</summary>
    public int YearsOfAssistance { get; init; } = 10;
    public int YearsOfPoliceFacts { get; init; } = 10;

    /// <summary>After that, a referral without an answer comes back to whoever works on the dossier.</summary>
    public TimeSpan ReferralAnswerWithin { get; init; } = TimeSpan.FromDays(10);

    /// <summary>After that, whoever has to say a word on a handover between zones is reminded.</summary>
    public TimeSpan HandoverAnswerWithin { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long feedback on the public pages is kept.</summary>
    public TimeSpan FeedbackKept { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The zone's promise to whoever asks on the public page; after that the coordinators are told.</summary>
    public TimeSpan RequestAnswerWithin { get; init; } = TimeSpan.FromHours(48);

    /// <summary>How long a request is kept once it was answered, declined or became a dossier; then it is erased with its key.</summary>
    public TimeSpan RequestKept { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long after the first contact somebody is asked again, by the kind of event.</summary>
    public IReadOnlyDictionary<string, TimeSpan> RecontactAfter { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["Offence"] = TimeSpan.FromDays(10), ["ShockingEvent"] = TimeSpan.FromDays(10), ["RoadAccident"] = TimeSpan.FromDays(14), ["FamilySituation"] = TimeSpan.FromDays(14), ["PartnerViolence"] = TimeSpan.FromDays(7),
    };

    /// <summary>How long a dossier may stay open before closing or referral is proposed.</summary>
    public TimeSpan ShortTerm { get; init; } = TimeSpan.FromDays(7 * 12);

    /// <summary>When the zone went live; null: people are still practising.</summary>
    public DateTimeOffset? Live { get; init; }
}

/// <summary>The zones that take part: active, and live. Kept for seconds.</summary>
public interface ITakePart
{
    /// <summary>In the order of their codes.</summary>
    ValueTask<IReadOnlyList<Participant>> All(CancellationToken ct);
}

/// <summary>A zone that takes part, as anybody may know it.</summary>
/// <param name="Called">Its names by language; a language it has none in is left out.</param>
/// <param name="Languages">Official ones, the first is its default.</param>
/// <param name="Places">Its postcodes with the name of the place, such as <c>5330 Assesse</c>.</param>
public sealed record Participant(string Code, IReadOnlyDictionary<string, string> Called, IReadOnlyList<string> Languages, IReadOnlyList<string> Places);

/// <summary>Whom the word victim covers.</summary>
public enum VictimMeaning
{
    /// <summary>Who suffered an offence.</summary>
    Offence = 1,

    /// <summary>Who suffered an offence, an accident or a shocking event.</summary>
    Event,

    /// <summary>The same, and those close to them.</summary>
    EventAndThoseClose,

    /// <summary>Who suffered an offence, and those close to them: as the agreement for Wallonia and the French Community has it.</summary>
    OffenceAndThoseClose,

    /// <summary>Who suffered an offence, an accident or a shocking event, those close to them, and who saw it happen: as in the German-speaking Community.</summary>
    EventThoseCloseAndWitnesses,
}

/// <summary>Adds a zone to the platform, for the command line alone: whoever holds the machine hands the one-time link on. On a page an operator would invite himself.</summary>
public interface IAddZones
{
    /// <summary>Makes the zone if it is missing, and invites its first administrator where it has none and none is invited.</summary>
    /// <returns>The one-time path of the invitation, or null where nobody was invited.</returns>
    Task<string?> Add(string code, string? fr, string? nl, string? de, IReadOnlyList<string> languages, string? administrator, CancellationToken ct);

    /// <summary>Invites the first operator; null where the platform has one, or one is invited.</summary>
    Task<string?> InviteOperator(string email, CancellationToken ct);

    /// <summary>Confirms the second operator while there is only one, who cannot confirm whom he invited.</summary>
    /// <returns>false: nobody with this address waits for it, or there are two who can confirm.</returns>
    Task<bool> ConfirmOperator(string email, CancellationToken ct);
}

/// <summary>Brings many zones in from a CSV file. Idempotent: the same file again changes nothing, and finishes what a kill left half made.</summary>
public interface IImportZones
{
    /// <summary>Reads the file (UTF-8, RFC 4180) and compares it with the catalogue; writes nothing.</summary>
    Task<ZoneImport> Check(byte[] file, CancellationToken ct);

    /// <summary>Notes the zones in the catalogue, all in one transaction.</summary>
    /// <returns>How many are new or changed.</returns>
    Task<int> Note(IReadOnlyList<ZoneFacts> zones, CancellationToken ct);

    /// <summary>Makes the databases of those that have none yet, one after another; yields each code when it stands.</summary>
    IAsyncEnumerable<string> Make(IReadOnlyList<ZoneFacts> zones, CancellationToken ct);
}

/// <summary>What a file of zones says, and what is wrong in it, in the order of its lines.</summary>
public sealed record ZoneImport(IReadOnlyList<ZoneLine> Lines, IReadOnlyList<LineFault> Faults);

/// <summary>A line without fault, and what importing it would do.</summary>
public sealed record ZoneLine(ZoneFacts Zone, ZoneFate Fate);

/// <summary>What an import does to a zone.</summary>
public enum ZoneFate { New, Changed, Unchanged }

/// <summary>A fault in a file.</summary>
/// <param name="Line">Counted from 1, the header included.</param>
/// <param name="Column">null: the whole line.</param>
public sealed record LineFault(int Line, string? Column, string Wrong)
{
    public override string ToString() => Column is null ? Words.LineFault(Line, Wrong) : Words.LineColumnFault(Line, Column, Wrong);
}

/// <summary>The zones of the demo, with an account for every role.</summary>
public interface IMakeStoryZones
{
    /// <summary>Makes what is missing; may be repeated and resumed.</summary>
    /// <param name="zones">How many; after the four of the stories come plain ones, from code 9805.</param>
    Task<IReadOnlyList<StoryZone>> Make(int zones, CancellationToken ct);
}

/// <param name="Caseworkers">Accounts in whose name the stories are told; the first is the coordinator.</param>
public sealed record StoryZone(string Code, string Language, IReadOnlyList<Guid> Caseworkers)
{
    public Guid FrontDesk { get; init; }
    public Guid Trainee { get; init; }
}
