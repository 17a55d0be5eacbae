using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace VictimSupport.Tests.Identity;

/// <summary>An authenticator in software: makes a P-256 passkey and answers challenges as WebAuthn level 3 says, or as a thief would.</summary>
internal sealed class SoftAuthenticator : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    private string? handle;

    public string Origin { get; set; } = "http://localhost";
    public string Domain { get; set; } = "localhost";

    /// <summary>Did the person show a finger or PIN?</summary>
    public bool Verifies { get; set; } = true;
    public uint Counter { get; set; }

    /// <summary>Answers the options of <c>navigator.credentials.create</c>.</summary>
    public string Make(string options)
    {
        using var asked = JsonDocument.Parse(options);
        handle = asked.RootElement.GetProperty("user").GetProperty("id").GetString();
        var point = key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] credential = [.. new byte[16], 0, (byte)id.Length, .. id, .. cose];
        var data = Data(0x40, credential);
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Say(new { clientDataJSON = Code(Client("webauthn.create", asked)), attestationObject = Code(attestation), transports = new[] { "internal" } });
    }

    /// <summary>Answers the options of <c>navigator.credentials.get</c>.</summary>
    public string Show(string options)
    {
        using var asked = JsonDocument.Parse(options);
        var client = Client("webauthn.get", asked);
        Counter++;
        var data = Data(0, []);
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Say(new { clientDataJSON = Code(client), authenticatorData = Code(data), signature = Code(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), userHandle = handle });
    }

    private byte[] Data(byte flags, byte[] credential)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain)), (byte)(flags | 1 | (Verifies ? 4 : 0)), .. counter, .. credential];
    }

    private byte[] Client(string type, JsonDocument asked) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = asked.RootElement.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    private string Say(object response) => JsonSerializer.Serialize(new { id = Code(id), rawId = Code(id), type = "public-key", response, clientExtensionResults = new { }, authenticatorAttachment = "platform" });
    private static string Code(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);

    public void Dispose() => key.Dispose();
}
