using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>What whoever sent a request may ask after: that it is there, and what became of it. No word of what was asked: that lies sealed with those who heard of it.</summary>
internal sealed class Slip : IFallDue
{
    /// <summary>A request that was withdrawn is remembered for so long, so that the same form sent again does not bring it back; a form is good for less.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(26);

    /// <summary>The id of the form it was sent by: sent twice, it is one request.</summary>
    public Guid Id { get; private set; }
    public string Reference { get; private set; } = "";

    /// <summary>Under a key of the zone.</summary>
    public string CodeHash { get; private set; } = "";
    public DateTimeOffset SentAt { get; private set; }
    public SlipState State { get; private set; }

    /// <summary>null: it waits for an answer.</summary>
    public DateTimeOffset? ForgetAt { get; private set; }
    public DateTimeOffset? Due => ForgetAt;

    public static Slip For(Guid id, string code, byte[] key, DateTimeOffset now) => new() { Id = id, Reference = Contracts.Reference.Of(id), CodeHash = Hash(key, id, code), SentAt = now, State = SlipState.Received };

    public bool Opens(string code, byte[] key) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeHash), Encoding.ASCII.GetBytes(Hash(key, Id, code)));

    public void Becomes(Ending outcome, DateTimeOffset forgetAt)
    {
        if (State != SlipState.Withdrawn) (State, ForgetAt) = (outcome == Ending.WeReach ? SlipState.WeReach : SlipState.OtherWay, forgetAt);
    }

    public void Withdraw(DateTimeOffset now) => (State, ForgetAt) = (SlipState.Withdrawn, now + Remembered);

    /// <summary>Eight signs out of what the sealed form carried: the same form has the same code, and nothing that is kept tells it.</summary>
    public static string CodeOf(byte[] secret) => string.Concat(SHA256.HashData(secret).Take(8).Select(b => Contracts.Reference.Signs[b % Contracts.Reference.Signs.Length]));

    /// <summary>As it was typed, without spaces and dashes, in capitals.</summary>
    public static string Plain(string? typed) => string.Concat((typed ?? "").Take(100).Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    public static string Hash(byte[] key, Guid id, string code) => Convert.ToHexString(HMACSHA256.HashData(key, (byte[])[.. "public desk"u8, .. id.ToByteArray(), .. Encoding.ASCII.GetBytes(code)]));

    internal sealed class Mapping : IZoneMapping<Slip>
    {
        public void Configure(EntityTypeBuilder<Slip> b)
        {
            b.ToTable("request_slip");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Reference).HasMaxLength(6);
            b.Property(s => s.CodeHash).HasMaxLength(64);
            b.HasIndex(s => s.Reference);
            b.HasIndex(s => s.ForgetAt);
            b.Ignore(s => s.Due);
        }
    }
}

internal enum SlipState
{
    Received = 1, WeReach = 2, OtherWay = 3,

    /// <summary>To whoever asks it is not there.</summary>
    Withdrawn = 4,
}
