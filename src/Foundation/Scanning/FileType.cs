using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace VictimSupport.Foundation.Scanning;

/// <summary>The kinds of file that are taken.</summary>
public enum FileType { Pdf = 1, Png = 2, Jpeg = 3, Tiff = 4, Word = 5, Sheet = 6, OpenText = 7, PlainText = 8 }

/// <summary>Why a file is not taken.</summary>
public enum FileFault
{
    /// <summary>None of the kinds that are taken.</summary>
    Unknown = 1,

    /// <summary>It holds macros, scripts or other files.</summary>
    Active = 2,

    /// <summary>It is closed with a password: nobody can look into it.</summary>
    Locked = 3,
}

/// <summary>Knows the kinds of file by their content.</summary>
public static class FileTypes
{
    public static string Extension(this FileType type) => type switch
    {
        FileType.Pdf => "pdf", FileType.Png => "png", FileType.Jpeg => "jpg", FileType.Tiff => "tif", FileType.Word => "docx", FileType.Sheet => "xlsx", FileType.OpenText => "odt", _ => "txt",
    };

    public static string Mime(this FileType type) => type switch
    {
        FileType.Pdf => "application/pdf", FileType.Png => "image/png", FileType.Jpeg => "image/jpeg", FileType.Tiff => "image/tiff",
        FileType.Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document", FileType.Sheet => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileType.OpenText => "application/vnd.oasis.opendocument.text", _ => "text/plain; charset=utf-8",
    };

    /// <summary>What a file is, by its own content; the name it bears and what the browser says of it count for nothing.</summary>
    /// <returns>A type, or why it is not taken; never both.</returns>
    public static (FileType? Type, FileFault? Fault) Of(byte[] file)
    {
        ReadOnlySpan<byte> bytes = file;
        if (bytes.StartsWith("%PDF-"u8)) return Pdf(bytes);
        if (bytes.StartsWith((byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return (FileType.Png, null);
        if (bytes.StartsWith((byte[])[0xFF, 0xD8, 0xFF])) return (FileType.Jpeg, null);
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)) return (FileType.Tiff, null);
        if (bytes.StartsWith("PK\x03\x04"u8)) return Zipped(file);
        // An office document with a password is a container of the old kind, like the office documents of before 2007.
        if (bytes.StartsWith((byte[])[0xD0, 0xCF, 0x11, 0xE0])) return (null, bytes.IndexOf("E\0n\0c\0r\0y\0p\0t\0"u8) >= 0 ? FileFault.Locked : FileFault.Unknown);
        return IsPlain(bytes) ? (FileType.PlainText, null) : (null, FileFault.Unknown);
    }

    // What is named inside a compressed piece is not seen here: that is for the scanner.
    private static (FileType?, FileFault?) Pdf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("/Encrypt "u8) >= 0 || bytes.IndexOf("/Encrypt<<"u8) >= 0) return (null, FileFault.Locked);
        return bytes.IndexOf("/JavaScript"u8) >= 0 || bytes.IndexOf("/Launch"u8) >= 0 || bytes.IndexOf("/EmbeddedFile"u8) >= 0 ? (null, FileFault.Active) : (FileType.Pdf, null);
    }

    private static (FileType?, FileFault?) Zipped(byte[] file)
    {
        if (Entries(file) is not { } entries) return (null, FileFault.Unknown);
        if (entries.Any(e => e.Locked)) return (null, FileFault.Locked);
        var names = entries.Select(e => e.Name).ToList();
        if (names.Any(IsActive)) return (null, FileFault.Active);
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            if (names.Contains("[Content_Types].xml", StringComparer.Ordinal))
            {
                if (Text(zip, "[Content_Types].xml") is not { } types) return (null, FileFault.Unknown);
                if (types.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase) || types.Contains("vbaProject", StringComparison.OrdinalIgnoreCase)) return (null, FileFault.Active);
                if (types.Contains("wordprocessingml.document.main+xml", StringComparison.Ordinal)) return (FileType.Word, null);
                return types.Contains("spreadsheetml.sheet.main+xml", StringComparison.Ordinal) ? (FileType.Sheet, null) : (null, FileFault.Unknown);
            }
            if (Text(zip, "mimetype")?.Trim() != "application/vnd.oasis.opendocument.text" || Text(zip, "META-INF/manifest.xml") is not { } manifest) return (null, FileFault.Unknown);
            return manifest.Contains("encryption-data", StringComparison.Ordinal) ? (null, FileFault.Locked) : (FileType.OpenText, null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return (null, FileFault.Unknown);
        }
    }

    // Macros, controls, and files within the file.
    private static bool IsActive(string name) => ((string[])["vbaProject", "macrosheets", "/activeX/", "/embeddings/", "/ctrlProps/"]).Any(part => ("/" + name).Contains(part, StringComparison.OrdinalIgnoreCase))
        || ((string[])["Basic/", "Scripts/", "Object "]).Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the archive's own table names, and whether it is closed; null: it has no table that can be read.</summary>
    private static List<(string Name, bool Locked)>? Entries(ReadOnlySpan<byte> file)
    {
        const int EndOf = 22, HeadOf = 46, Most = 10_000;
        var tail = file[Math.Max(0, file.Length - EndOf - ushort.MaxValue)..];
        if (tail.LastIndexOf("PK\x05\x06"u8) is not (>= 0 and var end) || tail.Length - end < EndOf) return null;
        var (count, at) = (BinaryPrimitives.ReadUInt16LittleEndian(tail[(end + 10)..]), BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 16)..]));
        if (count > Most || at > file.Length) return null;
        var entries = new List<(string, bool)>();
        var rest = file[(int)at..];
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < HeadOf || !rest.StartsWith("PK\x01\x02"u8)) return null;
            var (name, more) = (BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]));
            if (rest.Length < HeadOf + name + more) return null;
            entries.Add((Encoding.UTF8.GetString(rest.Slice(HeadOf, name)), (BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]) & 1) != 0));
            rest = rest[(HeadOf + name + more)..];
        }
        return entries;
    }

    // An archive may unfold to anything: no more than this is read of it.
    private static string? Text(ZipArchive zip, string name)
    {
        const int Most = 1024 * 1024;
        if (zip.GetEntry(name) is not { Length: < Most } entry) return null;
        using var stream = entry.Open();
        var buffer = new byte[Most];
        var length = stream.ReadAtLeast(buffer, Most, throwOnEndOfStream: false);
        return length == Most ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Text and nothing else: no control characters, no markup, nothing that a program would run.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f')) return false;
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF').TrimStart(); }
        catch (DecoderFallbackException) { return false; }
        if (text.Length == 0 || ((string[])["<", "#!", "%!", "{\\rtf"]).Any(start => text.StartsWith(start, StringComparison.Ordinal))) return false;
        return !((string[])["<html", "<svg", "<script", "<!doctype", "<?xml", "<?php", "<iframe"]).Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase));
    }
}
