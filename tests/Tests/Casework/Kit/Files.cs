using System.IO.Compression;
using System.Text;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Documents;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Files of every kind, made here, byte by byte.</summary>
internal static class Files
{
    public static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");
    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13];
    public static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16];
    public static readonly byte[] Tiff = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0];

    // In two halves: this source is no test file of a scanner.
    public static readonly byte[] Eicar = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");

    public static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var made = new MemoryStream();
        using (var zip = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }
        return made.ToArray();
    }

    public static byte[] Word(params (string Name, string Text)[] more) =>
        Zip([("[Content_Types].xml", "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"), ("word/document.xml", "<w/>"), .. more]);

    public static byte[] Sheet() => Zip(("[Content_Types].xml", "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"), ("xl/workbook.xml", "<x/>"));

    public static byte[] OpenText(string manifest = "<manifest/>", params (string Name, string Text)[] more) => Zip([("mimetype", "application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest), ("content.xml", "<o/>"), .. more]);

    /// <summary>A document about the lead of the dossier; a test changes what it is about.</summary>
    public static async Task<Add.Command> File(this Person by, Guid dossier, byte[]? content = null) => new()
    {
        Dossier = dossier, Persons = [await by.LeadOf(dossier)], Kind = DocumentKind.MedicalCertificate, Title = "Attest", Content = content ?? Pdf, FileName = "scan.pdf",
    };

    public static async Task<Guid> Puts(this Person by, Guid dossier, byte[]? content = null) => await by.Send(await by.File(dossier, content));
}
