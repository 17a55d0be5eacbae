using System.Text;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Secrets of the house itself that stand in the catalogue: sealed under the master key, bound to what they are and to their row.</summary>
public sealed class HouseSeal(IHoldTheMasterKey master)
{
    private static readonly Guid MasterId = new("00000000-0000-0000-0000-00000000aaaa");

    public byte[] Seal(string what, Guid row, ReadOnlySpan<byte> clear) => Box.Seal(clear, master.Key, MasterId, Place(what, row));

    /// <exception cref="SealBrokenException">Another row's box, another kind of secret, or changed bytes.</exception>
    public byte[] Open(string what, Guid row, byte[] box) => Box.Open(box, master.Key, Place(what, row));

    private static byte[] Place(string what, Guid row) => [.. Encoding.UTF8.GetBytes(what), .. row.ToByteArray()];
}
