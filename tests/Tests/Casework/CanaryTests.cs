using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.PublicDesk;

namespace VictimSupport.Tests.Casework;

/// <summary>Marked names go through the use cases; afterwards they may be nowhere but behind a seal.</summary>
public sealed class CanaryTests(Platforms platforms)
{
    private const string Marked = "Zzcanaryœ", Everywhere = "Zzserinus";

    [Theory, EveryEngine]
    public async Task Whoever_takes_the_database_finds_no_name_number_or_note(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, dossier, _) = await Told(zone);
        await worker.Send(new Search.Query { Text = Marked });
        Assert.Single((await worker.Send(new Search.Query { Text = "0478123456" })).Rows);
        Assert.Single((await worker.Send(new Search.Query { Text = "zz 43 l7 998877 / 2026" })).Rows);
        await zone.RunJobs();

        foreach (var secret in new[] { Marked, "478123456", "998877", "Magnolia" })
        {
            Assert.Empty(await Holding(zone, secret));
            Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(platform.Post.Letters, letter => (letter.Subject + letter.Text + letter.Key).Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
        // The scan sees what lies open: the municipality is a code, not a secret.
        Assert.NotEmpty(await Holding(zone, "Plantedtown"));
        Assert.NotEqual(default, dossier);
    }

    [Theory, EveryEngine]
    public async Task By_whichever_command_something_is_kept_or_sent_it_lies_open_nowhere(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, neighbour) = (await (await platform.Zone()).GoesLive(), await platform.Zone());
        var spans = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => spans.Add($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))} {string.Join(' ', a.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        var addresses = await Everything(zone, neighbour);
        foreach (var days in new[] { 1, 3, 40 })
        {
            platform.Clock.Advance(TimeSpan.FromDays(days));
            foreach (var some in new[] { zone, neighbour }) await some.RunJobs();
            await platform.RunHouseJob();
        }

        var jobs = new List<string>();
        foreach (var some in new[] { zone, neighbour }) jobs.AddRange(await some.Look(z => z.Set<OutboxMessage>().Select(m => m.Key).ToListAsync()));
        foreach (var kind in new[] { "dossier-opened", "tray-put", "referral", "handover", "reminder" }) Assert.Contains(jobs, j => j.StartsWith(kind, StringComparison.Ordinal));
        Assert.NotEmpty(platform.Post.Letters);
        Assert.NotEmpty(spans);
        foreach (var secret in new[] { Everywhere, "479314159", "0479 31 41 59" })
        {
            foreach (var some in new[] { zone, neighbour }) Assert.Empty(await Holding(some, secret));
            var open = platform.Logs.Lines.Select(l => "log: " + l).Concat(spans.Select(s => "trace: " + s)).Concat(jobs.Select(j => "job: " + j)).Concat(addresses.Select(a => "address: " + a)).Concat(platform.Post.Letters.Select(l => $"mail: {l.Key} {l.Subject} {l.Text}"));
            Assert.DoesNotContain(open, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Marks whatever may be said of somebody, by every command of the casework that keeps or sends it.</summary>
    /// <returns>Where browsers were led.</returns>
    private static async Task<IReadOnlyList<string>> Everything(TestZone zone, TestZone neighbour)
    {
        var (anna, cora, desk, now) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator), zone.As(Role.FrontDesk), zone.Platform.Clock.GetUtcNow());
        var dossier = await anna.Registers(Cases.Intake(zone, Everywhere + "ova", "Ada", "0479 31 41 59") with { Safe = Rule.OnlyIf, Condition = Everywhere, Note = Everywhere });
        var person = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, person, "fr")) with { Dossier = dossier, Person = person, Address = Everywhere + " street 1", Mail = Everywhere + "@example.org" });
        await anna.Agrees(dossier, person, r => r with { Letter = Rule.Safe, Visit = Rule.Safe, Hours = Everywhere, WhoMayAnswer = Everywhere, WhatMayBeSaid = Everywhere, CodeWord = Everywhere, SmsNumber = "0479 31 41 59" });
        await anna.Send(new Interpret.Command { Dossier = dossier, Person = person, Kind = InterpreterKind.Present, Name = Everywhere, Agency = Everywhere, Version = (await anna.Opens(dossier)).Dossier.Version });
        // Tasks, contacts, appointments.
        await anna.Send(new Write.Command { Dossier = dossier, Persons = [person], Layer = Layer.Police, Text = Everywhere, Next = ActKind.CallBack, Due = now.AddHours(2), Version = (await anna.Opens(dossier)).Dossier.Version });
        await anna.Send(await anna.Contact(zone, dossier) with { Note = Everywhere, Next = ActKind.Letter, Due = now.AddMinutes(5) });
        await anna.Send(await anna.Appointment(zone, dossier) with { Place = Place.Home, Note = Everywhere, At = now.AddDays(2) });
        // Letters and documents.
        var letter = await anna.Send(new Prepare.Command { Dossier = dossier, Person = person, Kind = LetterKind.Free, Language = "fr", Text = Everywhere, Shown = (await anna.RulesOf(dossier, person)).Revision });
        Assert.Contains(Everywhere, (await anna.Send(new Print.Command(letter))).Content!.Text, StringComparison.Ordinal);
        var kept = await anna.Send(new VictimSupport.Casework.Documents.Add.Command { Dossier = dossier, Persons = [person], Kind = DocumentKind.Consent, Title = Everywhere, FileName = Everywhere + ".txt", Content = Encoding.UTF8.GetBytes(Everywhere) });
        Assert.NotEqual(Guid.Empty, kept);
        // To partners and others.
        var referral = await anna.Offers(dossier, await cora.Send(Referring.Partner()));
        await anna.Send(await anna.Consent(dossier, referral, Everywhere, SharedField.Name, SharedField.Phone, SharedField.Address, SharedField.Message));
        await anna.Sends(dossier, referral, SentAs.Mail);
        await anna.Shares(dossier, Everywhere);
        // What is not sent yet.
        await anna.Send(new VictimSupport.Casework.Drafts.Save.Command { Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Turn = 1, Place = $"/Casework/Dossiers/Show note {dossier}", Dossier = dossier, Boxes = new Dictionary<string, string[]> { ["Form.Text"] = [Everywhere] } });
        // Into the tray, and out of it.
        var entry = await desk.Send(TrayTests.Message(Everywhere, Everywhere) with { Phone = "0479 31 41 59", Condition = Everywhere, About = Everywhere });
        await anna.Send(new VictimSupport.Casework.Tray.PutTo.Command(entry, cora.Id));
        await cora.Send(new VictimSupport.Casework.Tray.Decline.Command { Entry = entry, Reason = Everywhere });
        await anna.Registers(Cases.Intake(zone, Everywhere, "Bo") with { Tray = await zone.As().AsksFor(Everywhere, VictimSupport.PublicDesk.Contracts.Way.Sms, "0479 31 41 59", onlyIf: true) });
        // To another zone, which takes it.
        var handover = await cora.HandsOver(await cora.Registers(Cases.Intake(zone, Everywhere, "Cis", "0479 31 41 59")), neighbour, f => f with { Reason = Everywhere });
        await neighbour.As(Role.Coordinator).Accepts(handover);
        // And by browser.
        using var visit = anna.Visit();
        var addresses = new List<string>();
        foreach (var (path, fields) in new (string, Dictionary<string, string>)[]
        {
            ("/search", new() { ["Form.Text"] = Everywhere }), ("/search", new() { ["Form.Text"] = "0479 31 41 59" }), ($"/dossiers/{dossier}/facts", new() { ["Form.OfficialReports"] = Everywhere }), ("/message", new() { ["Form.GivenName"] = Everywhere, ["Form.About"] = Everywhere }),
            ("/intake", new() { ["Form.FamilyName"] = Everywhere, ["Form.Note"] = Everywhere }), ($"/dossiers/{dossier}/people/{person}", new() { ["Form.FamilyName"] = Everywhere + "ova" }),
        }) addresses.Add((await visit.Submit(path, fields)).Headers.Location?.ToString() ?? "");
        foreach (var path in new[] { $"/dossiers/{dossier}", "/worklist", "/letters", "/tray", $"/tray/{entry}", $"/dossiers/{dossier}/people/{person}/call", $"/dossiers/{dossier}/people/{person}/print" }) addresses.AddRange((await visit.Page(path)).QuerySelectorAll("a[href], form[action]").Select(a => a.GetAttribute("href") ?? a.GetAttribute("action")!).Where(a => !a.StartsWith("tel:", StringComparison.Ordinal)));
        return addresses;
    }

    [Theory, EveryEngine]
    public async Task A_box_moved_to_another_row_does_not_open(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, dossier, person) = await Told(zone);
        var (_, other, stranger) = await Told(zone);
        Assert.NotEqual(dossier, other);
        await using (var attacker = await zone.Break())
            await attacker.Do($"UPDATE person SET \"Identity\" = (SELECT \"Identity\" FROM person WHERE \"Id\" = '{Key(engine, stranger)}') WHERE \"Id\" = '{Key(engine, person)}'");
        await Assert.ThrowsAsync<SealBrokenException>(() => worker.Send(new ShowView.Query(dossier)));
        Assert.NotEmpty((await zone.Platform.Services.GetRequiredService<KeyCare>().Verify(zone.Code, default)).Faults);
    }

    [Theory, EveryEngine]
    public async Task A_box_carried_over_from_another_zone_does_not_open_not_even_with_its_data_key(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (worker, dossier, person) = await Told(zone);
        var (_, _, stranger) = await Told(elsewhere);
        await using (var from = await elsewhere.Break())
        await using (var attacker = await zone.Break())
        {
            await using var read = from.CreateCommand();
            read.CommandText = $"SELECT \"Identity\" FROM person WHERE \"Id\" = '{Key(engine, stranger)}'";
            await using var write = attacker.CreateCommand();
            write.CommandText = $"UPDATE person SET \"Identity\" = @box WHERE \"Id\" = '{Key(engine, person)}'";
            var box = write.CreateParameter();
            (box.ParameterName, box.Value) = ("@box", (byte[])(await read.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
            write.Parameters.Add(box);
            Assert.Equal(1, await write.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }
        await Assert.ThrowsAsync<ErasedException>(() => worker.Send(new ShowView.Query(dossier))); // its data key is not here
        var registry = platform.Services.GetRequiredService<VictimSupport.Foundation.Zones.ZoneRegistry>();
        var stolen = registry.KeysOf(elsewhere.Handle.Record, registry.PlacementOf(elsewhere.Handle.Record)).Store.Find(stranger)!;
        await registry.KeysOf(zone.Handle.Record, registry.PlacementOf(zone.Handle.Record)).Store.Add([new DataKey(stranger, stolen, stolen)], TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SealBrokenException>(() => worker.Send(new ShowView.Query(dossier)));
    }

    [Theory, EveryEngine]
    public async Task After_a_rotation_everything_opens_as_before(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, dossier, _) = await Told(zone);
        var care = zone.Platform.Services.GetRequiredService<KeyCare>();
        await care.Rotate(zone.Code, default);
        var report = await care.Verify(zone.Code, default);
        Assert.Empty(report.Faults);
        Assert.True(report.Boxes >= 5);
        Assert.Contains(Marked, (await worker.Send(new ShowView.Query(dossier))).People[0].Name, StringComparison.Ordinal);
        await Told(zone); // and new people get keys under the new one
        Assert.Empty((await care.Verify(zone.Code, default)).Faults);
    }

    [Theory, EveryEngine]
    public async Task What_is_shown_is_recorded_before_it_is_sent(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, dossier, _) = await Told(zone);
        await worker.Send(new ShowView.Query(dossier));
        await worker.Send(new Search.Query { Text = Marked });
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new ShowView.Query(dossier)));
        var records = await zone.Look(z => z.Set<AuditRow>().OrderBy(r => r.Seq).ToListAsync());
        Assert.Contains(records, r => r.Act == "Casework.Dossiers.ShowView" && r.Subject == dossier && r.Actor == worker.Id && r.Payload.Contains("\"why\":\"assigned\"", StringComparison.Ordinal));
        Assert.Contains(records, r => r.Act == "Casework.Dossiers.Search" && r.Payload.Contains(dossier.ToString(), StringComparison.Ordinal));
        Assert.Contains(records, r => r.Act == "Casework.Dossiers.ShowView!absent" && r.Subject == dossier && r.Actor != worker.Id);
        Assert.Contains(records, r => r.Act == "Casework.Intakes.Register" && r.Payload.Contains("Person added", StringComparison.Ordinal));
    }

    private static async Task<(Kit.Person Worker, Guid Dossier, Guid Person)> Told(TestZone zone)
    {
        var worker = zone.As(Role.Caseworker);
        var made = await worker.Send(new Register.Command
        {
            Trigger = Trigger.Person, SubKind = "PartnerViolence", GivenName = "Ada", FamilyName = Marked, Phone = "0478 12 34 56", Safe = Rule.OnlyIf, Condition = "Condition " + Marked, Language = "fr", Note = "Note " + Marked, Municipality = "Plantedtown",
        });
        var view = await worker.Send(new ShowView.Query(made.Dossier));
        var person = view.People[0].Id;
        await worker.Send((await worker.Send(new Safe.Query(made.Dossier, person))).Form with { Dossier = made.Dossier, Person = person, Call = Rule.OnlyIf, CodeWord = "Magnolia", WhatMayBeSaid = Marked });
        await worker.Send((await worker.Send(new Facts.Query(made.Dossier))) with { Dossier = made.Dossier, SubKind = "PartnerViolence", Municipality = "Plantedtown", OfficialReports = "ZZ.43.L7.998877/2026" });
        await worker.Send(new VictimSupport.Casework.Contacts.Record.Command
        {
            Dossier = made.Dossier, Persons = [person], Place = Place.Phone, At = zone.Platform.Clock.GetUtcNow(), Minutes = 5, Services = [ServiceKind.Listening], Note = Marked, Next = ActKind.CallBack, Due = zone.Platform.Clock.GetUtcNow().AddHours(1),
        });
        await worker.Send(new VictimSupport.Casework.Documents.Add.Command
        {
            Dossier = made.Dossier, Persons = [person], Kind = DocumentKind.Consent, Title = "Titel " + Marked, FileName = Marked + ".txt", Content = Encoding.UTF8.GetBytes("Ich, " + Marked + ", bin einverstanden."),
        });
        return (worker, made.Dossier, person);
    }

    private static string Key(string engine, Guid id) => engine == "sqlite" ? id.ToString().ToUpperInvariant() : id.ToString();

    // On a platform that others use too a side file of another zone may go while one looks: it was closed, and all of it lies in its database.
    private static bool HoldsStill(string file, string secret)
    {
        try
        {
            return Holds(File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), secret);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    // Every byte of the files, or every column of every table: what a thief would read.
    internal static async Task<IReadOnlyList<string>> Holding(TestZone zone, string secret)
    {
        if (zone.Platform.Engine == "sqlite") return [.. Directory.EnumerateFiles(zone.Platform.Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal) && HoldsStill(file, secret))];
        await using var connection = await zone.Break();
        var tables = new List<string>();
        await using (var list = connection.CreateCommand())
        {
            list.CommandText = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
            await using var row = await list.ExecuteReaderAsync();
            while (await row.ReadAsync()) tables.Add(row.GetString(0));
        }
        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using DbDataReader row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                for (var i = 0; i < row.FieldCount; i++)
                {
                    var bytes = row.GetValue(i) is byte[] raw ? raw : Encoding.UTF8.GetBytes(Convert.ToString(row.GetValue(i), System.Globalization.CultureInfo.InvariantCulture) ?? "");
                    if (Has(bytes, secret)) found.Add($"{table}.{row.GetName(i)}");
                }
            }
        }
        return found;
    }

    private static bool Holds(Stream stream, string secret)
    {
        using (stream)
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return Has(copy.ToArray(), secret);
        }
    }

    private static bool Has(byte[] bytes, string secret) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)) >= 0;
}
