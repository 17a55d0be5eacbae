using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Tokens;

/// <summary>The token server's keys as the catalogue has them, half a minute old at most; all web processes share them. Makes the next one in time.</summary>
internal sealed class TokenKeys(CatalogDatabase catalog, HouseSeal seal, TimeProvider clock) : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IEndTokenKeys
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim one = new(1, 1);
    private CancellationTokenSource changed = new();
    private Held held = new([], [], "");
    private long read;

    public string? Name => Options.DefaultName;

    /// <summary>Keys that read tokens: signatures, and what is encrypted. The first of each is the one that makes them.</summary>
    public IReadOnlyList<SecurityKey> Signatures => held.Signing;
    public IReadOnlyList<SecurityKey> Ciphers => held.Encryption;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(changed.Token);

    public void Configure(OpenIddictServerOptions options)
    {
        foreach (var key in held.Signing) options.SigningCredentials.Add(new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256));
        foreach (var key in held.Encryption) options.EncryptionCredentials.Add(new EncryptingCredentials(key, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    /// <summary>Before the server answers or a token is read: the keys of now.</summary>
    public async ValueTask Ready(CancellationToken ct)
    {
        if (Volatile.Read(ref read) is var at && at != 0 && clock.GetElapsedTime(at) <= Fresh) return;
        await one.WaitAsync(ct);
        try
        {
            if (read != 0 && clock.GetElapsedTime(read) <= Fresh) return;
            await Read(ct);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Ends every key at once, and with them every token: after a theft. The next request makes new ones.</summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAll(CancellationToken ct)
    {
        var ended = await catalog.WriteAsPlatform("Identity.TokenKeysEnded", null, async house =>
        {
            var all = await house.Set<TokenKey>().ToListAsync(ct);
            foreach (var key in all) key.Until = clock.GetUtcNow() - TokenKey.Kept - TimeSpan.FromSeconds(1);
            return all.Count;
        }, ct);
        Volatile.Write(ref read, 0);
        return ended;
    }

    private async Task Read(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<TokenKey> rows;
        while (Wanting(rows = await Rows(ct), now) is { } next) await Make(next.Kind, next.Number, next.From, ct);
        var alive = rows.Where(k => k.Reads(now)).OrderByDescending(k => k.Makes(now)).ThenByDescending(k => k.Number).ToList();
        var mark = string.Join(',', alive.Select(k => k.Id));
        if (mark != held.Mark)
        {
            held = new Held([.. alive.Where(k => k.Kind == TokenKey.Signing).Select(Signature)], [.. alive.Where(k => k.Kind == TokenKey.Encryption).Select(Cipher)], mark);
            Interlocked.Exchange(ref changed, new CancellationTokenSource()).Cancel();
        }
        Volatile.Write(ref read, clock.GetTimestamp());
    }

    private async Task<List<TokenKey>> Rows(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<TokenKey>().AsNoTracking().ToListAsync(ct);
    }

    // Published a week before it is used, so that whoever keeps a copy of the published keys has it by then.
    private static (string Kind, int Number, DateTimeOffset From)? Wanting(IReadOnlyList<TokenKey> rows, DateTimeOffset now)
    {
        foreach (var kind in (string[])[TokenKey.Signing, TokenKey.Encryption])
        {
            var last = rows.Where(k => k.Kind == kind).MaxBy(k => k.Number);
            if (last is null || last.Until <= now) return (kind, (last?.Number ?? 0) + 1, now);
            if (last.Until - now <= TokenKey.Ahead) return (kind, last.Number + 1, last.Until);
        }
        return null;
    }

    private async Task Make(string kind, int number, DateTimeOffset from, CancellationToken ct)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (id, clear) = (Guid.CreateVersion7(from), kind == TokenKey.Signing ? ecdsa.ExportPkcs8PrivateKey() : RandomNumberGenerator.GetBytes(32));
        try
        {
            await catalog.WriteAsPlatform("Identity.TokenKeyMade", id, house =>
            {
                house.Add(TokenKey.New(id, kind, number, from, seal.Seal("token key", id, clear)));
                return Task.FromResult(true);
            }, ct);
        }
        catch (DbUpdateException)
        {
            // Another process made it at the same moment: the next look finds it.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    private SecurityKey Signature(TokenKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(seal.Open("token key", key.Id, key.Sealed), out _);
        return new ECDsaSecurityKey(ecdsa) { KeyId = key.Id.ToString("N") };
    }

    private SecurityKey Cipher(TokenKey key) => new SymmetricSecurityKey(seal.Open("token key", key.Id, key.Sealed)) { KeyId = key.Id.ToString("N") };

    private sealed record Held(IReadOnlyList<SecurityKey> Signing, IReadOnlyList<SecurityKey> Encryption, string Mark);
}
