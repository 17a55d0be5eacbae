using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Statistics.Noise;

namespace VictimSupport.Tests.Statistics;

/// <summary>The same bits each time: SHA-256 of "name|0", "name|1", … one after the other.</summary>
internal sealed class KnownBits(string name) : IRandomBits
{
    private byte[] block = [];
    private int used, next;

    public void Fill(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (used == block.Length) (block, used) = (SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}|{next++}"))), 0);
            bytes[i] = block[used++];
        }
    }
}
