using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Marked names, numbers and words go in by every door; then all that was kept anywhere is read as a thief would.</summary>
public sealed class SecrecyTests
{
    /// <summary>The mark, and digits of the telephone and the official report. Searched in any case: search forms are folded.</summary>
    private static readonly string[] Marks = ["zzcanary", "470987654", "0470 98 76 54", "777888"];

    [Theory, EveryEngine]
    public async Task Nothing_that_tells_of_a_person_is_readable_at_rest_in_logs_or_in_mail(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.Hires("cora", Role.Coordinator);
        await Mark(zone, anna);
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await zone.RunJobs();
        Assert.NotEmpty(platform.Post.Letters);

        var hits = new List<string>();
        await foreach (var (place, text) in Everything(platform, zone))
        {
            hits.AddRange(Marks.Where(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)).Select(mark => $"{mark} in {place}"));
        }
        Assert.True(hits.Count == 0, string.Join('\n', hits.Distinct()));

        // The place of the facts is kept open by design: the scan must see it, in the zone's own database.
        var planted = new List<string>();
        await foreach (var (place, text) in Everything(platform, zone)) if (text.Contains("zzplanted", StringComparison.OrdinalIgnoreCase)) planted.Add(place);
        Assert.NotEmpty(planted);
        // And it must see one that stands in binary, as a box would that was not closed.
        await using (var attacker = await zone.Break()) await attacker.Do(engine == "sqlite" ? "UPDATE note SET \"Text\" = CAST('ZZCANARY' AS BLOB)" : "UPDATE note SET \"Text\" = convert_to('ZZCANARY', 'UTF8')");
        var open = false;
        await foreach (var (_, text) in Everything(platform, zone)) open |= text.Contains("zzcanary", StringComparison.OrdinalIgnoreCase);
        Assert.True(open);
    }

    [Theory, EveryEngine]
    public async Task Every_sealed_field_opens_and_still_does_after_the_zones_key_was_changed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var id = await Mark(zone, anna);
        var care = platform.Services.GetRequiredService<KeyCare>();
        var before = await care.Verify(zone.Code, default);
        Assert.Empty(before.Faults);
        Assert.Equal(13, before.Boxes); // identity, safe contact, what the rules said before, report, two notes, contact, two drafts, consent, the act by which an unsent referral comes back, what lies behind the partner’s link, sharing
        await care.Rotate(zone.Code, default);
        var view = await anna.Opens(id);
        Assert.Contains(view.People, p => p.Name == "Zzcanarygiven Zzcanaryfamily");
        Assert.Contains(view.Timeline, h => h.Text == "ZZCANARY contact note");
        Assert.Single((await anna.Send(new Search.Query { Text = "zzcanaryfamily" })).Rows);
        await anna.Registers(Cases.Intake(zone, "Muster", "Bram"));
        var after = await care.Verify(zone.Code, default);
        Assert.Empty(after.Faults);
        Assert.True(after.Boxes > before.Boxes);
    }

    [Theory, EveryEngine]
    public async Task A_box_moved_to_another_row_does_not_open(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var id = await anna.Registers(Cases.Intake(zone));
        var lead = await anna.LeadOf(id);
        foreach (var text in new[] { "one", "another" }) await anna.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Text = text });
        // Both under the same key: it is the place that does not fit.
        await using (var attacker = await zone.Break()) await attacker.Do("UPDATE note SET \"Text\" = (SELECT o.\"Text\" FROM note o WHERE o.\"Id\" <> note.\"Id\")");
        await Assert.ThrowsAsync<SealBrokenException>(() => anna.Opens(id));
        Assert.Contains((await platform.Services.GetRequiredService<KeyCare>().Verify(zone.Code, default)).Faults, f => f.StartsWith("note.text of ", StringComparison.Ordinal));
    }

    /// <summary>Types the marks into every field there is, also where it is refused.</summary>
    private static async Task<Guid> Mark(TestZone zone, Tests.Kit.Person anna)
    {
        var id = await anna.Registers(Cases.Intake(zone, "Zzcanaryfamily", "Zzcanarygiven", "0470 98 76 54") with { Note = "ZZCANARY note", Municipality = "Zzplanted" });
        var (lead, now) = (await anna.LeadOf(id), zone.Platform.Clock.GetUtcNow());
        await anna.Send(await anna.Send(new Edit.Query(id, lead, "fr")) with { Dossier = id, Person = lead, FamilyName = "Zzcanaryfamily", GivenName = "Zzcanarygiven", Capacity = Capacity.Victim, Language = "fr", Phone = "0470 98 76 54", Mail = "zzcanary@example.org", Address = "ZZCANARY street 1" });
        await anna.Send((await anna.Send(new Safe.Query(id, lead))).Form with { Dossier = id, Person = lead, Call = Rule.OnlyIf, Hours = "ZZCANARY", WhoMayAnswer = "ZZCANARY", WhatMayBeSaid = "ZZCANARY", CodeWord = "ZZCANARY", ThirdPerson = "ZZCANARY" });
        await anna.Send(await anna.Send(new Facts.Query(id)) with { Dossier = id, OfficialReports = "BR.30.L1.777888/2026" });
        await anna.Send(await anna.Contact(zone, id) with { Note = "ZZCANARY contact note", Next = ActKind.CallBack, Due = now.AddDays(2) });
        await anna.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Police, Text = "ZZCANARY written" });
        var referral = await anna.Offers(id, await anna.Send(Referring.Partner()));
        await anna.Send(await anna.Consent(id, referral, "ZZCANARY message", SharedField.Name, SharedField.Phone, SharedField.Address, SharedField.Message));
        await anna.Sends(id, referral);
        await anna.Shares(id, "ZZCANARY shared");
        await anna.Send(new Register.Check { FamilyName = "Zzcanaryfamily", GivenName = "Zzcanarygiven", Phone = "0470 98 76 54" });
        using var visit = anna.Visit();
        await visit.Submit("/search", new Dictionary<string, string> { ["Form.Text"] = "zzcanaryfamily" });
        await visit.Submit("/search", new Dictionary<string, string> { ["Form.Text"] = "0470 98 76 54" });
        await visit.Submit("/intake", new Dictionary<string, string> { ["Form.FamilyName"] = "Zzcanaryfamily", ["Form.Phone"] = "0470 98 76 54", ["Form.Note"] = "ZZCANARY" }); // refused: no facts
        await visit.Submit("/intake", new Dictionary<string, string> { ["Form.FamilyName"] = "ZZCANARY" + new string('x', 10_000) });
        foreach (var (place, dossier) in new[] { ($"/Casework/Dossiers/Show note {id}", (Guid?)id), ("/Casework/Intakes/Register intake", null) })
        {
            var once = Guid.NewGuid();
            await anna.Send(new VictimSupport.Casework.Drafts.Save.Command { Draft = once, Once = once, Turn = 1, Place = place, Dossier = dossier, Boxes = new Dictionary<string, string[]> { ["Form.Text"] = ["ZZCANARY unsent"], ["Form.FamilyName"] = ["Zzcanaryfamily"] } });
        }
        await visit.Page($"/dossiers/{id}");
        await visit.Page("/intake");
        await visit.Page("/worklist");
        return id;
    }

    private static async IAsyncEnumerable<(string Place, string Text)> Everything(Platform platform, TestZone zone)
    {
        foreach (var line in platform.Logs.Lines) yield return ("the log", line);
        foreach (var letter in platform.Post.Letters) yield return ("mail", $"{letter.Key} {letter.To} {letter.Subject} {letter.Text}");
        foreach (var file in Directory.EnumerateFiles(platform.Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock") continue; // empty, and held by the host
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            yield return (file, Encoding.Latin1.GetString(bytes.ToArray()));
            yield return (file + " as UTF-16", Encoding.Latin1.GetString(bytes.ToArray()).Replace("\0", "", StringComparison.Ordinal));
        }
        if (platform.Engine != "postgresql") yield break;
        foreach (var connection in new[] { zone.OwnConnection(), Backdoor.KeyFileOf(zone), platform.Services.GetRequiredService<CatalogDatabase>().ConnectionString })
        {
            await foreach (var row in Rows(connection)) yield return row;
        }
    }

    // Every row of every table, as text; what is binary stands there in hexadecimal and is read back.
    private static async IAsyncEnumerable<(string Place, string Text)> Rows(string connectionString)
    {
        var root = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES")) { Database = new NpgsqlConnectionStringBuilder(connectionString).Database, Pooling = false }.ToString();
        await using var connection = new NpgsqlConnection(root);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", connection))
        await using (var row = await list.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            while (await row.ReadAsync(TestContext.Current.CancellationToken)) tables.Add(row.GetString(0));
        Assert.NotEmpty(tables);
        foreach (var table in tables)
        {
            await using var all = new NpgsqlCommand($"SELECT * FROM {table}", connection) { AllResultTypesAreUnknown = true };
            await using var row = await all.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
            {
                for (var i = 0; i < row.FieldCount; i++)
                {
                    if (await row.IsDBNullAsync(i, TestContext.Current.CancellationToken)) continue;
                    var text = row.GetString(i);
                    yield return ($"{table}.{row.GetName(i)}", text.StartsWith("\\x", StringComparison.Ordinal) ? Encoding.Latin1.GetString(Convert.FromHexString(text.AsSpan(2))) : text);
                }
            }
        }
    }
}
