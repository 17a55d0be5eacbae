namespace VictimSupport.Network.Contracts;

/// <summary>What somebody may need that the service itself does not give. The number is the statistics code.</summary>
public enum Need
{
    /// <summary>Psychosocial support after what happened.</summary>
    Support = 1,

    /// <summary>Informed and accompanied in the judicial procedure.</summary>
    Procedure = 2,
    SexualViolence = 3,
    PartnerViolence = 4,

    /// <summary>Somebody to talk to, at once and anonymously.</summary>
    Listening = 5,
    Children = 6,
    RoadVictims = 7,
    Money = 8,
    LegalAid = 9,
    Shelter = 10,
    Health = 11,
    MassEvent = 12,
    Mediation = 13,

    /// <summary>Advice at home, so that it does not happen again.</summary>
    Prevention = 14,
}

/// <summary>How a partner wants to be asked.</summary>
public enum PartnerChannel { Phone = 1, Mail = 2, Letter = 3, Form = 4 }

/// <summary>A partner as the casework may know one. About organisations: nothing in it tells of a person helped.</summary>
/// <param name="Type">Code of the shipped type it is, or is mapped to.</param>
/// <param name="Statistics">Statistics code of that type.</param>
/// <param name="TypeName">The zone's own name for the type, else the shipped word, in the reader's language.</param>
/// <param name="Telephone">As it is dialled here; null: none is known.</param>
/// <param name="HasMailbox">May a neutral mail be sent to it?</param>
/// <param name="Language">fr, nl, de or en: in which it is written to.</param>
public sealed record PartnerEntry(Guid Id, string Organisation, string Type, int Statistics, string TypeName, IReadOnlyList<string> Languages, string? Hours, PartnerChannel Channel, string? Telephone, bool HasMailbox, bool TakesForm, string Language)
{
    public DateOnly CheckedOn { get; init; }

    /// <summary>Nobody looked for six months whether this still holds.</summary>
    public bool IsStale { get; init; }

    /// <summary>Still offered; what was once sent there is told to it all the same.</summary>
    public bool IsOffered { get; init; }
}

/// <summary>The zone's partners, asked from inside a use case.</summary>
public interface IPartners
{
    /// <summary>Partners that are offered now for a need, those that name the municipality and were looked at last first.</summary>
    /// <param name="language">The person's; a partner that names no languages speaks them all.</param>
    /// <param name="municipality">A name as typed; a partner that names none serves every one.</param>
    Task<IReadOnlyList<PartnerEntry>> Fitting(Need need, string? language, string? municipality, CancellationToken ct);

    /// <summary>These, offered or not; ids that are none are left out.</summary>
    Task<IReadOnlyDictionary<Guid, PartnerEntry>> Of(IReadOnlyCollection<Guid> partners, CancellationToken ct);
}

/// <summary>Writes neutral mails to partners: no name, no facts, no number of a dossier.</summary>
public interface IWriteToPartners
{
    /// <summary>Tells that something waits behind a link.</summary>
    /// <param name="key">Names the effect: the same key is the same mail.</param>
    /// <param name="link">The whole address.</param>
    /// <returns>false: it has no mailbox.</returns>
    Task<bool> SendLink(Guid partner, string key, string reference, string link, DateTimeOffset until, CancellationToken ct);

    /// <summary>Asks to stop, and to erase what was received under a reference.</summary>
    /// <returns>false: it has no mailbox.</returns>
    Task<bool> AskToErase(Guid partner, string key, string reference, CancellationToken ct);
}

/// <summary>Fills a zone's directory with fictitious partners, through the same use cases that people use.</summary>
public interface ITellPartners
{
    /// <summary>Adds them; does nothing in a zone that has partners.</summary>
    /// <returns>Those offered, one for psychosocial support first where they were added now.</returns>
    Task<IReadOnlyList<Guid>> Tell(MediatR.IMediator pipeline, string language, CancellationToken ct);
}

