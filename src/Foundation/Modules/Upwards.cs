using VictimSupport.Foundation.Access;

namespace VictimSupport.Foundation.Modules;

// What lower modules need of higher ones. Each runs inside a use case that stands in a zone; ids and numbers only.

/// <summary>Knows how much work rests on an account in the current zone; implemented where dossiers live. Numbers, never content.</summary>
public interface IHoldCaseload
{
    /// <summary>Open dossiers assigned to the account.</summary>
    Task<int> Open(Guid account, CancellationToken ct);

    /// <summary>Puts them to "unassigned" and tells the coordinators. Inside a command of the zone; may be repeated.</summary>
    /// <returns>How many.</returns>
    Task<int> Release(Guid account, CancellationToken ct);
}

/// <summary>Knows the call-outs that were begun from a pool's on-call; implemented where pools are kept. Ids and instants, nothing of what happened.</summary>
public interface IKnowCallOuts
{
    /// <summary>null: it was begun nowhere.</summary>
    ValueTask<BegunCallOut?> Of(Guid callOut, CancellationToken ct);

    /// <summary>An account's in a zone that are still theirs, the latest first.</summary>
    ValueTask<IReadOnlyList<BegunCallOut>> Of(Guid account, Guid zone, CancellationToken ct);

    /// <summary>How long one of the caller's own took, once that is known: for the statement of the pool. Of one that was begun nowhere nothing is kept. May be repeated.</summary>
    Task Took(Guid callOut, DateTimeOffset from, DateTimeOffset to, CancellationToken ct);

    /// <summary>Who stands by where an account's call-out was begun from: the back-up of this instant, else whoever else is on duty. null: nobody else, or it is not theirs.</summary>
    ValueTask<StandBy?> Behind(Guid callOut, Guid account, CancellationToken ct);

    /// <summary>The caller's own goes to whoever stands by, who is told, or with null to nobody; it is the caller's no longer.</summary>
    Task PassOn(Guid callOut, Guid? to, CancellationToken ct);

    /// <summary>The caller's own was begun by mistake: nobody goes, so it ends, and no statement counts it.</summary>
    Task Withdraw(Guid callOut, CancellationToken ct);

    /// <summary>All that were begun for a zone, but for those begun by mistake, and that ended after an instant or have not ended.</summary>
    ValueTask<IReadOnlyList<BegunCallOut>> For(Guid zone, DateTimeOffset after, CancellationToken ct);

    /// <summary>It is over for whoever went, whatever time was left: the zone of the facts says so. May be repeated.</summary>
    Task End(Guid callOut, CancellationToken ct);
}

/// <param name="Account">Who goes.</param>
/// <param name="Zone">The zone of the facts.</param>
/// <param name="Employer">Whose colleague they are.</param>
/// <param name="Until">The first instant at which it is no longer theirs to see.</param>
public sealed record BegunCallOut(Guid Id, Guid Account, Guid Zone, Guid Employer, DateTimeOffset Since, DateTimeOffset Until);

/// <param name="Number">At which they are called in this shift; null: none is known.</param>
/// <param name="Until">The first instant at which the call-out would no longer be theirs to see.</param>
public sealed record StandBy(Guid Account, Guid Employer, string? Number, DateTimeOffset Until);

/// <summary>Knows who is on duty now for a zone; implemented where pools are kept. As of some seconds ago: the busiest page asks.</summary>
public interface IKnowDuty
{
    /// <summary>A line for each pool of the zone in which somebody is on duty, or ought to be; none for a zone without a pool.</summary>
    ValueTask<IReadOnlyList<DutyNow>> Now(Guid zone, CancellationToken ct);
}

/// <param name="Pool">Its name.</param>
/// <param name="Account">Who is on duty, of whichever zone; null: nobody, and somebody ought to be.</param>
/// <param name="Until">When that shift ends.</param>
public sealed record DutyNow(string Pool, Guid? Account, DateTimeOffset? Until);

