using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Marked names go through the use cases; afterwards they may be nowhere but behind a seal.</summary>
public sealed class CanaryTests(Platforms platforms)
{
    private const string Marked = "Zzcanaryœ";

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
