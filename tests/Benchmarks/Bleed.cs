using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using VictimSupport.Benchmarks.Reference;

namespace VictimSupport.Benchmarks;

/// <summary>R8: two zones with the same telephones and given names, and family names that carry their zone's mark. People of both read, search and write side by side while jobs run; nothing of one zone may
/// reach an answer, a mail or a database of the other. At the end a real bleed is planted, to prove that it would have been seen.</summary>
internal sealed partial class Bleed(string program, string folder, int each)
{
    private const int People = 120, Together = 8;
    private static readonly string[] Given = ["Ada", "Bram", "Dieter", "Elif", "Fien", "Hugo", "Imane", "Joris"];

    /// <summary>What is known of one zone, and what was seen in answers to its people.</summary>
    private sealed record Side(string Zone, string Mark, Where Where)
    {
        public List<Guid> Dossiers { get; } = [];
        public ConcurrentDictionary<Guid, byte> Seen { get; } = [];
        public ConcurrentDictionary<string, byte> SeenNumbers { get; } = [];
        public ConcurrentBag<string> Wrong { get; } = [];
        public string Town => Mark + "ville";
        public int Answers, Own;
        public long Bytes;

        /// <summary>Looks through an answer: another zone's mark is a bleed at once, ids and numbers are compared at the end.</summary>
        public void Take(string what, string text, Side other)
        {
            Interlocked.Increment(ref Answers);
            Interlocked.Add(ref Bytes, text.Length);
            if (text.Contains(Mark, StringComparison.OrdinalIgnoreCase)) Interlocked.Increment(ref Own);
            if (text.Contains(other.Mark, StringComparison.OrdinalIgnoreCase)) Wrong.Add($"{what} shows {other.Mark}");
            foreach (var id in Ids().EnumerateMatches(text)) Seen.TryAdd(Guid.Parse(text.AsSpan(id.Index, id.Length)), 0);
            foreach (Match number in Numbers().Matches(text)) SeenNumbers.TryAdd(number.Value, 0);
        }
    }

    /// <summary>What stands in a zone's two databases.</summary>
    private sealed record Content(HashSet<Guid> Ids, HashSet<string> Numbers, HashSet<string> Words);

