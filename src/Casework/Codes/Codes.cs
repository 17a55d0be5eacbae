using VictimSupport.Design.Tags;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Codes;

/// <summary>How a case came in.</summary>
internal enum Trigger { Patrol = 1, OfficialReport = 2, Person = 3, Relative = 4, ProsecutorsOrder = 5, SocialService = 6, Hospital = 7, OtherService = 8 }

/// <summary>The five kinds of event; each dossier has one main kind.</summary>
internal enum KindOfEvent { Offence = 1, ShockingEvent = 2, RoadAccident = 3, FamilySituation = 4, PartnerViolence = 5 }

/// <summary>In what capacity a person stands in a dossier. The first three are helped; the others are only mentioned: never counted, contacted or referred.</summary>
internal enum Capacity { Victim = 1, Relative = 2, Witness = 3, Deceased = 11, AllegedAuthor = 12, Representative = 13, SupportPerson = 14, Mentioned = 19 }

internal static class Capacities
{
    public static bool IsHelped(this Capacity capacity) => capacity is Capacity.Victim or Capacity.Relative or Capacity.Witness;

    /// <summary>In what capacity somebody can be registered on a day.</summary>
    public static IEnumerable<Choice> Helped(DateOnly day) => ShippedCodes.Choices<Capacity>(day).Where(c => Enum.Parse<Capacity>(c.Value).IsHelped());

    /// <summary>Does the zone's meaning of the word victim cover somebody? Communities differ: labels and figures ask here and nowhere else.</summary>
    /// <param name="setting">What the zone chose.</param>
    /// <param name="offence">Is there an offence among the facts (<see cref="SubKinds.IsOffence"/>)?</param>
    public static bool CountsAsVictim(this Capacity capacity, VictimMeaning setting, bool offence) => setting switch
    {
        VictimMeaning.Offence => offence && capacity == Capacity.Victim,
        VictimMeaning.OffenceAndThoseClose => offence && capacity is (Capacity.Victim or Capacity.Relative),
        VictimMeaning.Event => capacity == Capacity.Victim,
        VictimMeaning.EventAndThoseClose => capacity is Capacity.Victim or Capacity.Relative,
        VictimMeaning.EventThoseCloseAndWitnesses => capacity.IsHelped(),
        _ => false,
    };
}

/// <summary>As what somebody stands for another person.</summary>
internal enum StandingRole { Parent = 1, Guardian = 2, Support = 3, Other = 4 }

/// <summary>Who decided that whoever stands for a person is told, or reached for them.</summary>
internal enum Authority { Nobody = 0, Person = 1, Coordinator = 2, Prosecutor = 3 }

/// <summary>How somebody is interpreted for.</summary>
internal enum InterpreterKind
{
    None = 0, Phone = 1, Present = 2, Sworn = 3, SignLanguage = 4,

    /// <summary>Somebody close interprets: not advised, and noted so.</summary>
    SupportPerson = 5,
}

/// <summary>What the check of an interpreter's name came to.</summary>
internal enum InterpreterHit { None = 0, ThisDossier = 1, AnotherDossier = 2 }

/// <summary>How high an assessed risk is, as its author said it.</summary>
internal enum RiskLevel { NotSaid = 0, Low = 1, Moderate = 2, High = 3, Acute = 4 }

/// <summary>Who assessed a risk.</summary>
internal enum RiskAuthor { Police = 1, Prosecutor = 2, Service = 3, Other = 4 }

/// <summary>Why what is kept of a person is printed.</summary>
internal enum PrintReason { ForThePerson = 1, Appointment = 2, Justice = 3, HandOn = 4, Other = 5 }

[Flags]
internal enum Damage { None = 0, Material = 1, Physical = 2, Moral = 4 }

internal static class Damages
{
    /// <summary>One by one, as a form has them.</summary>
    public static IReadOnlyList<Damage> Each(this Damage all) => [.. Enum.GetValues<Damage>().Where(d => d != Damage.None && all.HasFlag(d))];
}

/// <summary>What whoever works with this dossier must know first.</summary>
[Flags]
internal enum Danger { None = 0, AtHome = 1, AddressSecret = 2, AuthorAtLarge = 4, MinorPresent = 8, DangerousDog = 16 }

internal enum Sex { NotSaid = 0, Female = 1, Male = 2, Other = 3 }

/// <summary>How somebody may be reached by a channel.</summary>
internal enum Rule { NotAsked = 0, Safe = 1, OnlyIf = 2, Never = 3 }

/// <summary>Who decided for a minor, against the rule.</summary>
internal enum Decider { Nobody = 0, Minor = 1, Coordinator = 2 }

internal enum Channel { Call = 1, Sms = 2, Mail = 3, Letter = 4, Visit = 5 }

