using System.Buffers.Binary;
using System.IO.Compression;
using MediatR;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Desk;

namespace VictimSupport.PublicDesk.Demo;

/// <summary>Public pages of fictitious zones, published through the same requests as people use: each has a number, the first has texts, a helpline and a picture of its own.</summary>
internal sealed class StoryPages(TimeProvider clock) : IMakePublicPages
{
    private const string WithTexts = "9901";

    public async Task Make(IMediator pipeline, string zone, string language, CancellationToken ct)
    {
        var reach = await pipeline.Send(new Reach.Query(), ct);
        if (reach.Version > 0) return;
        await pipeline.Send(reach with { Telephone = $"081 00 {zone[..2]} {zone[2..]}", Sms = zone == WithTexts ? "0470 00 00 01" : null }, ct);
        await Say(pipeline, language, language switch
        {
            "nl" => "Kantoor: Voorbeeldstraat 1, gelijkvloers. De ingang is apart van het commissariaat.",
            "de" => "Büro: Musterstraße 1, Erdgeschoss. Der Eingang liegt getrennt vom Kommissariat.",
            _ => "Bureau : rue de l'Exemple 1, rez-de-chaussée. L'entrée est séparée du commissariat.",
        }, null, ct);
        if (zone != WithTexts) return;
        await Say(pipeline, "nl", "Kantoor: Exempelstraat 1, gelijkvloers.", null, ct);
        await Say(pipeline, language, "Bureau : rue de l'Exemple 1, rez-de-chaussée.\nL'entrée est séparée du commissariat.", "Le bureau est fermé le 2 janvier. Vous pouvez toujours écrire.", ct);
        var lines = await pipeline.Send(new Lines.Query(), ct);
        await pipeline.Send(new Lines.Command { Called = "Écoute Val-Clair (fictif)", Number = "0800 00 005", Hours = "9–17 h", Checked = Design.Html.Moment.Day(clock.GetUtcNow()), Version = lines.Version }, ct);
        await pipeline.Send(new Logo.Command(Picture(), lines.Version + 1), ct);
    }

    private static async Task Say(IMediator pipeline, string language, string reach, string? message, CancellationToken ct)
    {
        var now = await pipeline.Send(new Texts.Query(language), ct);
        await pipeline.Send(now with { Reach = reach, Message = message, Language = language }, ct);
    }

    /// <summary>A ring on a square, as PNG: drawn here, so that no file of anybody's is shipped.</summary>
    internal static byte[] Picture()
    {
        const int Side = 56;
        using var rows = new MemoryStream();
        for (var y = 0; y < Side; y++)
        {
            rows.WriteByte(0);
            for (var x = 0; x < Side; x++)
            {
                var distance = Math.Sqrt(Math.Pow(x - (Side / 2d), 2) + Math.Pow(y - (Side / 2d), 2));
                rows.Write(distance is > 14 and < 20 ? (byte[])[255, 255, 255] : [34, 87, 122]);
            }
        }
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(rows.ToArray());
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, Side);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), Side);
        (head[8], head[9]) = (8, 2);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, head), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        byte[] named = [.. name, .. content];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Sum(named));
        return [.. length, .. named, .. sum];
    }

    // The checksum of PNG (CRC-32).
    private static uint Sum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }
}
