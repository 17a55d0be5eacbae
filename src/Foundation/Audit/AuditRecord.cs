namespace VictimSupport.Foundation.Audit;

/// <summary>What is recorded of one deed: ids and codes only, so that erasing a person never breaks the chain.</summary>
/// <param name="At">UTC.</param>
/// <param name="Actor">The account; null for nobody or the platform.</param>
/// <param name="Act">The use case, such as <c>Casework.Dossiers.Show</c>, with a suffix <c>!role</c> and the like where it was refused.</param>
/// <param name="Subject">The dossier, account or other thing concerned.</param>
/// <param name="Payload">Codes and ids as JSON: rows listed, things changed, reason, roles held.</param>
public sealed record AuditRecord(DateTimeOffset At, Guid? Actor, string Act, Guid? Subject, string Payload);

/// <summary>A record as it stands in the chain.</summary>
/// <param name="Seq">1, 2, 3 … without a gap.</param>
/// <param name="Mac">Keyed hash over this record and the one before it.</param>
public sealed record AuditEntry(long Seq, AuditRecord Record, byte[] Mac);

/// <summary>Where the chain ends.</summary>
public readonly record struct AuditHead(long Seq, byte[] Mac)
{
    public static readonly AuditHead Start = new(0, new byte[32]);
}
