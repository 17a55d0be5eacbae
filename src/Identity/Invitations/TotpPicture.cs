using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QRCoder;
using VictimSupport.Foundation.Access;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Invitations;

/// <summary>The second factor's secret as a picture for the app. What is asked for comes protected from our own page, so nobody can have another drawn.</summary>
internal static class TotpPicture
{
    public static void Map(WebApplication app) => app.MapGet("/account/totp-picture", [Open("draws what our own page sealed")] (string @sealed, TotpSecrets secrets) =>
    {
        try
        {
            using var data = QRCodeGenerator.GenerateQrCode(Totp.Uri(secrets.Open(@sealed), "portal", "Portal"), QRCodeGenerator.ECCLevel.M);
            return Results.Text(new SvgQRCode(data).GetGraphic(5), "image/svg+xml");
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return Results.NotFound();
        }
    });
}
