using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>What a form carries from page to page, sealed: nothing of it is kept by the house before it is sent.</summary>
/// <param name="Born">When the form was first shown.</param>
/// <param name="At">When it was sealed last: it is good from then on for <see cref="Seal.GoodFor"/>.</param>
/// <param name="Once">Becomes the id of the request: sent twice, it is one.</param>
/// <param name="Secret">The code is made of it. It lies in the form and nowhere else.</param>
/// <param name="Said">What was answered, on the page where it is checked; null: it still stands in the form's own fields.</param>
internal sealed record Ticket(DateTimeOffset Born, DateTimeOffset At, Guid Once, byte[] Secret, Ask.Command? Said = null);

/// <summary>Seals what a form carries, for one zone: in another it opens nothing.</summary>
internal sealed class Seal(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>As long as somebody may need who is interrupted.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(2);

    /// <summary>After that, what was typed is shown once more to whoever still has the page open, to be checked; then it opens no more.</summary>
    public static readonly TimeSpan OpensFor = TimeSpan.FromHours(24);

    private const int Longest = 40_000;

    public Ticket New()
    {
        var now = clock.GetUtcNow();
        return new Ticket(now, now, Guid.CreateVersion7(now), RandomNumberGenerator.GetBytes(16));
    }

    public string Close(Guid zone, Ticket ticket) => For(zone, "form").Protect(JsonSerializer.Serialize(ticket with { At = clock.GetUtcNow() }));

    /// <returns>null: it is none of ours, or of another zone, or of yesterday.</returns>
    public Ticket? Open(Guid zone, string? text) => Read(zone, "form", text) is { } json && JsonSerializer.Deserialize<Ticket>(json) is { } ticket && clock.GetUtcNow() - ticket.At < OpensFor ? ticket : null;

    public bool IsGood(Ticket ticket) => clock.GetUtcNow() - ticket.At < GoodFor;

    /// <summary>Names a request to the page that withdraws it, for half an hour after reference and code were right.</summary>
    public string Name(Guid zone, Guid request) => For(zone, "withdraw").Protect(JsonSerializer.Serialize((Named: request, At: clock.GetUtcNow()), WithFields));

    /// <returns>null: it is none of ours, or too old.</returns>
    public Guid? Named(Guid zone, string? text) => Read(zone, "withdraw", text) is { } json && JsonSerializer.Deserialize<(Guid Named, DateTimeOffset At)>(json, WithFields) is var (named, at) && clock.GetUtcNow() - at < TimeSpan.FromMinutes(30) ? named : null;

    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

    private string? Read(Guid zone, string what, string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > Longest) return null;
        try
        {
            return For(zone, what).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector For(Guid zone, string what) => protection.CreateProtector("public desk", what, zone.ToString());
}
