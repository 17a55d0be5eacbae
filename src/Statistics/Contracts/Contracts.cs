namespace VictimSupport.Statistics.Contracts;

/// <summary>What the operator does about the figures from the command line. Lines are tab-separated; nothing exact, and no case, is in any of them.</summary>
public interface IReleaseFigures
{
    /// <summary>Draws a release and puts it out: read from every zone, counted in memory, noise once, all in one transaction.</summary>
    /// <param name="kind">P, F or T0.</param>
    /// <param name="period">2026-Q2, 2026 or 2026-05.</param>
    /// <param name="read">Told after each zone: its code, and how many there are.</param>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">It is not due, is out already, costs more than is left, or a zone does not answer yet. Nothing was drawn.</exception>
    Task<ReleaseReport> Release(string kind, string period, Func<string, int, Task> read, CancellationToken ct);

    /// <summary>Draws what the calendar brings today; on other days, and for what is out, nothing is read and nothing is written. What is refused is logged and tried again at the next call.</summary>
    /// <returns>What came out, or why not.</returns>
    Task<IReadOnlyList<string>> ReleaseWhatIsDue(CancellationToken ct);

    /// <summary>What is out and what is to come.</summary>
    Task<IReadOnlyList<string>> Status(CancellationToken ct);

    /// <summary>What was spent on the cases of each month.</summary>
    Task<IReadOnlyList<string>> Ledger(CancellationToken ct);

    /// <summary>Whether what is due, and what comes next, could be drawn: programme, places, areas with too few zones, what it costs, zones that do not answer.</summary>
    Task<(IReadOnlyList<string> Lines, bool Good)> Check(CancellationToken ct);

    /// <summary>Writes the figures of a release to a folder.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">There is no such release.</exception>
    Task<string> Export(string release, string directory, CancellationToken ct);

    /// <inheritdoc cref="Export(string, string, CancellationToken)"/>
    /// <param name="format">csv, xlsx or json-stat: the same figures in each.</param>
    Task<string> Export(string release, string directory, string format, CancellationToken ct);

    /// <summary>Writes the structural work that came out with a final release, added up, to a file of its own.</summary>
    /// <param name="format">csv or xlsx.</param>
    /// <returns>The file.</returns>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">There is no such final release or format.</exception>
    Task<string> ExportStructuralWork(string release, string directory, string format, CancellationToken ct);

    /// <summary>Proposes that a release be taken back because it is wrong. It takes a second operator, who confirms it on the platform's page of confirmations; from then on it is marked wherever it is shown and shown nowhere by itself. Nothing of it is deleted, and what was spent on it stays spent.</summary>
    /// <param name="fault">Counting, Zones, Data or Noise.</param>
    /// <param name="mail">Address of the account that proposes it, and so may not confirm it.</param>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">There is no such release, fault or account; it was taken back, or that waits already.</exception>
    Task Withdraw(string release, string fault, string mail, CancellationToken ct);

    /// <summary>Gives zones without a place one, by their province and arrondissement.</summary>
    /// <param name="from">First day of a quarter.</param>
    Task<IReadOnlyList<string>> PlaceZones(DateOnly from, CancellationToken ct);

    /// <summary>Moves one zone to another area.</summary>
    /// <param name="from">A 1 January that is still to come.</param>
    Task MoveZone(string code, string area, DateOnly from, CancellationToken ct);

    /// <summary>A zone ceases, goes up in another, or gives no figures any more. Its cases of before stay in the figures of their time.</summary>
    /// <param name="from">First day of a quarter that is still to come.</param>
    /// <returns>The release until which it must answer.</returns>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">There is no such zone or day, it has no place, or it has left.</exception>
    Task<string> LeaveZone(string code, DateOnly from, CancellationToken ct);

    /// <summary>A zone that was to leave stays.</summary>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">There is no such zone, it does not leave, or it has left.</exception>
    Task StayZone(string code, CancellationToken ct);

    /// <summary>Takes the list of how many people live in each municipality of the country: by it releases to come say which share of the inhabitants lives in their zones.</summary>
    /// <param name="day">Of which day the numbers are.</param>
    /// <param name="lines">NIS code and number, with a semicolon or a comma between.</param>
    /// <returns>How many municipalities, and how many inhabitants.</returns>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">A line is no such pair, or a municipality stands there twice; nothing was kept.</exception>
    Task<(int Municipalities, long All)> TakeInhabitants(DateOnly day, IReadOnlyList<string> lines, CancellationToken ct);
}

/// <summary>The yearly campaign: before the final figures of a year its zones look at what they give. A mark of quality: no release waits for it.</summary>
public interface IRunCampaigns
{
    /// <summary>Asks every zone that takes part in the figures of a year, and says how far it is. Of one that is open it adds the zones that came in since, and moves the deadline.</summary>
    /// <param name="year">The year that is over.</param>
    /// <param name="deadline">A day to come, before that of the final figures.</param>
    /// <exception cref="VictimSupport.Foundation.Secrecy.StartRefusedException">It is another year or a wrong day, the final figures are out, or no zone takes part.</exception>
    Task<IReadOnlyList<string>> Open(int year, DateOnly deadline, CancellationToken ct);

    /// <summary>Asks the zones that did not answer when it was opened. May be repeated.</summary>
    Task AskTheRest(CancellationToken ct);

    /// <summary>Of the last campaign how many zones looked at the figures they give now, and the codes of those that did not, or whose figures have changed since.</summary>
    Task<IReadOnlyList<string>> Status(CancellationToken ct);
}

/// <param name="Release">Its id, such as 2026-Q2-P.</param>
/// <param name="Silent">Codes of zones that did not answer until the end of the window.</param>
/// <param name="Missing">Areas of which it therefore has nothing.</param>
public sealed record ReleaseReport(string Release, int Zones, int Cells, int Shown, IReadOnlyList<string> Silent, IReadOnlyList<string> Missing);

/// <summary>Writes a fictitious zone's report, through the same use cases that people use. As somebody who sets the zone up.</summary>
public interface ITellReport
{
    /// <summary>Adds words and totals of earlier years; does nothing in a zone that has them.</summary>
    Task Tell(MediatR.IMediator pipeline, string language, CancellationToken ct);

    /// <summary>Asks the zone to look at its figures, as a campaign does, of the year that runs: only of that one there is something to see. In the platform's name.</summary>
    Task AskToLook(MediatR.IMediator pipeline, CancellationToken ct);
}

/// <summary>Tells how far the demo of the figures is while it fills behind the portal.</summary>
public interface ITellDemoProgress
{
    /// <returns>null: there is no such demo here.</returns>
    Task<DemoProgress?> Now(CancellationToken ct);
}

/// <param name="Zones">Zones that have all their cases.</param>
/// <param name="Quarters">Quarters that are out.</param>
public sealed record DemoProgress(int Zones, int OfZones, int Quarters, int OfQuarters)
{
    /// <summary>Nothing more is made until the next start; the log says why.</summary>
    public bool BrokeOff { get; init; }
    public bool IsDone => Zones == OfZones && Quarters == OfQuarters;
}
