using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Document = VictimSupport.Casework.Documents.Document;
using List = VictimSupport.Casework.Documents.List;
using Person = VictimSupport.Tests.Kit.Person;
using Waiting = VictimSupport.Casework.Countersign.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>Documents: what is taken and what is not, where it lies, who gets it back, and how it goes.</summary>
public sealed class DocumentTests(Platforms platforms)
{
    public static TheoryData<string, byte[], string?> Contents => new()
    {
        { "a PDF", Files.Pdf, null }, { "a PNG", Files.Png, null }, { "a JPEG", Files.Jpeg, null }, { "a TIFF", Files.Tiff, null }, { "DOCX", Files.Word(), null }, { "XLSX", Files.Sheet(), null }, { "ODT", Files.OpenText(), null },
        { "plain text", Encoding.UTF8.GetBytes("Bonjour, ceci est une attestation.\r\nÀ bientôt"), null },
        { "a web page", Encoding.UTF8.GetBytes("<!DOCTYPE html><html></html>"), nameof(FileFault.Unknown) }, { "a web page behind words", Encoding.UTF8.GetBytes("hello\n<SCRIPT>alert(1)</SCRIPT>"), nameof(FileFault.Unknown) },
        { "SVG", Encoding.UTF8.GetBytes("\uFEFF <svg xmlns=\"http://www.w3.org/2000/svg\"/>"), nameof(FileFault.Unknown) }, { "a script", Encoding.UTF8.GetBytes("#!/bin/sh\nrm x"), nameof(FileFault.Unknown) },
        { "a program", [(byte)'M', (byte)'Z', 0, 0, 1], nameof(FileFault.Unknown) }, { "an archive", Files.Zip(("a.txt", "x")), nameof(FileFault.Unknown) }, { "RTF", Encoding.UTF8.GetBytes("{\\rtf1 x}"), nameof(FileFault.Unknown) },
        { "text that is no UTF-8", [(byte)'a', 0xE9, (byte)'b'], nameof(FileFault.Unknown) }, { "an archive that is cut off", Files.Word()[..60], nameof(FileFault.Unknown) },
        { "DOCX with macros", Files.Word(("word/vbaProject.bin", "x")), nameof(FileFault.Active) }, { "DOCX with a file in it", Files.Word(("word/embeddings/oleObject1.bin", "x")), nameof(FileFault.Active) },
        { "DOCM by its types", Files.Zip(("[Content_Types].xml", "application/vnd.ms-word.document.macroEnabled.main+xml")), nameof(FileFault.Active) }, { "ODT with macros", Files.OpenText("<manifest/>", ("Basic/Standard/Module1.xml", "x")), nameof(FileFault.Active) },
        { "PDF with a script", Encoding.ASCII.GetBytes("%PDF-1.7 <</S/JavaScript/JS(x)>>"), nameof(FileFault.Active) }, { "PDF that starts programs", Encoding.ASCII.GetBytes("%PDF-1.7 <</S/Launch>>"), nameof(FileFault.Active) },
        { "PDF with a password", Encoding.ASCII.GetBytes("%PDF-1.7 trailer<</Encrypt 5 0 R>>"), nameof(FileFault.Locked) }, { "ODT with a password", Files.OpenText("<manifest:encryption-data/>"), nameof(FileFault.Locked) },
        { "an archive with a password", Lock(Files.Word()), nameof(FileFault.Locked) }, { "an office file with a password", [0xD0, 0xCF, 0x11, 0xE0, .. Encoding.Unicode.GetBytes("EncryptedPackage")], nameof(FileFault.Locked) },
    };

    [Theory, MemberData(nameof(Contents), DisableDiscoveryEnumeration = true)]
    public void What_a_file_is_its_content_says(string what, byte[] content, string? fault)
    {
        var (type, found) = FileTypes.Of(content);
        Assert.True(found?.ToString() == fault && type is null == (fault is not null), $"{what}: {type} {found}");
    }