internal enum Place { Phone = 1, Office = 2, Home = 3, Scene = 4, Hospital = 5, Court = 6, Written = 7 }

/// <summary>What has become of a contact: planned, then held, missed or cancelled. One that was not planned begins as held or missed.</summary>
internal enum ContactState { Planned = 1, Held = 2, Missed = 3, Cancelled = 4 }

/// <summary>With whom, where a contact is for the person and not with them.</summary>
internal enum Counterpart { Officer = 1, Prosecutor = 2, Partner = 3, Insurer = 4, School = 5, Care = 6, Lawyer = 7, Employer = 8, Family = 9, Other = 10 }

/// <summary>What a person was told about; that their data are kept, and how, among them.</summary>
internal enum Topic { DataUse = 1, Rights = 2, Procedure = 3, Complaint = 4, InjuredPerson = 5, Compensation = 6, LegalAid = 7, Protection = 8, Services = 9, Practical = 10, Prevention = 11, Leaflet = 21, PocketCard = 22, OtherLeaflet = 23 }

/// <summary>Why an appointment does not take place.</summary>
internal enum CancelReason { ByThePerson = 1, ByTheService = 2, NotSafe = 3, NoLongerNeeded = 4, PlannedInError = 5, DossierClosed = 6 }

/// <summary>What was given: the seven offers of the service, and three acts of its own.</summary>
internal enum ServiceKind { Listening = 1, FirstHelp = 2, Information = 3, PracticalHelp = 4, Orientation = 5, PreparingHearing = 6, Accompanying = 7, DeathNotification = 8, LastFarewell = 9, Recontact = 10 }

/// <summary>Who called somebody out at night.</summary>
internal enum CalledBy { Dispatcher = 1, OfficerOnTheSpot = 2, Hospital = 3, Prosecutor = 4, Colleague = 5, Other = 9 }

/// <summary>What was done, or found, on a call-out.</summary>
internal enum CallOutAct { NotifiedOfDeath = 1, StayedWith = 2, WishToSeeBody = 3, FamilyTold = 4, Listened = 5, FirstHelp = 6, Informed = 7, PracticalHelp = 8, Accompanied = 9, FragileHealth = 10 }

/// <summary>What a call-out leaves to the day team.</summary>
internal enum DayTask { CallWithin24Hours = 1, LastFarewell = 2, TellSchool = 3, FetchReport = 4 }

internal enum ActKind { FirstContact = 1, CallBack = 2, Visit = 3, Interview = 4, Letter = 5, Accompany = 6, Referral = 7, Administration = 8, Other = 9 }

/// <summary>How far a referral has come.</summary>
internal enum ReferralState { Offered = 1, Accepted = 2, Refused = 3, Sent = 4, Received = 5, TakenUp = 6, NoAnswer = 7, Withdrawn = 8, CannotTakeUp = 9, DidNotCome = 10 }

/// <summary>Why somebody does not want to be referred: theirs to say or not.</summary>
internal enum RefusalReason { NotSaid = 0, NotNow = 1, HasHelp = 2, NoWish = 3, TooFar = 4, NoTrust = 5 }

/// <summary>What a partner may be told of somebody, field by field.</summary>
internal enum SharedField { Name = 1, BirthDate = 2, Phone = 3, Mail = 4, Address = 5, Language = 6, Need = 7, Facts = 8, FactsOn = 9, Municipality = 10, Message = 11 }

/// <summary>Who agreed to a referral.</summary>
internal enum AgreedBy { Person = 1, Representative = 2 }

internal enum AgreedHow { OnScreen = 1, OnPaper = 2, Orally = 3 }

/// <summary>How a referral reaches a partner: by a link in a mail or on a sheet, or said by telephone, without a link.</summary>
internal enum SentAs { Mail = 1, Sheet = 2, Phone = 3 }

/// <summary>On what ground something was shared outside the team without being a referral.</summary>
internal enum SharingGround { ConsultationByLaw = 1, ConsultationByProsecutor = 2, Danger = 3, ProsecutorsOrder = 4, JudgesOrder = 5, PersonsRequest = 6, Other = 9 }

/// <summary>How far a handover to another zone has come. Until it is accepted the zone that hands over answers for the persons.</summary>
internal enum HandoverState
{
    Proposed = 1,

    /// <summary>It can be read in the other zone.</summary>
    Delivered = 2,

    /// <summary>The receiving zone asked something.</summary>
    Asked = 3,
    Accepted = 4,
    Refused = 5,

    /// <summary>Taken back, as long as the other zone has not accepted before it hears so.</summary>
    Withdrawing = 6,
    Withdrawn = 7,
}

/// <summary>A turn of a handover.</summary>
internal enum HandoverStep { Proposed = 1, Delivered = 2, Asked = 3, Answered = 4, Accepted = 5, Refused = 6, AskedBack = 7, Withdrawn = 8 }

