using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Identity.Invitations;

/// <summary>Codes that are handed over on paper: ten random digits and two check digits, built as everyone here knows them from payments.
/// A slip of the pen is told from a wrong code, and costs no try.</summary>
internal sealed class PaperCodes(IHoldTheMasterKey master)
{
    // Ten digits could be tried one by one against a plain hash; without the master key they cannot.
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, master.Key, 32, info: "paper code"u8.ToArray());

    /// <summary>A new code, as it is written down: <c>1234 5678 9012</c>.</summary>
    public static string New()
    {
        var number = (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) % 10_000_000_000);
        var digits = number.ToString("0000000000", CultureInfo.InvariantCulture) + Check(number).ToString("00", CultureInfo.InvariantCulture);
        return $"{digits[..4]} {digits[4..8]} {digits[8..]}";
    }

    /// <summary>Twelve digits whose check digits are right?</summary>
    public static bool IsWhole(string typed) =>
        Digits(typed) is { Length: 12 } digits && Check(long.Parse(digits[..10], CultureInfo.InvariantCulture)) == int.Parse(digits[10..], CultureInfo.InvariantCulture);

    public string Hash(Guid invitation, string code) => Convert.ToHexString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(invitation.ToString("N") + Digits(code))));

    private static string Digits(string typed) => string.Concat(typed.Where(char.IsAsciiDigit));
    private static int Check(long number) => number % 97 is var rest and not 0 ? (int)rest : 97;
}
