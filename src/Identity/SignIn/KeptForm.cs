using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace VictimSupport.Identity.SignIn;

/// <summary>A form that was sent after its session had ended, or with a factor shown too long ago: for who typed it, and for nobody else who signs in afterwards.</summary>
internal sealed record KeptForm(Guid Account, string To, bool NeedsFactor, DateTimeOffset At, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>Seals such a form into the page that asks for the sign-in. It is in no address, no storage, no log and no row: whoever leaves the page has thrown it away.</summary>
internal sealed class KeptForms(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Longer than a session may be.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(12);
    private readonly IDataProtector protector = protection.CreateProtector("kept form");

    public string Seal(KeptForm form)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest)) JsonSerializer.Serialize(deflate, form);
        return WebEncoders.Base64UrlEncode(protector.Protect(packed.ToArray()));
    }

    /// <summary>null: we did not seal it, or long ago.</summary>
    public KeptForm? Open(string? @sealed)
    {
        try
        {
            if (@sealed is not { Length: > 0 }) return null;
            using var packed = new MemoryStream(protector.Unprotect(WebEncoders.Base64UrlDecode(@sealed)));
            using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
            return JsonSerializer.Deserialize<KeptForm>(deflate) is { } form && clock.GetUtcNow() - form.At < GoodFor ? form : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
