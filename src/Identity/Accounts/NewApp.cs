using System.Text;
using Microsoft.AspNetCore.Html;
using QRCoder;

namespace VictimSupport.Identity.Accounts;

/// <summary>A form in which an authenticator app is set up.</summary>
internal interface INewApp
{
    /// <summary>The offered secret, sealed, as the page showed it.</summary>
    string Totp { get; }

    /// <summary>The first code of the app.</summary>
    string Code { get; }
}

/// <summary>The secret as a picture for the app, in the page itself: no address leads to it.</summary>
internal static class TotpPicture
{
    public static IHtmlContent Draw(byte[] secret, string name)
    {
        using var data = QRCodeGenerator.GenerateQrCode(Totp.Uri(secret, "portal", "Portal"), QRCodeGenerator.ECCLevel.M);
        var (rows, dots) = (data.ModuleMatrix, new StringBuilder());
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                if (rows[y][x]) dots.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }
        return new HtmlFormattableString("""<svg role="img" aria-label="{0}" width="200" height="200" viewBox="0 0 {1} {1}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{1}v{1}H0z"/><path d="{2}"/></svg>""", name, rows.Count, dots);
    }
}