/// <summary>Fills a zone's trainings with fictitious ones, through the same use cases that people use. As somebody who keeps them.</summary>
public interface ITellTrainings
{
    /// <summary>Adds them; does nothing in a zone that has trainings.</summary>
    /// <returns>Those who are to say what they thought.</returns>
    Task<IReadOnlyList<Guid>> Tell(MediatR.IMediator pipeline, string language, CancellationToken ct);

    /// <summary>They say it, by links that go to their mailboxes. In the platform's name: nobody else sees such a link.</summary>
    Task Evaluate(MediatR.IMediator pipeline, IReadOnlyList<Guid> participants, string language, CancellationToken ct);
}

/// <summary>What a partner may answer at its link, as it stands in the tray of links.</summary>
public static class PartnerAnswers
{
    /// <summary>The purpose of a link that leads to the partner's page.</summary>
    public const string Purpose = "referral";

    public const string Received = "received", TakenUp = "taken-up", CannotTakeUp = "cannot", DidNotCome = "did-not-come";

    /// <summary>It opened with the second code what it was told.</summary>
    public const string Read = "read";

    /// <summary>Too many wrong codes: nothing opens until a new one is given.</summary>
    public const string Locked = "locked";

    /// <summary>Path of the page below the zone, with its last slash.</summary>
    public const string Path = "/partner/";

    /// <summary>Buttons of the page, in their order.</summary>
    public static readonly IReadOnlyList<string> Buttons = [Received, TakenUp, CannotTakeUp, DidNotCome];
}

/// <summary>Needs and channels in words, in the current language.</summary>
public static class NetworkWords
{
    public static string Of(Need need) => Words.Of(need);
    public static string Of(PartnerChannel channel) => Words.Of(channel);

    /// <summary>An answer of a partner.</summary>
    public static string Of(string answer) => Words.Of("Answer_" + answer.Replace('-', '_'));
}

/// <summary>What the caller is to do for consultation bodies, for pages of other modules.</summary>
public interface IActionPoints
{
    /// <summary>The caller's own; none for whoever may not see them. One question for a page, however often it is asked.</summary>
    ValueTask<PointsWaiting> Mine(CancellationToken ct);
}

/// <param name="Open">All that are open.</param>
/// <param name="Due">Those whose day has come.</param>
public sealed record PointsWaiting(int Open, int Due);

/// <summary>What the caller is to do of the structural work, thing by thing, for the worklist.</summary>
public interface ITellTasks
{
    /// <summary>What is late, or due within a week. For whoever has nothing to do it asks nothing that their page does not ask already.</summary>
    ValueTask<IReadOnlyList<TaskLine>> Tasks(CancellationToken ct);
}

/// <param name="What">What is to be done.</param>
/// <param name="Path">Where it is done, within the zone.</param>
/// <param name="Of">The body it is of, or the part of the network.</param>
/// <param name="OfPath">Where that stands.</param>
public sealed record TaskLine(string What, string Path, string Of, string OfPath, DateOnly Due)
{
    /// <summary>What was said in a body would stand in the log.</summary>
    public override string ToString() => "•••";
}

/// <summary>Names of the effects of partners and agreements that are to be looked after, as <see cref="Foundation.Modules.IRemind"/> and the outbox name them.</summary>
public static class PartnerReminders
{
    /// <summary>Nobody looked at entries of the directory for six months.</summary>
    public const string Stale = "partners-stale";

    /// <summary>Agreements come to their end.</summary>
    public const string Ending = "agreements-end";
}

/// <summary>Names of the effects of action points.</summary>
public static class ActionPoints
{
    /// <summary>The reminder that one fell due, as <see cref="Foundation.Modules.IRemind"/> and the outbox name it.</summary>
    public const string ReminderKind = "action-point";
}

/// <summary>Fills a zone with fictitious bodies, meetings, projects and events, through the same use cases that people use.</summary>
public interface ITellBodies
{
    /// <summary>Adds them; does nothing in a zone that has bodies. As a coordinator.</summary>
    /// <param name="colleagues">Accounts of the zone; the first represents it.</param>
    Task Tell(MediatR.IMediator pipeline, string language, IReadOnlyList<Guid> colleagues, CancellationToken ct);
}
