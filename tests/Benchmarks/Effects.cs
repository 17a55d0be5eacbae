using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Benchmarks.Reference;

namespace VictimSupport.Benchmarks;

/// <summary>R5: so many reminders fall due in one zone; the program that sends them is killed (<c>kill -9</c>) again and again while it does, between a mail and the note that it left among other moments.
/// In the end each effect has one key in the outbox and reached the mail server, alone or with those it was taken in hand with, under one message id; what came twice came under the same id.</summary>
internal sealed class Effects(string program, string folder, string engine, int tries, int kills)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"{tries} effects, {engine}, killed {kills} times. {Machine.Describe()}");
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "effects", cluster, 100);
        var acts = await Plan(product);
        using var post = new PostOffice();
        var (random, watch, killed, broken) = (new Random(1), Stopwatch.StartNew(), 0, new List<string>());
        (string, string)[] settings = [("Mail__Host", "127.0.0.1"), ("Mail__Port", post.Port.ToString(CultureInfo.InvariantCulture)), ("Mail__Tls", "false")];
        while (true)
        {
            var (known, port) = (post.Received.Count, Machine.FreePort());
            await using var child = await product.Start(port, "Production", settings);
            if (killed < kills)
            {
                // The first sweep comes within twenty seconds; killed once mail leaves, at any moment of it.
                for (var wait = Stopwatch.StartNew(); post.Received.Count == known && wait.Elapsed.TotalSeconds < 40;) await Task.Delay(2);
                await Task.Delay(random.Next(0, 400));
                await child.Kill();
                killed++;
                if (killed % 20 == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {killed} kills, {watch.Elapsed.TotalSeconds:0} s, {post.Received.Count} mails"));
                continue;
            }
            while (watch.Elapsed < Patience && (await Outbox(product)).Where(m => acts.Contains(m.Act)).Count(m => m.Delivered) < tries) await Task.Delay(2000);
            await child.Kill();
            break;
        }
        var outbox = (await Outbox(product)).Where(m => acts.Contains(m.Act)).ToList();
        var accounts = await Column(product, product.Where.Catalog, """SELECT "Id" FROM account""");
        var twice = 0;
        foreach (var act in outbox.GroupBy(m => m.Act))
        {
            if (act.Count() > 1) broken.Add($"act {act.Key} stands in the outbox {act.Count()} times");
            if (!act.First().Delivered) broken.Add($"act {act.Key} is not delivered");
        }
        // What was taken in hand together left as one mail, under the key of one of them.
        var together = outbox.GroupBy(m => m.Together).ToList();
        foreach (var mail in together)
        {
            var ids = mail.SelectMany(m => accounts.Select(a => Digest($"{m.Key} {Guid.Parse(a)}"))).Where(post.Received.ContainsKey).ToList();
            if (ids.Count != 1) broken.Add($"{mail.Count()} acts that left together reached somebody under {ids.Count} message ids");
            twice += ids.Count(id => post.Received[id] > 1);
        }
        if (outbox.Select(m => m.Act).Distinct().Count() != tries) broken.Add($"{tries - outbox.Select(m => m.Act).Distinct().Count()} acts are not in the outbox");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {tries} effects, {killed} kills, {watch.Elapsed.TotalSeconds:0} s; {outbox.Count} keys in {together.Count} mails, {twice} of them came once more under the same message id"));
        return broken;
    }

    // Past the product: acts that fell due a minute ago, in dossiers that somebody has.
    private async Task<HashSet<Guid>> Plan(Product product)
    {
        var dossiers = await Column(product, product.Where.Data, """SELECT "Id" FROM dossier WHERE "Closed" IS NULL AND "Protection" = 0 AND "AssignedTo" IS NOT NULL""");
        var (acts, now) = (new HashSet<Guid>(), DateTime.UtcNow.AddMinutes(-1));
        var due = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        await using var open = product.Where.Connect(product.Where.Data + (product.Where.IsSqlite ? ";Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var turn = await open.BeginTransactionAsync();
        for (var i = 0; i < tries; i++)
        {
            var act = Guid.CreateVersion7();
            acts.Add(act);
            await using var insert = open.CreateCommand();
            insert.Transaction = turn;
            insert.CommandText = """INSERT INTO follow_up ("Id", "DossierId", "Persons", "Kind", "DueAt", "By", "Dropped") VALUES (@id, @dossier, @persons, 8, @due, @by, FALSE)""";
            Put(insert, "id", act);
            Put(insert, "dossier", Guid.Parse(dossiers[i % dossiers.Count]));
            Put(insert, "persons", product.Where.IsSqlite ? "[]" : Array.Empty<Guid>());
            Put(insert, "due", product.Where.IsSqlite ? due.Ticks : due);
            Put(insert, "by", product.Account);
            await insert.ExecuteNonQueryAsync();
        }
        await turn.CommitAsync();
        return acts;
    }

    private static void Put(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private static async Task<List<(string Key, Guid Act, bool Delivered, string Together)>> Outbox(Product product)
    {
        var rows = new List<(string, Guid, bool, string)>();
        await using var open = product.Where.Connect(product.Where.Data + (product.Where.IsSqlite ? ";Mode=ReadOnly;Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = """SELECT "Key", "Delivered", "To", "NotBefore" FROM outbox WHERE "Key" LIKE 'reminder %'""";
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) rows.Add((row.GetString(0), Guid.Parse(row.GetString(0).Split(' ')[1]), !await row.IsDBNullAsync(1), $"{row.GetValue(2)} {row.GetValue(3)}"));
        return rows;
    }

    private static async Task<List<string>> Column(Product product, string connection, string sql)
    {
        await using var open = product.Where.Connect(connection + (product.Where.IsSqlite ? ";Mode=ReadOnly;Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await row.ReadAsync()) values.Add(row.GetValue(0).ToString()!);
        return values;
    }

    // As the product makes a message id of a key.
    private static string Digest(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32].ToLowerInvariant();

    /// <summary>A mail server that takes everything and counts message ids.</summary>
    private sealed class PostOffice : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public PostOffice()
        {
            listener.Start();
            _ = Task.Run(Serve);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
        public ConcurrentDictionary<string, int> Received { get; } = new(StringComparer.Ordinal);

        public void Dispose() => listener.Dispose();

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync();
                    _ = Task.Run(() => Talk(client));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed.
            }
        }

        private async Task Talk(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await using var stream = client.GetStream();
                    using var reader = new StreamReader(stream, Encoding.Latin1);
                    await using var writer = new StreamWriter(stream, Encoding.Latin1) { AutoFlush = true, NewLine = "\r\n" };
                    await writer.WriteLineAsync("220 here");
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                        {
                            await writer.WriteLineAsync("221 bye");
                            return;
                        }
                        if (!line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                        {
                            await writer.WriteLineAsync("250 ok");
                            continue;
                        }
                        await writer.WriteLineAsync("354 go on");
                        var id = "";
                        while (await reader.ReadLineAsync() is { } text && text != ".")
                            if (text.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase)) id = text[11..].Trim().TrimStart('<').Split('@')[0];
                        Received.AddOrUpdate(id, 1, (_, n) => n + 1); // it has left, whether the sender hears so or not
                        await writer.WriteLineAsync("250 taken");
                    }
                }
                catch (IOException)
                {
                    // The sender was killed.
                }
            }
        }
    }
}
