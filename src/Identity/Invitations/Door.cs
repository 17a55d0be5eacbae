using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Invitations;

/// <summary>Finds the invitation behind what stands in the address: the token of a mailed link, or the ticket that a right code on paper gave, good for half an hour.</summary>
internal sealed class Door(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Mark = "c.";
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(30);
    private readonly IDataProtector tickets = protection.CreateProtector("invitation ticket");

    /// <summary>null: there is none, or it is no longer open.</summary>
    public async Task<(Invitation Invitation, bool OnPaper)?> Find(CatalogDbContext house, string token, CancellationToken ct)
    {
        var onPaper = token.StartsWith(Mark, StringComparison.Ordinal);
        Invitation? found;
        if (onPaper)
        {
            if (Read(token[Mark.Length..]) is not { } ticket) return null;
            found = await house.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == ticket.Id && i.CodeHash == ticket.CodeHash, ct); // renewed or written anew: the ticket is dead
        }
        else
        {
            var hash = Accounts.Keys.Hash(token);
            found = await house.Set<Invitation>().SingleOrDefaultAsync(i => i.TokenHash == hash, ct);
        }
        return found is { } invitation && (onPaper ? invitation.IsGoodOnPaper(clock.GetUtcNow()) : invitation.IsOpen(clock.GetUtcNow())) ? (invitation, onPaper) : null;
    }

    public string TicketFor(Invitation invitation) =>
        Mark + tickets.Protect($"{invitation.Id:N}{invitation.CodeHash}{(clock.GetUtcNow() + GoodFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}");

    private (Guid Id, string CodeHash)? Read(string ticket)
    {
        try
        {
            var clear = tickets.Unprotect(ticket);
            var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(clear[96..], CultureInfo.InvariantCulture));
            return clock.GetUtcNow() < until ? (Guid.ParseExact(clear[..32], "N"), clear[32..96]) : null;
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or FormatException)
        {
            return null; // forged, or made with keys long gone
        }
    }
}
