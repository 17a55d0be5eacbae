using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Tokens;

/// <summary>A person let an app act in her name in one zone, for as long as the session in which she said so. Codes and tokens only point here; what ends the row ends them.</summary>
internal sealed class TokenGrant
{
    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    public Guid Client { get; private set; }
    public Guid Account { get; private set; }
    public Guid Session { get; private set; }

    /// <summary>Names of scopes, joined by spaces.</summary>
    public string Scopes { get; private set; } = "";
    public DateTimeOffset Created { get; private set; }

    /// <summary>0: the code waits. Then the number of the refresh token that is good; each is good once.</summary>
    public int Turn { get; private set; }
    public DateTimeOffset? Ended { get; private set; }

    public static TokenGrant New(Guid zone, Guid client, Guid account, Guid session, IEnumerable<string> scopes, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Zone = zone, Client = client, Account = account, Session = session, Scopes = string.Join(' ', scopes), Created = now };

    /// <summary>Uses up the code (turn 0) or a refresh token. One shown twice was copied: then nothing of this grant is good any more.</summary>
    public bool Take(int turn, DateTimeOffset now)
    {
        if (Ended is not null) return false;
        if (turn != Turn)
        {
            Ended = now;
            return false;
        }
        Turn++;
        return true;
    }

    public void End(DateTimeOffset now) => Ended ??= now;

    internal sealed class Mapping : ICatalogMapping<TokenGrant>
    {
        public void Configure(EntityTypeBuilder<TokenGrant> b)
        {
            b.ToTable("token_grant");
            b.Property(g => g.Id).ValueGeneratedNever();
            b.Property(g => g.Scopes).HasMaxLength(400);
            b.Property(g => g.Turn).IsConcurrencyToken(); // the same token twice at once: one of them is the copy
            b.HasIndex(g => g.Session);
            b.HasIndex(g => g.Client);
        }
    }
}