/// <summary>On what ground people are handed over to another zone.</summary>
internal enum HandoverBasis { TheirWish = 1, TheyAgree = 2, WithoutAgreement = 3 }

/// <summary>What goes beside name, language and rules of safe contact, which always go.</summary>
internal enum HandedField { Phone = 1, Mail = 2, Address = 3, BirthDate = 4, Damage = 5, FactsOn = 6, FactsWhere = 7, Reports = 8, Acts = 9 }

/// <summary>What a document is.</summary>
internal enum DocumentKind { Consent = 1, MedicalCertificate = 2, ProsecutorsOrder = 3, LetterSent = 4, Other = 9 }

/// <summary>Why a document was taken out again.</summary>
internal enum WithdrawReason { WrongDossier = 1, WrongFile = 2, Duplicate = 3, AskedByThePerson = 4, OutOfDate = 5 }

internal enum ClosingReason { NeedsMet = 1, Referred = 2, Declined = 3, Unreachable = 4, Moved = 5, HandedOver = 6, OpenedInError = 7 }

/// <summary>On what ground an entry is copied into the other layer.</summary>
internal enum CopyGround { ThePersonAgrees = 1, GraveDanger = 2, DutyToReport = 3, ProsecutorsOrder = 4, NeededForHelp = 5, Other = 6 }

/// <summary>Why an entry for the police file is not given.</summary>
internal enum NotGiven { ThePersonObjects = 1, KnownAlready = 2, NoUseToThem = 3, ProfessionalSecrecy = 4, WrittenInError = 5, Other = 6 }

/// <summary>Why something that the figures need is not known when a dossier closes.</summary>
internal enum WhyUnknown { DidNotSay = 1, NotReached = 2, Declined = 3, NotSafeToAsk = 4, DoesNotApply = 5 }

/// <summary>As what somebody stands in the list of a collective event.</summary>
internal enum EventRole { Involved = 1, Injured = 2, Deceased = 3, Relative = 4, Witness = 5, Helper = 6 }

/// <summary>How somebody in the list of an event is, as far as it is known.</summary>
internal enum EventState { NotKnown = 0, Unhurt = 1, LightlyHurt = 2, SeriouslyHurt = 3, Missing = 4, GoneHome = 5 }

/// <summary>Where people of an event are received, called or treated.</summary>
internal enum EventPlace { ReceptionCentre = 1, RelativesCentre = 2, CallCentre = 3, Hospital = 4, Shelter = 5, Scene = 6, Other = 9 }

/// <summary>What was decided about two lines of an event: that one looks for the other, that one does not, that they are two people.</summary>
internal enum EventLinkKind { Seeks = 1, NotSought = 2, NotTheSame = 3 }

/// <summary>For whom the list of an event is exported.</summary>
internal enum EventExportReason { CrisisCell = 1, Justice = 2, Hospital = 3, OwnCopy = 4 }

/// <summary>How far a zone that was asked to help in an event has answered.</summary>
internal enum EventAnswer { Asked = 1, Accepted = 2, Declined = 3 }

/// <summary>How far a dossier is kept from the rest of the team.</summary>
internal enum Protection
{
    /// <summary>As the zone works: whoever it is assigned to, or the team.</summary>
    None = 0,

    /// <summary>The coordinator, and whoever is named.</summary>
    Restricted = 1,

    /// <summary>A colleague is concerned: the named readers and nobody else, whatever the role. Breaking glass does not open it.</summary>
    Sealed = 2,
}

/// <summary>Why a dossier is open to one account for a time.</summary>
[Flags]
internal enum GrantKind
{
    None = 0,

    /// <summary>Opened on call: until the end of the shift and the zone's window after it.</summary>
    CallOut = 1,

    /// <summary>Named for somebody in training.</summary>
    Trainee = 2,

    /// <summary>Took it in an emergency, for an hour, told and reviewed.</summary>
    BreakGlass = 4,
    Named = 8,

    /// <summary>The zone's outside stand-in, for this dossier.</summary>
    StandIn = 16,

    /// <summary>Goes to an appointment in it, until a week after.</summary>
    Going = 32,
}

/// <summary>What the review of a broken glass came to.</summary>
internal enum Finding { Justified = 1, NotJustified = 2 }

internal enum Outcome { Supported = 1, InformedOnly = 2, NoContact = 3, Ongoing = 4 }

internal static class Languages
{
    /// <summary>Languages a person may need, sign languages among them; the word is found under <c>Language_</c> and the code.</summary>
    public static readonly IReadOnlyList<string> All = ["fr", "nl", "de", "en", "ar", "tr", "pl", "ro", "uk", "ru", "es", "it", "pt", "bg", "sq", "fa", "ps", "ti", "lsfb", "vgt", "dgs", "other"];
}
