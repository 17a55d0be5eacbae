using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using MimeKit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Mail;

/// <summary>A message to a colleague: neutral subject and text, nothing that could tell who is helped.</summary>
/// <param name="Key">Names the effect: the same key is the same message, whatever is tried again.</param>
public sealed record Letter(string Key, string To, string Subject, string Text)
{
    /// <summary>Another sender than the portal's, such as a neutral one; null: the portal's.</summary>
    public string? From { get; init; }
}

/// <summary>Sends mail. Sending the same key again must not reach anyone twice where that can be known.</summary>
public interface ISendMail
{
    Task Send(Letter letter, CancellationToken ct);
}

/// <summary>What the settings say of mail, looked at when the portal starts.</summary>
public static class OutgoingMail
{
    /// <exception cref="StartRefusedException">Outside development nothing is said of where mail goes: it would be kept in a folder, in clear, and count as sent; or text messages are half set up.</exception>
    public static void Check(IConfiguration configuration, IHostEnvironment environment)
    {
        if (!environment.IsDevelopment() && configuration["Mail:Host"] is null && configuration["Mail:Folder"] is null)
            throw new StartRefusedException("Mail:Host must name a mail server. Whoever tries the portal out, and wants each mail in a file instead, says where: Mail:Folder.");
        SmsByMail.Check(configuration);
    }
}

/// <summary>Development, or where <c>Mail:Folder</c> is said: a file per message in <c>Mail:Folder</c>, named after its key, so the same message is never there twice.</summary>
internal sealed class FolderMail(DataFolder data, IConfiguration configuration) : ISendMail
{
    private readonly string folder = configuration["Mail:Folder"] ?? data.Sub("mail");

    public async Task Send(Letter letter, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(letter.Key)))[..24] + ".eml");
        if (File.Exists(file)) return;
        var half = file + ".part";
        await using (var stream = File.Create(half)) await Letters.Write(letter, configuration).WriteToAsync(stream, ct);
        File.Move(half, file, overwrite: true);
    }
}

/// <summary>Production: <c>Mail:Host</c>, <c>Mail:Port</c>, <c>Mail:User</c>, <c>Mail:Password</c>. The message id is made from the key: a repeat after a crash can be told apart by the receiver.</summary>
internal sealed class SmtpMail(IConfiguration configuration) : ISendMail
{
    public async Task Send(Letter letter, CancellationToken ct)
    {
        using var smtp = new SmtpClient { Timeout = 20_000 };
        await smtp.ConnectAsync(configuration["Mail:Host"]!, configuration.GetValue("Mail:Port", 587), configuration.GetValue("Mail:Tls", true) ? SecureSocketOptions.StartTls : SecureSocketOptions.None, ct);
        if (configuration["Mail:User"] is { } user) await smtp.AuthenticateAsync(user, configuration["Mail:Password"] ?? "", ct);
        await smtp.SendAsync(Letters.Write(letter, configuration), ct);
        await smtp.DisconnectAsync(quit: true, ct);
    }
}

internal static class Letters
{
    public static MimeMessage Write(Letter letter, IConfiguration configuration)
    {
        var message = new MimeMessage { Subject = letter.Subject, Body = new TextPart("plain") { Text = letter.Text } };
        message.From.Add(MailboxAddress.Parse(letter.From ?? configuration["Mail:From"] ?? "portal@localhost"));
        message.To.Add(MailboxAddress.Parse(letter.To));
        var digest = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(letter.Key)))[..32].ToLowerInvariant();
        message.MessageId = digest + "@" + (letter.From is { } from ? from[(from.LastIndexOf('@') + 1)..].TrimEnd('>') : configuration["Mail:Domain"] ?? "localhost");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
