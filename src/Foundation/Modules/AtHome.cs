namespace VictimSupport.Foundation.Modules;

/// <summary>What a module has to say of one zone on somebody's home, before they go in: figures, and who is on duty. Registered scoped and asked inside one use case that stands in that zone
/// for that person, so it is answered under that zone's matrix, walls and audit. A module that fails or takes long leaves this zone unreached, and no other.</summary>
public interface ITellAtHome
{
    /// <summary>Where its lines stand among those of other modules: the smaller first. Casework's figures are 10.</summary>
    int Order { get; }

    /// <summary>None for whoever may not see them. One question to the zone's database, however many lines come of it.</summary>
    /// <exception cref="Access.StaleFactorException">The zone asks for a factor first.</exception>
    ValueTask<IReadOnlyList<HomeLine>> Lines(CancellationToken ct);
}

/// <summary>One line under a zone's name.</summary>
/// <param name="Text">In the reader's language, after the figure where there is one. Nobody who is helped and no dossier is named: the home stands outside the zone.</param>
/// <param name="Path">Where it is seen, below the zone, such as <c>/worklist</c>.</param>
/// <param name="Count">null: the text says it all, such as who is on duty now.</param>
/// <param name="Presses">It is late.</param>
public sealed record HomeLine(string Text, string Path, int? Count = null, bool Presses = false);
