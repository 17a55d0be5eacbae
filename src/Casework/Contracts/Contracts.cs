using System.Collections.Concurrent;
using VictimSupport.Foundation.Access;
using MediatR;

namespace VictimSupport.Casework.Contracts;

/// <summary>Fills a zone with fictitious dossiers, through the same use cases that people use.</summary>
public interface ITellStories
{
    /// <summary>Tells the house's stories; does nothing in a zone that has dossiers.</summary>
    /// <param name="stand">Sets the clock to so long before the demo's now, so that a story has a past.</param>
    /// <returns>Were they told now?</returns>
    Task<bool> Tell(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Somebody tries one dossier after another that is not theirs: what the readers of the audit should notice the day after.</summary>
    Task TryInVain(IMediator pipeline, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>What only rights show: a restricted, a sealed and a walled dossier, a broken glass to sign, and a collective event; does nothing where it was told.</summary>
    /// <param name="people">Coordinator, a colleague, a worker: those in whose names the three pipelines stand.</param>
    Task KeepApart(IMediator coordinator, IMediator colleague, IMediator worker, IReadOnlyList<Guid> people, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Says the telephone and the return line of the zone's letters and leaflets, in the caller's name: a coordinator. Once said, they stay.</summary>
    Task HeadLetters(IMediator pipeline, string telephone, string returnLine, CancellationToken ct);

    /// <summary>Puts the story's messages in the tray, in the caller's name: somebody of the front desk. May be repeated.</summary>
    Task LeaveMessages(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Names a trainee to a story's dossier, in the caller's name: a coordinator. May be repeated.</summary>
    /// <returns>The dossier; null: there is none.</returns>
    Task<Guid?> NameTrainee(IMediator pipeline, Guid trainee, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Writes a note in that dossier, in the caller's name: the trainee. May be repeated.</summary>
    Task WriteAsTrainee(IMediator pipeline, Guid dossier, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Registers so many dossiers: the same seed and day give the same people and facts.</summary>
    Task Generate(IMediator pipeline, string language, int dossiers, int seed, Action<TimeSpan> stand, CancellationToken ct);
}

/// <summary>Invents cases in a zone that is there for the figures only: dossiers like all others, of people who do not exist.</summary>
public interface IInventCases
{
    /// <summary>Writes the next of them in one transaction. What stands there already is what comes first: killed and called again it goes on, and writes none twice.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>How many stand there now, and how many there are to be.</returns>
    Task<(int Written, int Of)> Next(IMediator pipeline, InventedZone zone, int most, CancellationToken ct);
}

/// <summary>What is invented in a zone; the same gives the same people and facts.</summary>
/// <param name="Area">Code of its statistical area: kinds of event, languages, waits and how they change differ from one to the other.</param>
/// <param name="Yearly">About how many cases a year; a zone of a large area has more.</param>
/// <param name="From">The first day.</param>
/// <param name="Until">The last day: what came of a case is known until then.</param>
public sealed record InventedZone(string Code, string Area, int Yearly, DateOnly From, DateOnly Until);

/// <summary>Tells the figures what they may know of the zone's cases: codes, whole years and days counted, a month. Nothing that names anybody, no id, no exact day.</summary>
public interface ITellFacts
{
    /// <summary>The cases registered between these days that count and were not taken back. In no order that says anything.</summary>
    Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct);
}

/// <summary>Tells a zone's own people which of their dossiers lack what the figures need.</summary>
public interface ITellWhatIsLacking
{
    /// <summary>Of those registered between these days that are counted and that the caller may open; sealed ones are in no list.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="until">The last day.</param>
    /// <param name="most">How many are named at most.</param>
    Task<Lacking> Of(DateOnly from, DateOnly until, int most, CancellationToken ct);
}

/// <param name="Dossiers">How many there are.</param>
/// <param name="First">The first of them, by number.</param>
public sealed record Lacking(int Dossiers, IReadOnlyList<LackingDossier> First);

/// <param name="What">What it lacks, in the reader's language.</param>
public sealed record LackingDossier(Guid Dossier, string Number, IReadOnlyList<string> What);

/// <summary>The yearly look at the figures, as reminders and the outbox name it.</summary>
public static class FiguresToLookAt
{
    /// <summary>The kind of the reminder that the coordinators have not looked yet.</summary>
    public const string ReminderKind = "figures-to-look-at";
}

/// <param name="From">The first day.</param>
/// <param name="Until">The last day.</param>
/// <param name="Contacts">The first contact too.</param>
/// <param name="Ages">Ages too: for them alone something sealed is opened.</param>
/// <param name="Given">Services, referrals and what became of the offer of help too.</param>
public sealed record FactsAsked(DateOnly From, DateOnly Until, bool Contacts, bool Ages, bool Given);

/// <summary>A statistics code in a zone's answer: the number of a text that is the same for all zones, so that a case is counted without its texts being read. The default is no code.</summary>
public readonly record struct FactCode
{
    private static readonly ConcurrentDictionary<string, FactCode> Known = new(StringComparer.Ordinal);
    private static string[] texts = [""];

    private FactCode(int number) => Number = number;

    /// <summary>0: no code. Small, given in the order in which this process met them; never kept.</summary>
    public int Number { get; }

    public static implicit operator FactCode(string? text) => FromString(text);

    /// <param name="text">A code of the shipped lists; null or empty: no code.</param>
    public static FactCode FromString(string? text)
    {
        if (string.IsNullOrEmpty(text)) return default;
        if (Known.TryGetValue(text, out var known)) return known;
        lock (Known)
        {
            if (Known.TryGetValue(text, out known)) return known;
            known = new FactCode(texts.Length);
            texts = [.. texts, text];
            return Known[text] = known;
        }
    }

    public override string ToString() => Volatile.Read(ref texts)[Number];
}

/// <summary>One counted case: a helped person in one dossier, in statistics codes.</summary>
/// <param name="Month">The first day of the month in which it was registered.</param>
/// <param name="IsAtHome">Is violence between partners or in the family the main fact?</param>
/// <param name="Age">In whole years when it was registered; null: not known, or not asked.</param>
/// <param name="Place">Of the first contact; no code: there was none, or it was not asked.</param>
/// <param name="Delay">Days from the request to the first contact, 0 on the same day; null as for the place.</param>
/// <param name="Services">Kinds of service that were given and count, each once. Cases of an answer that have the same ones share a list.</param>
/// <param name="Targets">Kinds of partner of the accepted referrals that count, each once.</param>
/// <param name="Offer">What became of the offer of help, see <c>Casework.Counting.Offer</c>; no code: it was not asked.</param>
/// <param name="CallOut">CallOut: the service was called out for the dossier; NoCallOut; no code: it was not asked.</param>
public sealed record CaseFact(DateOnly Month, FactCode Category, FactCode SubKind, bool IsAtHome, FactCode Capacity, FactCode Sex, int? Age, FactCode Damage, FactCode Language, FactCode Place, int? Delay, IReadOnlyList<string> Services, IReadOnlyList<string> Targets, FactCode Offer = default, FactCode CallOut = default);

/// <summary>Says the shipped codes as the screens of the casework say them, in the reader's language.</summary>
public static class SaidCodes
{
    /// <param name="list">SubKind, KindOfEvent, Capacity, Trigger, CalledBy, ClosingReason, Outcome, Place, ServiceKind, Sex or Damage.</param>
    public static string Word(string list, string code) => Words.Of($"{list}_{code}");
}

/// <summary>Tells a zone's own people its exact figures. What is hidden from the caller is in none of them: the difference to what they see would tell.</summary>
public interface ITellOwnFigures
{
    /// <summary>The code of that refusal.</summary>
    const string Walled = "walled";

    /// <exception cref="RefusedException">Exact figures are asked for by somebody for whom a wall stands: one figure less would tell them of whom.</exception>
    Task<OwnFacts> Of(OwnAsked asked, CancellationToken ct);

    /// <summary>Open dossiers now, by whom they are assigned to: a coordinator's to read; to anybody else only their own.</summary>
    Task<IReadOnlyList<Load>> Loads(CancellationToken ct);
}

/// <param name="From">The first day.</param>
/// <param name="Until">The last day.</param>
/// <param name="Ages">Ages too: for them alone something sealed is opened.</param>
/// <param name="Exact">As they stand, for whoever may open dossiers, without what is hidden from them; else to be masked, and the same for every reader: two who compare theirs learn nothing.</param>
public sealed record OwnAsked(DateOnly From, DateOnly Until, bool Ages, bool Exact);

/// <param name="Cases">Counted by the rule by which they are counted for the figures over all zones.</param>
/// <param name="Tallied">Everything that is no case: dossiers, contacts, call-outs, referrals.</param>
/// <param name="DaysOpen">For each dossier that was closed in the period, the days from its opening to its closing.</param>
/// <param name="OpenNow">Dossiers that are open at this moment, whatever the period.</param>
public sealed record OwnFacts(IReadOnlyList<CaseFact> Cases, IReadOnlyList<Tallied> Tallied, IReadOnlyList<int> DaysOpen, int OpenNow);

/// <summary>So many of one code of a figure in a month.</summary>
/// <param name="Month">Its first day.</param>
public sealed record Tallied(string Figure, DateOnly Month, string Code, int Count);

/// <param name="Account">null: nobody's.</param>
public sealed record Load(Guid? Account, int Open);