/// <summary>Knows what does not exist for a reader: audit, lists and alerts leave it out.</summary>
public interface IHideDossiers
{
    /// <summary>Ids of dossiers that stand behind a wall for this caller in the current zone, and of the walls themselves.</summary>
    Task<IReadOnlySet<Guid>> From(Caller caller, CancellationToken ct);
}

public static class HiddenDossiers
{
    /// <summary>What does not exist for this reader, whoever hides it.</summary>
    public static async Task<IReadOnlySet<Guid>> From(this IEnumerable<IHideDossiers> walls, Caller reader, CancellationToken ct)
    {
        var all = new HashSet<Guid>();
        foreach (var wall in walls) all.UnionWith(await wall.From(reader, ct));
        return all;
    }
}

/// <summary>Counts single dossiers that were open to somebody by a grant: on call, named, as stand-in, in an emergency. Numbers, never which.</summary>
public interface ICountGrants
{
    /// <summary>Grants that counted at some moment between these.</summary>
    /// <param name="reader">What does not exist for them is not counted.</param>
    Task<IReadOnlyList<GrantCount>> Between(DateTimeOffset from, DateTimeOffset to, Caller reader, CancellationToken ct);
}

/// <param name="Kind">The kind of grant, in the reader's language, asked for at the moment of use.</param>
public sealed record GrantCount(Guid Account, Func<string> Kind, int Dossiers);

/// <summary>Gives dossiers the number that people know them by.</summary>
public interface INameDossiers
{
    /// <summary>Numbers by id, of the current zone; ids that are none are left out. Whoever asks has left out what its reader may not know of.</summary>
    Task<IReadOnlyDictionary<Guid, string>> Numbers(IEnumerable<Guid> dossiers, CancellationToken ct);
}

/// <summary>Knows the sub-kinds of facts that are shipped; implemented where facts are coded.</summary>
public interface IShipSubKinds
{
    /// <summary>Those whose people may get a first letter before anybody was asked, if the zone says so: never violence between partners or in a family, sexual violence or stalking.</summary>
    IReadOnlyList<ShippedSubKind> ForFirstLetters { get; }
}

/// <param name="Word">In the reader's language, asked for at the moment of use.</param>
/// <param name="ByDefault">Allowed where the zone has said nothing.</param>
public sealed record ShippedSubKind(string Code, Func<string> Word, bool ByDefault);

/// <summary>Knows the kinds of consultation bodies that are shipped; implemented where bodies are kept.</summary>
public interface IShipBodyKinds
{
    IReadOnlyList<ShippedBodyKind> All { get; }
}

/// <param name="Word">In the reader's language, asked for at the moment of use.</param>
/// <param name="Languages">Official languages of the zones in whose community there are such bodies; none: everywhere.</param>
public sealed record ShippedBodyKind(string Code, Func<string> Word, IReadOnlyList<string> Languages);

/// <summary>Finds a dossier by the number that people know it by.</summary>
public interface IFindDossiers
{
    /// <summary>null: there is none with this number in the current zone. Whoever asks answers the same for one that its reader may not know of.</summary>
    Task<Guid?> ByNumber(string number, CancellationToken ct);
}

/// <summary>Knows whether somebody in a dossier bears a colleague's name. Names go in, ids come out: whoever asks learns nothing else of the dossier.</summary>
public interface IRecogniseColleagues
{
    /// <summary>For each dossier in which a name occurs, the accounts that bear it. Two people may share a name: this is a reason to ask, never a proof.</summary>
    /// <param name="names">Display names by account; a name of one word is not looked for, it would be found everywhere.</param>
    Task<IReadOnlyDictionary<Guid, IReadOnlySet<Guid>>> In(IReadOnlyCollection<Guid> dossiers, IReadOnlyDictionary<Guid, string> names, CancellationToken ct);
}