    [Theory, EveryEngine]
    public async Task A_document_comes_back_byte_for_byte_and_which_was_handed_out_is_recorded_before(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var content = Files.Pdf.Concat(new byte[(2 * DocumentPart.Size) + 17]).ToArray();
        Random.Shared.NextBytes(content.AsSpan(Files.Pdf.Length));
        var document = await worker.Puts(dossier, content);
        Assert.Equal(3, await zone.Look(z => z.Set<DocumentPart>().CountAsync(p => p.DocumentId == document)));

        using var visit = worker.Visit();
        var answer = await visit.Get($"/dossiers/{dossier}/documents/{document}/file");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches("^document-20261124-[0-9a-f]{6}\\.pdf$", answer.Content.Headers.ContentDisposition.FileName!.Trim('"'));
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var record = await zone.Look(z => z.Set<AuditRow>().SingleAsync(r => r.Act == "Casework.Documents.Download"));
        Assert.Equal((dossier, worker.Id), (record.Subject, record.Actor));
        Assert.Contains(document.ToString(), record.Payload, StringComparison.Ordinal);

        var row = Assert.Single((await worker.Send(new List.Query(dossier))).Rows);
        Assert.Equal(("Attest", "scan.pdf", content.Length, FileType.Pdf), (row.Head.Title, row.Head.FileName, row.Head.Length, row.Document.Type));
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "Document added: Medical certificate");
    }

    [Theory, EveryEngine]
    public async Task With_the_key_of_the_person_the_document_goes_and_one_about_two_stands_under_the_dossiers(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(dossier);
        var second = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Exemple", Capacity = Capacity.Relative, Language = "nl" });
        var (one, both) = (await worker.Puts(dossier), await worker.Send(await worker.File(dossier) with { Persons = [lead, second] }));
        var owners = await zone.Look(z => z.Set<Document>().ToDictionaryAsync(d => d.Id, d => d.KeyOwner));
        Assert.Equal((lead, dossier), (owners[one], owners[both]));
        await new Keyring(zone.Handle.Keys).Destroy([lead], TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ErasedException>(() => worker.Send(new Download.Query(dossier, one)));
        Assert.Equal(Files.Pdf, (await worker.Send(new Download.Query(dossier, both))).Content);
    }

    [Theory, EveryEngine]
    public async Task A_part_that_is_left_out_exchanged_or_carried_over_is_not_handed_out(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var content = Files.Pdf.Concat(new byte[DocumentPart.Size]).ToArray();
        var (one, two) = (await worker.Puts(dossier, content), await worker.Puts(dossier, content));
        await using (var attacker = await zone.Break()) await attacker.Do($"UPDATE document_part SET \"Content\" = (SELECT \"Content\" FROM document_part WHERE \"DocumentId\" = '{Key(engine, two)}' ORDER BY \"Id\" LIMIT 1) WHERE \"DocumentId\" = '{Key(engine, one)}'");
        await Assert.ThrowsAsync<SealBrokenException>(() => worker.Send(new Download.Query(dossier, one)));
        await using (var attacker = await zone.Break()) await attacker.Do($"DELETE FROM document_part WHERE \"Id\" IN (SELECT \"Id\" FROM document_part WHERE \"DocumentId\" = '{Key(engine, two)}' ORDER BY \"Id\" LIMIT 1)");
        await Assert.ThrowsAnyAsync<Exception>(() => worker.Send(new Download.Query(dossier, two)));
    }

    [Fact]
    public async Task A_file_that_is_refused_leaves_nothing_and_what_else_was_typed_stays()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        foreach (var (content, fault) in new[] { (Encoding.UTF8.GetBytes("<html>"), "kind of file is not taken"), (Files.Eicar, "virus scanner found something"), (Files.Word(("word/vbaProject.bin", "x")), "macros"), ((byte[])[], "Choose a file"), (Files.Pdf.Concat(new byte[10 * 1024 * 1024]).ToArray(), "larger than 10 MB") })
        {
            var answer = await Upload(visit, dossier, content, "harmless.pdf", "application/pdf");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var page = await Visit.Read(answer);
            Assert.Contains(fault, page.QuerySelector("#Form_File-error, [id$='File-error']")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("Mon titre", page.QuerySelector<IHtmlInputElement>("[name='Form.Title']")!.Value);
            Assert.True(page.QuerySelector<IHtmlInputElement>("[name='Form.Kind'][value='Consent']")!.IsChecked);
        }
        Assert.Equal(0, await zone.Look(z => z.Set<Document>().CountAsync()) + await zone.Look(z => z.Set<DocumentPart>().CountAsync()));
        Assert.Equal(HttpStatusCode.Redirect, (await Upload(visit, dossier, Files.Word(), "brief.exe", "application/x-msdownload")).StatusCode); // what it is called counts for nothing
        Assert.Equal(FileType.Word, await zone.Look(z => z.Set<Document>().Select(d => d.Type).SingleAsync()));
        Assert.Contains("No virus scanner is connected", (await visit.Page($"/dossiers/{dossier}/documents/add")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_said_at_the_field_over_the_wire_and_keeps_what_was_typed()
    {
        var (platform, address) = Platform.Listen("sqlite", new() { ["Files:MostMegabytes"] = "3" });
        await using var _ = platform;
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add(Visit.Header, $"{worker.Id};{zone.Code};{nameof(Role.Caseworker)}");
        using var visit = new Visit(client, zone.Code);
        var answer = await Upload(visit, dossier, new byte[9 * 1024 * 1024], "big.pdf", "application/pdf");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("larger than 3 MB", page.QuerySelector("[id$='File-error']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Mon titre", page.QuerySelector<IHtmlInputElement>("[name='Form.Title']")!.Value);
        Assert.True(page.QuerySelector<IHtmlInputElement>("[name='Form.Kind'][value='Consent']")!.IsChecked);
        // One that fits is larger than any other form of the house may be, and leaves no temporary file behind.
        Assert.Equal(HttpStatusCode.Redirect, (await Upload(visit, dossier, Files.Pdf.Concat(new byte[5 * 512 * 1024]).ToArray(), "fits.pdf", "application/pdf")).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), "ASPNETCORE_*"));
        // Nobody who is not signed in may send as much.
        using var stranger = new Visit(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address }, zone.Code);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[5 * 512 * 1024]), "Form.File", "x.pdf" } };
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await stranger.Client.PostAsync($"/{zone.Code}/dossiers/{dossier}/documents/add", form, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_scanner_that_is_set_up_decides_and_one_that_is_away_lets_nothing_in(string engine)
    {
        using var daemon = new Clam();
        await using var platform = Platform.Start(engine, new() { ["Scanner:ClamAv"] = $"127.0.0.1:{daemon.Port}" });
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var large = Files.Pdf.Concat(new byte[200_000]).ToArray();
        await worker.Puts(dossier, large);
        Assert.Equal(large, daemon.Received);
        daemon.Says = "stream: Eicar-Test FOUND";
        Assert.Contains("found something", (await Refused(worker, dossier)).Errors.Single(e => e.PropertyName == "File").ErrorMessage, StringComparison.Ordinal);
        daemon.Says = "INSTREAM size limit exceeded. ERROR";
        Assert.Contains("does not answer", (await Refused(worker, dossier)).Errors.Single(e => e.PropertyName == "File").ErrorMessage, StringComparison.Ordinal);
        daemon.Dispose();
        Assert.Contains("does not answer", (await Refused(worker, dossier)).Errors.Single(e => e.PropertyName == "File").ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, await zone.Look(z => z.Set<Document>().CountAsync()));
        using var visit = worker.Visit();
        Assert.DoesNotContain("No virus scanner", (await visit.Page($"/dossiers/{dossier}/documents/add")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Behind_a_wall_and_for_whoever_does_not_see_the_dossier_there_is_no_document(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, walled, other) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("walled", Role.Coordinator), await zone.Hires("other", Role.Caseworker));
        var (dossier, theirs) = (await worker.Registers(Cases.Intake(zone)), await other.Registers(Cases.Intake(zone, "Muster", "Bram")));
        var document = await worker.Puts(dossier);
        await zone.WallsOff(walled, dossier);
        foreach (var (stranger, at) in new[] { (walled, dossier), (other, dossier), (other, theirs) })
        {
            await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new Download.Query(at, document)));
            await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new Withdraw.Command { Dossier = at, Document = document, Reason = WithdrawReason.WrongFile }));
            if (at == dossier) await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new List.Query(at)));
            using var visit = stranger.Visit();
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{at}/documents/{document}/file")).StatusCode);
        }
        Assert.DoesNotContain(await zone.Look(z => z.Set<AuditRow>().Select(r => r.Act).ToListAsync()), a => a == "Casework.Documents.Download");
    }

    [Theory, EveryEngine]
    public async Task A_document_is_withdrawn_for_a_reason_and_its_content_goes(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var (kept, gone) = (await worker.Puts(dossier), await worker.Puts(dossier));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Withdraw.Command { Dossier = dossier, Document = gone }));
        // What a colleague put in goes when a coordinator asks, and nothing goes on a screen that was left open.
        var (chief, withdrawal) = (await zone.Hires("chief", Role.Coordinator), new Withdraw.Command { Dossier = dossier, Document = gone, Reason = WithdrawReason.WrongDossier });
        var theirs = await chief.Puts(dossier);
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(withdrawal with { Document = theirs }));
        Assert.All((await worker.Send(new List.Query(dossier))).Rows, r => Assert.Equal(r.Document.Id != theirs, r.MayWithdraw));
        Assert.All((await chief.Send(new List.Query(dossier))).Rows, r => Assert.True(r.MayWithdraw));
        Assert.True(await chief.Send(withdrawal with { Document = theirs }));
        await Assert.ThrowsAsync<StaleFactorException>(() => worker.Stale().Send(withdrawal));
        Assert.True(await worker.Send(withdrawal));
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Download.Query(dossier, gone)));
        Assert.Equal([kept], (await worker.Send(new List.Query(dossier))).Rows.Select(r => r.Document.Id));
        Assert.Equal(0, await zone.Look(z => z.Set<DocumentPart>().CountAsync(p => p.DocumentId == gone)));
        Assert.Null((await zone.Look(z => z.Set<Document>().SingleAsync(d => d.Id == gone))).Head);
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "Document withdrawn: It does not belong in this dossier");
        var record = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Documents.Withdraw").OrderByDescending(r => r.Seq).FirstAsync());
        Assert.Contains(nameof(WithdrawReason.WrongDossier), record.Payload, StringComparison.Ordinal);
        Assert.Contains($"Document changed {gone}", record.Payload, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task After_a_day_a_document_goes_by_two_names_and_until_then_it_stays(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, chief, trainee) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator), await zone.Hires("trainee", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var document = await worker.Puts(dossier);
        zone.Platform.Clock.Advance(Document.Slip + TimeSpan.FromMinutes(1));
        var asked = new Withdraw.Command { Dossier = dossier, Document = document, Reason = WithdrawReason.OutOfDate };
        Assert.False(await worker.Fresh().Send(asked));
        Assert.False(await worker.Fresh().Send(asked with { Reason = WithdrawReason.Duplicate })); // pressed twice: what was asked first stands
        Assert.Equal((worker.Id, WithdrawReason.OutOfDate), ((await worker.Send(new List.Query(dossier))).Rows.Single().Document.Asked!.By, (await worker.Send(new List.Query(dossier))).Rows.Single().Document.Asked!.For));
        await worker.Send(new Download.Query(dossier, document));

        // It waits where whoever leads looks for what wants a second name, and nobody gives it to themselves.
        Assert.True(Assert.Single((await chief.Send(new Waiting.Query())).ToSign).IsWithdrawal);
        Assert.Empty((await worker.Send(new Waiting.Query())).ToSign);
        foreach (var nobody in new[] { worker, trainee }) await Assert.ThrowsAsync<RefusedException>(() => nobody.Fresh().Send(new Confirm.Command(dossier, document)));
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(new Keep.Command(dossier, document)));
        using (var visit = chief.Visit())
        {
            Assert.NotNull((await visit.Page("/countersign")).QuerySelector($"main a[href$='/documents/{document}/withdraw']"));
            Assert.Equal(1, (await chief.Send(new VictimSupport.Casework.Worklist.Desk.Query())).Unsigned);
            Assert.NotNull((await visit.Page($"/dossiers/{dossier}/documents/{document}/withdraw")).QuerySelector("form[action$='handler=Confirm']"));
        }
        using (var visit = worker.Visit()) Assert.Null((await visit.Page($"/dossiers/{dossier}/documents/{document}/withdraw")).QuerySelector("form[action$='handler=Confirm']"));

        // Kept, then asked again and confirmed.
        await chief.Send(new Keep.Command(dossier, document));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Fresh().Send(new Confirm.Command(dossier, document)));
        Assert.Empty((await chief.Send(new Waiting.Query())).ToSign);
        await worker.Fresh().Send(asked);
        await Assert.ThrowsAsync<StaleFactorException>(() => chief.Stale().Send(new Confirm.Command(dossier, document)));
        await chief.Fresh().Send(new Confirm.Command(dossier, document));
        Assert.Equal(0, await zone.Look(z => z.Set<DocumentPart>().CountAsync(p => p.DocumentId == document)));
        Assert.Empty((await chief.Send(new Waiting.Query())).ToSign);
        string[] told = ["Withdrawal of a document asked: It is no longer valid", "Not withdrawn, the document stays", "Document withdrawn: It is no longer valid"];
        var timeline = (await worker.Opens(dossier)).Timeline;
        Assert.All(told, line => Assert.Contains(timeline, h => h.Title == line));
    }

    [Theory, EveryEngine]
    public async Task Whoever_opened_it_warns_those_who_come_after(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, trainee) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("trainee", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var document = await worker.Puts(dossier);
        Assert.Null((await worker.Send(new Warn.Query(dossier, document))).Form.Warning);
        await worker.Send(new Warn.Command { Dossier = dossier, Document = document, Warning = " Foto’s van verwondingen " });
        var head = Assert.Single((await worker.Send(new List.Query(dossier))).Rows).Head;
        Assert.Equal(("Foto’s van verwondingen", "scan.pdf"), (head.Warning, head.FileName));
        Assert.Equal(Files.Pdf.Length, (await worker.Send(new Download.Query(dossier, document))).Content.Length);
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Warn.Command { Dossier = dossier, Document = document, Warning = new string('x', Add.Rules.LongestWarning + 1), Was = "Foto’s van verwondingen" }));
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(new Warn.Command { Dossier = dossier, Document = document, Warning = "x" }));
        // A colleague with the empty form before them takes nothing away.
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Warn.Command { Dossier = dossier, Document = document }))).Errors, e => e.PropertyName == "Warning");
        using (var visit = worker.Visit())
        {
            var page = await Visit.Read(await visit.Submit($"/dossiers/{dossier}/documents/{document}/warning", [KeyValuePair.Create("Form.Was", ""), KeyValuePair.Create("Form.Warning", "Sang")]));
            Assert.Contains("Foto’s van verwondingen", page.QuerySelector(".govuk-summary-card, .govuk-summary-list")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("Sang", page.QuerySelector("[name='Form.Warning']")!.GetAttribute("value"));
            Assert.Equal("Foto’s van verwondingen", page.QuerySelector("[name='Form.Was']")!.GetAttribute("value"));
        }
        await worker.Send(new Warn.Command { Dossier = dossier, Document = document, Was = "Foto’s van verwondingen" });
        Assert.Null(Assert.Single((await worker.Send(new List.Query(dossier))).Rows).Head.Warning);
    }

    [Theory, EveryEngine]
    public async Task What_a_trainee_puts_in_waits_for_a_second_name(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, trainee) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("trainee", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var (first, second) = (await trainee.Puts(dossier), await trainee.Puts(dossier));
        Assert.Equal(2, (await worker.Send(new Waiting.Query())).ToSign.Count(r => r.IsDocument));
        await worker.Signs(dossier, first);
        await worker.Send(new Return.Command { Dossier = dossier, Entry = second, Version = (await worker.Send(new Sign.Query(dossier, second))).Version, Remark = "Illisible" });
        var rows = (await trainee.Send(new List.Query(dossier))).Rows.ToDictionary(r => r.Document.Id);
        Assert.Equal((Signing.Signed, Signing.Returned, false, true), (rows[first].Document.Signing, rows[second].Document.Signing, rows[first].MayWithdraw, rows[second].MayWithdraw));
        Assert.Equal("Illisible", rows[second].Document.Remark!.Value);
        // The dossier does not close over it; countersigned, or withdrawn, it stands in nobody's way.
        Assert.Equal(second, Assert.Single(await worker.Send(new Close.Query(dossier)), g => g.Kind == GapKind.UnsignedDocument).Entry);
        using (var visit = worker.Visit()) Assert.NotNull((await visit.Page($"/dossiers/{dossier}/close")).QuerySelector($"main a[href$='/dossiers/{dossier}/documents']"));
        await Assert.ThrowsAsync<ValidationException>(() => worker.ClosesAtOnce(dossier));
        await trainee.Send(new Withdraw.Command { Dossier = dossier, Document = second, Reason = WithdrawReason.WrongFile });
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(new Withdraw.Command { Dossier = dossier, Document = first, Reason = WithdrawReason.WrongFile }));
        Assert.DoesNotContain(await worker.Send(new Close.Query(dossier)), g => g.Kind == GapKind.UnsignedDocument);
    }

    [Fact]
    public async Task What_is_hard_to_look_at_is_said_before_it_is_opened_on_the_list_and_to_whoever_signs()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (worker, trainee) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("trainee", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var (hard, plain) = (await trainee.Send(await trainee.File(dossier) with { Warning = " Photos of injuries " }), await worker.Send(await worker.File(dossier) with { Warning = " " }));
        await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.File(dossier) with { Warning = new string('x', 121) }));
        using var visit = worker.Visit();
        foreach (var path in new[] { "documents", $"countersign/{hard}" })
        {
            var page = await visit.Page($"/dossiers/{dossier}/{path}");
            Assert.StartsWith("Download all the same", Link(page, hard).TextContent, StringComparison.Ordinal);
            Assert.Equal("Hard to look at: Photos of injuries", Link(page, hard).PreviousElementSibling!.TextContent);
        }
        var link = Link(await visit.Page($"/dossiers/{dossier}/documents"), plain);
        Assert.Equal("Download: Attest", link.TextContent);
        Assert.Null(link.PreviousElementSibling);

        static IElement Link(IParentNode page, Guid document) => page.QuerySelector($"main a[href$='/documents/{document}/file']")!;
    }

    [Theory, EveryEngine]
    public async Task A_document_lies_whole_in_the_layer_it_was_put_into(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var (assistance, police) = (await worker.Puts(dossier), await worker.Send(await worker.File(dossier) with { Layer = Layer.Police }));
        foreach (var (document, layer) in new[] { (assistance, Layer.Assistance), (police, Layer.Police) })
        {
            var (model, head, parts) = await zone.Look(async z => (z.Model, await z.Set<Document>().SingleAsync(d => d.Id == document), await z.Set<DocumentPart>().Where(p => p.DocumentId == document).ToListAsync()));
            foreach (var field in new[] { "document.head", "document.remark" }) Assert.Equal(layer, Layers.Of(model, head, field));
            Assert.All(parts, p => Assert.Equal(layer, Layers.Of(model, p, "document_part.content")));
            Assert.NotEmpty(parts);
        }
        Assert.Equal(Files.Pdf, (await worker.Send(new Download.Query(dossier, police))).Content);
    }

    [Theory, EveryEngine]
    public async Task Sent_twice_it_is_kept_once(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var form = await worker.File(dossier) with { Once = Guid.NewGuid() };
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Send(form))));
        Assert.Single(made.Distinct());
        Assert.Equal(1, await zone.Look(z => z.Set<DocumentPart>().CountAsync()));
    }

    private static Task<ValidationException> Refused(Person worker, Guid dossier) => Assert.ThrowsAsync<ValidationException>(() => worker.Puts(dossier));

    private static async Task<HttpResponseMessage> Upload(Visit visit, Guid dossier, byte[] bytes, string name, string kind)
    {
        var content = new ByteArrayContent(bytes);
        var page = await visit.Page($"/dossiers/{dossier}/documents/add");
        using var form = new MultipartFormDataContent();
        foreach (var hidden in page.QuerySelectorAll<IHtmlInputElement>("main form[data-draft] input[type=hidden]").Where(h => h.Name is { Length: > 0 })) form.Add(new StringContent(hidden.Value), hidden.Name!);
        form.Add(new StringContent("Consent"), "Form.Kind");
        form.Add(new StringContent("Mon titre"), "Form.Title");
        content.Headers.ContentType = new MediaTypeHeaderValue(kind);
        form.Add(content, "Form.File", name);
        return await visit.Client.PostAsync($"/{visit.Place}/dossiers/{dossier}/documents/add", form, TestContext.Current.CancellationToken);
    }

    private static string Key(string engine, Guid id) => engine == "sqlite" ? id.ToString().ToUpperInvariant() : id.ToString();

    // Sets the flag by which an archive says that its entries are closed.
    private static byte[] Lock(byte[] zip)
    {
        for (var i = 0; i + 10 < zip.Length; i++)
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) zip[i + 8] |= 1;
        return zip;
    }

    /// <summary>A daemon that speaks the protocol, and says what the test wants.</summary>
    private sealed class Clam : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Clam()
        {
            listener.Start();
            _ = Serve();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
        public string Says { get; set; } = "stream: OK";
        public byte[] Received { get; private set; } = [];

        public void Dispose() => listener.Dispose();

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await using var stream = client.GetStream();
                    var (head, length, received) = (new byte[10], new byte[4], new MemoryStream());
                    await stream.ReadExactlyAsync(head);
                    Assert.Equal("zINSTREAM\0", Encoding.ASCII.GetString(head));
                    while (true)
                    {
                        await stream.ReadExactlyAsync(length);
                        if (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length) is not (> 0 and var size)) break;
                        var piece = new byte[size];
                        await stream.ReadExactlyAsync(piece);
                        received.Write(piece);
                    }
                    Received = received.ToArray();
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(Says + "\0"));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
