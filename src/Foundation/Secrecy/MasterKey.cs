using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Where the master key comes from. Behind an interface: a key service can take its place.</summary>
public interface IHoldTheMasterKey
{
    byte[] Key { get; }

    /// <summary>First 16 hexadecimal digits of a hash of the key; stands in the catalogue so that a wrong key stops the start.</summary>
    string Fingerprint { get; }
}

/// <summary>The root of the key tree, 32 bytes: from <c>Keys:MasterFile</c> (an owner-only file, required in production), else a development
/// file that is made in the data folder.</summary>
public sealed class MasterKey : IHoldTheMasterKey
{
    public MasterKey(byte[] key)
    {
        if (key.Length != 32) throw new StartRefusedException("The master key must hold exactly 32 bytes (64 hexadecimal digits).");
        Key = key;
        Fingerprint = Convert.ToHexString(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 8, info: "fingerprint"u8.ToArray()));
    }

    public byte[] Key { get; }
    public string Fingerprint { get; }

    /// <exception cref="StartRefusedException">No file in production, a file others can read, or one that holds no key.</exception>
    public static MasterKey Read(IConfiguration configuration, DataFolder folder, bool development)
    {
        var file = configuration["Keys:MasterFile"];
        if (file is null)
        {
            if (!development) throw new StartRefusedException("Keys:MasterFile is not set. Outside development the master key comes from a mounted file that only its owner can read.");
            file = Path.Combine(folder.Sub("keys"), "master.key");
            if (!File.Exists(file)) MasterKeyFile.Write(file, RandomNumberGenerator.GetBytes(32));
        }
        if (!File.Exists(file)) throw new StartRefusedException($"The master key file {file} does not exist.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
            throw new StartRefusedException($"The master key file {file} can be read by others than its owner. Set its mode to 0400 or 0600.");
        try
        {
            return new MasterKey(Convert.FromHexString(File.ReadAllText(file, Encoding.ASCII).Trim()));
        }
        catch (FormatException)
        {
            throw new StartRefusedException($"The master key file {file} does not hold 64 hexadecimal digits.");
        }
    }
}

/// <summary>Writes a master key where only its owner can read it.</summary>
public static class MasterKeyFile
{
    public static void Write(string file, byte[] key)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexString(key)));
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>The program must not start as it is configured; the message says what to do and goes to the console as it stands.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
