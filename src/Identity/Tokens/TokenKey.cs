using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Tokens;

/// <summary>A key of the token server: published before it is used, kept until the last token made with it has lapsed. Its secret is sealed under the master key.</summary>
internal sealed class TokenKey
{
    public const string Signing = "signing", Encryption = "encryption";

    /// <summary>How long a key makes tokens; how long before that it is shown; how long after that it still reads them.</summary>
    public static readonly TimeSpan Use = TimeSpan.FromDays(90), Ahead = TimeSpan.FromDays(7), Kept = TimeSpan.FromDays(1);

    public Guid Id { get; private set; }
    public string Kind { get; private set; } = "";

    /// <summary>1, 2, 3 … of its kind: of two processes that make the next one at the same moment, one is refused.</summary>
    public int Number { get; private set; }
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset Until { get; set; }
    public byte[] Sealed { get; private set; } = [];

    public static TokenKey New(Guid id, string kind, int number, DateTimeOffset from, byte[] box) =>
        new() { Id = id, Kind = kind, Number = number, From = from, Until = from + Use, Sealed = box };

    public bool Makes(DateTimeOffset now) => From <= now && now < Until;
    public bool Reads(DateTimeOffset now) => now < Until + Kept;

    internal sealed class Mapping : ICatalogMapping<TokenKey>
    {
        public void Configure(EntityTypeBuilder<TokenKey> b)
        {
            b.ToTable("token_key");
            b.Property(k => k.Id).ValueGeneratedNever();
            b.Property(k => k.Kind).HasMaxLength(20);
            b.HasIndex(k => new { k.Kind, k.Number }).IsUnique();
            b.Property(k => k.Sealed).HasMaxLength(1000);
        }
    }
}