    /// <returns>Was every promise kept?</returns>
    public async Task<bool> Run(string engine)
    {
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 0, zones: 2);
        var (a, b) = (new Side("9901", "Ostrevaar", product.Where), new Side("9902", "Quillimont", product.Where with { Zone = "9902" }));
        var (passesA, passesB) = (await Numbering.Passes(product, a.Zone), await Numbering.Passes(product, b.Zone));
        var (port, watch) = (Machine.FreePort(), Stopwatch.StartNew());
        var kept = true;
        await using (await product.Start(port))
        {
            Worker[] ofA = await Worker.Several(port, a.Zone, passesA, Together), ofB = await Worker.Several(port, b.Zone, passesB, Together);
            for (var i = 0; i < People; i++) foreach (var (side, other, workers) in new[] { (a, b, ofA), (b, a, ofB) }) await Register(side, other, workers[i % Together], i);
            var (fromA, fromB) = (a.Dossiers.ToList(), b.Dossiers.ToList());
            watch.Restart();
            await Task.WhenAll(Work(a, b, ofA, fromA, fromB), Work(b, a, ofB, fromB, fromA));
            watch.Stop();
            kept &= await ForeignIsAbsent(a, ofA, fromB) & await ForeignIsAbsent(b, ofB, fromA);
            await Task.Delay(TimeSpan.FromSeconds(25)); // a last sweep: the mails of the last intakes
            foreach (var worker in ofA.Concat(ofB)) worker.Dispose();
        }
        Console.WriteLine(Machine.Describe());
        Console.WriteLine($"{engine}: {a.Answers} and {b.Answers} answers, {(a.Bytes + b.Bytes) / 1024 / 1024} MB, in {watch.Elapsed.TotalSeconds:0} s; the zone's own mark in {a.Own} and {b.Own}.");
        var (inA, inB, house) = (await Everything(a.Where), await Everything(b.Where), await Ids(product.Where.Connect(product.Where.Catalog)));
        kept &= Compared(engine, a, b, inA, inB, house) & a.Own > each / 4 & b.Own > each / 4;
        kept &= Mails(engine, product, a, b);
        foreach (var verb in new[] { "audit", "keys" }) Console.WriteLine($"{engine}: {verb} verify says {(await Child.Read(program, [verb, "verify"], product.Environment("Production"))).Trim().ReplaceLineEndings("; ")}");
        return kept & await Sabotage(engine, product, a, b, passesA, house);
    }

    private static async Task Register(Side side, Side other, Worker worker, int i)
    {
        var (dossier, said) = await worker.Intake($"{side.Mark}{Numbering.Letters(i)}", Given[i % Given.Length], Phone(i), side.Town, $"Note de {side.Mark}.");
        side.Take("an intake", said, other);
        if (dossier is not { } id) side.Wrong.Add("an intake answered " + said);
        else lock (side.Dossiers) side.Dossiers.Add(id);
    }

    private static string Phone(int i) => $"0471 {10 + i / 1000 % 90:00} {i / 10 % 100:00} {10 + i % 10:00}";

    private Task Work(Side side, Side other, Worker[] workers, List<Guid> own, List<Guid> foreign)
    {
        var next = -1;
        return Task.WhenAll(workers.Select(worker => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < each) await One(side, other, worker, i, own[i * 7 % own.Count], foreign[i * 7 % foreign.Count]);
        })));
    }

    private static async Task One(Side side, Side other, Worker worker, int i, Guid own, Guid foreign)
    {
        var about = i * 13 % People;
        if (i % 25 == 9)
        {
            await Register(side, other, worker, People + i);
            return;
        }
        if (i % 25 == 19)
        {
            var refused = await worker.Get($"/dossiers/{foreign}");
            if (refused.Status != HttpStatusCode.NotFound) side.Wrong.Add($"a foreign dossier answered {refused.Status}");
            side.Take("a foreign dossier", refused.Text.Replace(foreign.ToString(), "", StringComparison.OrdinalIgnoreCase), other);
            return;
        }
        var (what, answer) = (i % 10) switch
        {
            < 4 => ("a dossier", await worker.Get($"/dossiers/{own}")),
            4 => ("a worklist", await worker.Get($"/worklist?tab=Team&at={1 + i % 4}")),
            5 => ("a worklist", await worker.Get($"/worklist?tab={(i % 20 < 10 ? "Mine" : "Unassigned")}")),
            6 => ("a search by telephone", await worker.Search(Phone(about))),
            7 => ("a search by name", await worker.Search(Given[i / 10 % Given.Length])),
            8 => ("a look for duplicates", await worker.Post("/intake?handler=Check", ("Form.FamilyName", ""), ("Form.GivenName", ""), ("Form.Phone", Phone(about)))),
            _ => ("the page of duplicates", await worker.Get($"/intake/known/{own}")),
        };
        // A caseworker may not see every dossier of the zone: absent is right, anything else is not.
        if (answer.Item1 != HttpStatusCode.OK && !(answer.Item1 == HttpStatusCode.NotFound && what is "a dossier" or "the page of duplicates")) side.Wrong.Add($"{what} answered {(int)answer.Item1}");
        side.Take(what, answer.Item2, other);
    }

    // Byte for byte, but for the one thing that each request has of its own: its reference.
    private static async Task<bool> ForeignIsAbsent(Side side, Worker[] workers, List<Guid> foreign)
    {
        foreach (var path in new[] { "/dossiers/{0}", "/dossiers/{0}/facts", "/dossiers/{0}/close", "/intake/known/{0}" })
        {
            foreach (var (worker, id) in workers.Zip(foreign))
            {
                var absent = Guid.CreateVersion7();
                var (one, two) = (await worker.Get(path.Replace("{0}", id.ToString(), StringComparison.Ordinal)), await worker.Get(path.Replace("{0}", absent.ToString(), StringComparison.Ordinal)));
                if (one.Status == HttpStatusCode.NotFound && two.Status == one.Status && Plain(one.Text, id) == Plain(two.Text, absent)) continue;
                side.Wrong.Add($"{path} tells a foreign dossier ({one.Status}, {one.Text.Length}) from an absent one ({two.Status}, {two.Text.Length})");
                return false;
            }
        }
        return true;

        static string Plain(string text, Guid id) => Tokens().Replace(References().Replace(text, ""), "").Replace(id.ToString(), "", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What was seen against what stands in the other zone, and what stands in both.</summary>
    private static bool Compared(string engine, Side a, Side b, Content inA, Content inB, HashSet<Guid> house)
    {
        // What is written in the code itself (the stories of the demo) is no zone's.
        var shared = inA.Ids.Intersect(inB.Ids).Except(house).Count(id => !id.ToString().StartsWith("00000000-0000-0000-0000-", StringComparison.Ordinal));
        var words = inA.Words.Count(w => w.Contains(b.Mark, StringComparison.OrdinalIgnoreCase)) + inB.Words.Count(w => w.Contains(a.Mark, StringComparison.OrdinalIgnoreCase));
        var ids = Foreign(a, inA, inB, house) + Foreign(b, inB, inA, house);
        Console.WriteLine($"{engine}: answers that carry the other zone's mark or went wrong {a.Wrong.Count + b.Wrong.Count}; ids or numbers of the other zone in answers {ids}, of {a.Seen.Count + b.Seen.Count} ids seen; ids that stand in both zones' databases {shared}, of {inA.Ids.Count} and {inB.Ids.Count}; texts with the other's mark there {words}.");
        foreach (var wrong in a.Wrong.Concat(b.Wrong).GroupBy(w => w).Take(8)) Console.WriteLine($"  {wrong.Count()} × {wrong.Key}");
        return a.Wrong.IsEmpty && b.Wrong.IsEmpty && ids == 0 && shared == 0 && words == 0;
    }

    private static int Foreign(Side side, Content own, Content other, HashSet<Guid> house) =>
        side.Seen.Keys.Count(id => other.Ids.Contains(id) && !own.Ids.Contains(id) && !house.Contains(id)) + side.SeenNumbers.Keys.Count(n => other.Numbers.Contains(n) && !own.Numbers.Contains(n));

    private static bool Mails(string engine, Product product, Side a, Side b)
    {
        var mails = Directory.GetFiles(Path.Combine(product.Folder, "mail"), "*.eml").Select(File.ReadAllText).ToList();
        var marked = mails.Count(m => m.Contains(a.Mark, StringComparison.OrdinalIgnoreCase) || m.Contains(b.Mark, StringComparison.OrdinalIgnoreCase));
        Console.WriteLine($"{engine}: jobs sent {mails.Count} mails, with a mark {marked}.");
        return marked == 0 && mails.Count > 0;
    }

    /// <summary>A bleed on purpose, three ways: in an answer the product really gives, in an answer merged from two, and as a row in the wrong database.</summary>
    private static async Task<bool> Sabotage(string engine, Product product, Side a, Side b, IReadOnlyList<string> passes, HashSet<Guid> house)
    {
        var planted = a.Dossiers[0];
        await using (var connection = a.Where.Connect(a.Where.Data))
        {
            await connection.OpenAsync();
            await Do(connection, $"""UPDATE dossier SET "Municipality" = '{b.Town}' WHERE "Id" = '{Written(a.Where, planted)}'""");
            await Do(connection, $"""UPDATE dossier SET "Lead" = '{Written(a.Where, b.Dossiers[1])}' WHERE "Id" = '{Written(a.Where, a.Dossiers[1])}'""");
        }
        SqliteConnection.ClearAllPools();
        var (port, merged) = (Machine.FreePort(), "");
        var (real, joined) = (new Side(a.Zone, a.Mark, a.Where), new Side(a.Zone, a.Mark, a.Where));
        await using (await product.Start(port))
        {
            var workers = await Worker.Several(port, a.Zone, passes, 4);
            foreach (var worker in workers) real.Take("a planted dossier", (await worker.Get($"/dossiers/{planted}")).Text, b);
            merged = (await workers[0].Get("/worklist?tab=Team")).Text + $"<a href=\"/9901/dossiers/{b.Dossiers[0]}\">";
            foreach (var worker in workers) worker.Dispose();
        }
        joined.Take("a merged answer", merged, b);
        var (inA, inB) = (await Everything(a.Where), await Everything(b.Where));
        bool[] caught = [!real.Wrong.IsEmpty, Foreign(joined, inA with { Ids = [.. inA.Ids.Except([b.Dossiers[0]])] }, inB, house) > 0, inA.Ids.Intersect(inB.Ids).Except(house).Any(), inA.Words.Any(w => w.Contains(b.Mark, StringComparison.OrdinalIgnoreCase))];
        Console.WriteLine($"{engine}: planted: a foreign word in a page of the product {Said(caught[0])}, a foreign id in a merged answer {Said(caught[1])}, a foreign id in a zone's database {Said(caught[2])}, a foreign word there {Said(caught[3])}.");
        return caught.All(c => c);

        static string Said(bool was) => was ? "caught" : "NOT CAUGHT";
    }

    private static string Written(Where where, Guid id) => where.IsSqlite ? id.ToString().ToUpperInvariant() : id.ToString();

    private static async Task<Content> Everything(Where where)
    {
        var all = new Content([], [], []);
        foreach (var connection in new[] { where.Data, where.Keys }) await Cells(where.Connect(connection), cell => Note(all, cell));
        SqliteConnection.ClearAllPools();
        return all;
    }

    private static async Task<HashSet<Guid>> Ids(DbConnection catalog)
    {
        var all = new Content([], [], []);
        await Cells(catalog, cell => Note(all, cell));
        all.Ids.Add(Guid.Empty);
        return all.Ids;
    }

    private static void Note(Content all, object cell)
    {
        if (cell is Guid id) all.Ids.Add(id);
        if (cell is not string text) return;
        foreach (var found in Ids().EnumerateMatches(text)) all.Ids.Add(Guid.Parse(text.AsSpan(found.Index, found.Length)));
        if (text.Length < 200) all.Words.Add(text);
        foreach (Match number in Numbers().Matches(text)) all.Numbers.Add(number.Value);
    }

    private static async Task Cells(DbConnection connection, Action<object> each)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            var tables = new List<string>();
            await Rows(connection, connection is SqliteConnection ? "SELECT name FROM sqlite_master WHERE type = 'table'" : "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", row => tables.Add(row.GetString(0)));
            foreach (var table in tables)
            {
                // The record of a refusal names what was asked for, and what is another zone's was asked for here on purpose.
                await Rows(connection, $"SELECT * FROM \"{table}\"" + (table == "audit" ? " WHERE act NOT LIKE '%!absent'" : ""), row =>
                {
                    for (var i = 0; i < row.FieldCount; i++)
                    {
                        // The key store of SQLite keeps ids as text or as bytes.
                        each(row.GetValue(i) is byte[] { Length: 16 } bytes ? new Guid(bytes) : row.GetValue(i));
                    }
                });
            }
        }
    }

    private static async Task Rows(DbConnection connection, string sql, Action<DbDataReader> each)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) each(row);
    }

    private static async Task Do(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (await command.ExecuteNonQueryAsync() != 1) throw new InvalidOperationException("Nothing was planted: " + sql);
    }

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.None, 1000)]
    private static partial Regex Ids();

    [GeneratedRegex("\\b20\\d\\d-[2-9A-HJ-NP-Z]{5}\\b", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex("<code>[0-9a-f]{32}</code>", RegexOptions.None, 1000)]
    private static partial Regex References();

    [GeneratedRegex("<input name=\"__RequestVerificationToken\"[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tokens();
}
