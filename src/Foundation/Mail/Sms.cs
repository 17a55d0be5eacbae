using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Mail;

/// <summary>A text message to a telephone. It stands on a locked screen for whoever is near: neutral and short.</summary>
/// <param name="Key">Names the effect: the same key is the same message, whatever is tried again.</param>
/// <param name="Number">International form (E.164), such as <c>+32470123456</c>.</param>
public sealed record Sms(string Key, string Number, string Text);

/// <summary>Sends text messages. A platform without a provider is not ready, and its pages say so.</summary>
public interface ISendSms
{
    bool IsReady { get; }

    /// <exception cref="FormatException">The number is not in international form.</exception>
    Task Send(Sms sms, CancellationToken ct);
}

/// <summary>Through a provider that takes a text message as a mail to an address made of the number: <c>SmsGateway:Address</c>, such as <c>{number}@sms.provider.example</c>, the digits with the country's and without a plus;
/// <c>SmsGateway:From</c> is the sender that the provider knows. What a provider is told it can read: its contract is the operator's.</summary>
internal sealed class SmsByMail(ISendMail mail, IConfiguration configuration) : ISendSms
{
    private const string Gateway = "SmsGateway:Address", Sender = "SmsGateway:From", Place = "{number}";

    public bool IsReady => configuration[Gateway] is { Length: > 0 };

    public Task Send(Sms sms, CancellationToken ct) => sms.Number is not ['+', .. var digits] || !digits.All(char.IsAsciiDigit)
        ? throw new FormatException("This is no telephone number in international form.")
        : mail.Send(new Letter(sms.Key, configuration[Gateway]!.Replace(Place, digits, StringComparison.Ordinal), "", sms.Text) { From = configuration[Sender] }, ct);

    /// <exception cref="StartRefusedException">Only one of the two is said, or the gateway has no place for the number.</exception>
    public static void Check(IConfiguration configuration)
    {
        var (gateway, sender) = (configuration[Gateway] is { Length: > 0 } said ? said : null, configuration[Sender] is { Length: > 0 } from ? from : null);
        if (gateway is null && sender is null) return;
        if (gateway?.Contains(Place, StringComparison.Ordinal) != true || !gateway.Contains('@', StringComparison.Ordinal) || sender is null)
            throw new StartRefusedException($"{Gateway} must be an address with {Place} in it, such as {Place}@sms.provider.example, and {Sender} the sender that the provider knows; or neither is set.");
    }
}
