using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Benchmarks.Reference;

/// <summary>The intake's transaction by hand. The rows are those of a dossier that the product registered: copied once as a pattern, written with new ids, new
/// boxes and new tokens. On SQLite units share a transaction, each in a savepoint, as the product does.</summary>
internal sealed class Intake
{
    private static readonly (string Table, string By)[] Tables = [("dossier", "Id"), ("person", "DossierId"), ("safe_contact", "DossierId"), ("follow_up", "DossierId"), ("milestone", "DossierId"), ("note", "DossierId"), ("outbox", "About"), ("submission", "Made")];
    private readonly Where where;
    private readonly Secrets secrets;
    private readonly Appender audit;
    private readonly Guid account, template, templatePerson;
    private readonly SearchKey search;
    private readonly List<(string Table, string[] Columns, object[] Values)> pattern = [];
    private readonly Lock gate = new();
    private TaskCompletionSource group = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DbTransaction? shared;
    private List<DataKey> made = [];
    private int waiting;

    /// <param name="from">Where the pattern lies; null: in the zone itself.</param>
    public Intake(Where where, Secrets secrets, Appender audit, Guid account, Guid template, Where? from = null)
    {
        (this.where, this.secrets, this.audit, this.account, this.template) = (where, secrets, audit, account, template);
        search = secrets.Keys.Search;
        using var connection = where.Connect((from ?? where).Data);
        connection.Open();
        foreach (var (table, by) in Tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} WHERE \"{by}\" = @id";
            Add(command, "id", template);
            using var row = command.ExecuteReader();
            while (row.Read()) pattern.Add((table, [.. Enumerable.Range(0, row.FieldCount).Select(row.GetName)], [.. Enumerable.Range(0, row.FieldCount).Select(row.GetValue)]));
        }
        var person = pattern.Find(p => p.Table == "person");
        templatePerson = Guid.Parse(person.Values[Array.IndexOf(person.Columns, "Id")].ToString()!);
    }

    public async Task<Guid> Save(string family, string given, string phone, string note, Guid once, Guid session)
    {
        if (where.IsSqlite) return await InTurn(connection => Unit(connection, shared!, family, given, phone, note, once, session));
        await using var own = new NpgsqlConnection(where.Data);
        await own.OpenAsync();
        await using var transaction = await own.BeginTransactionAsync();
        var (id, keys, record) = await Unit(own, transaction, family, given, phone, note, once, session);
        await secrets.Store.Add(keys, default);
        await audit.Turn.WaitAsync();
        try
        {
            await audit.Chain(own, transaction, [record]);
            await transaction.CommitAsync();
        }
        finally
        {
            audit.Turn.Release();
        }
        return id;
    }

    // Grouped by hand: whoever finds nobody waiting commits for all.
    private async Task<Guid> InTurn(Func<DbConnection, Task<(Guid Id, List<DataKey> Keys, AuditRecord Record)>> unit)
    {
        Interlocked.Increment(ref waiting);
        await audit.Turn.WaitAsync();
        Interlocked.Decrement(ref waiting);
        Task done;
        Guid id;
        try
        {
            shared ??= ((SqliteConnection)audit.Writer).BeginTransaction(deferred: false);
            done = group.Task;
            await Run(audit.Writer, shared, "SAVEPOINT u");
            var written = await unit(audit.Writer);
            id = written.Id;
            await audit.Chain(audit.Writer, shared, [written.Record]);
            await Run(audit.Writer, shared, "RELEASE u");
            made.AddRange(written.Keys);
            if (Volatile.Read(ref waiting) == 0)
            {
                await secrets.Store.Add(made, default);
                await shared.CommitAsync();
                (shared, made) = (null, []);
                var ended = group;
                group = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended.SetResult();
            }
        }
        finally
        {
            audit.Turn.Release();
        }
        await done;
        return id;
    }

    /// <summary>Registers many in one go, as a country is filled: no look for people who may be known, nothing told to the catalogue.</summary>
    public async Task Fill(IEnumerable<(string Family, string Given, string Phone)> people, Guid session)
    {
        foreach (var some in people.Chunk(500))
        {
            await using var own = where.IsSqlite ? null : new NpgsqlConnection(where.Data);
            if (own is not null) await own.OpenAsync();
            var connection = own ?? audit.Writer;
            await using var transaction = await connection.BeginTransactionAsync();
            var (keys, records) = (new List<DataKey>(), new List<AuditRecord>());
            foreach (var (family, given, phone) in some)
            {
                var (_, made, record) = await Write(connection, transaction, family, given, phone, "Une note.", Guid.CreateVersion7(), session);
                keys.AddRange(made);
                records.Add(record);
            }
            await secrets.Store.Add(keys, default);
            await audit.Chain(connection, transaction, records);
            await transaction.CommitAsync();
        }
    }

    private async Task<(Guid, List<DataKey>, AuditRecord)> Unit(DbConnection connection, DbTransaction transaction, string family, string given, string phone, string note, Guid once, Guid session)
    {
        if (await One(connection, transaction, "SELECT \"Made\" FROM submission WHERE \"Id\" = @id", ("id", once)) is { } before) return (Guid.Parse(before.ToString()!), [], new AuditRecord(DateTimeOffset.UtcNow, account, "Casework.Intakes.Register", null, "{}"));
        await Alike(connection, transaction, family, given, phone);
        var written = await Write(connection, transaction, family, given, phone, note, once, session);
        // When something falls due next stands in the catalogue; it is looked at before and after, and rarely needs lowering.
        await using var catalog = where.Connect(where.Catalog);
        await catalog.OpenAsync();
        for (var i = 0; i < 2; i++) await One(catalog, null, "SELECT \"NextDue\" FROM zone WHERE \"Code\" = @code", ("code", where.Zone));
        return written;
    }

    private async Task<(Guid, List<DataKey>, AuditRecord)> Write(DbConnection connection, DbTransaction transaction, string family, string given, string phone, string note, Guid once, Guid session)
    {
        var year = DateTime.UtcNow.Year;
        var count = Convert.ToInt32(await One(connection, transaction, "UPDATE dossier_counter SET \"Last\" = \"Last\" + 1 WHERE \"Year\" = @year RETURNING \"Last\"", ("year", year)), CultureInfo.InvariantCulture);
        var number = DossierNumber.Of(year, count, secrets.Keys.NumberKey).ToString();
        var (dossier, person, changed) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new List<string>());
        List<DataKey> keys = [secrets.Keys.Make(person), secrets.Keys.Make(dossier)];

        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var sql = new StringBuilder();
        var p = 0;
        foreach (var (table, columns, values) in pattern)
        {
            var row = table switch { "dossier" => dossier, "person" or "safe_contact" => person, "submission" => once, _ => Guid.CreateVersion7() };
            sql.Append("INSERT INTO ").Append(table).Append(" (").AppendJoin(',', columns.Select(c => $"\"{c}\"")).Append(") VALUES (");
            for (var i = 0; i < columns.Length; i++)
            {
                var value = columns[i] switch
                {
                    "Id" => row,
                    "DossierId" or "About" or "Made" => dossier,
                    "Lead" => person,
                    "Number" => number,
                    "Key" => $"dossier-opened {dossier}",
                    "Persons" => values[i] is string text ? text.Replace(templatePerson.ToString(), person.ToString(), StringComparison.OrdinalIgnoreCase) : new[] { person },
                    "Identity" => Seal(JsonSerializer.SerializeToUtf8Bytes(new Particulars(family, given, phone)), keys[0], "person.identity", row),
                    "Details" => Seal(JsonSerializer.SerializeToUtf8Bytes(new SafeDetails()), keys[0], "safe_contact.details", row),
                    "Text" when table == "note" => Seal(Encoding.UTF8.GetBytes(note), keys[1], "note.text", row),
                    _ => values[i],
                };
                sql.Append(i == 0 ? "@p" : ",@p").Append(p);
                Add(command, "p" + p++, value);
            }
            sql.Append(");");
            changed.Add($"{table} added {row}");
        }
        var tokens = SearchToken.PartsOf(new Particulars(family, given, phone), agreed: null).Select(part => ((int)part.Kind, SearchToken.Of(search, part), person)).Append(((int)PartKind.DossierNumber, SearchToken.Of(search, new SearchPart(PartKind.DossierNumber, number)), dossier)).Distinct().ToList();
        foreach (var (kind, token, owner) in tokens)
        {
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO search_token (\"Kind\",\"Token\",\"Owner\",\"DossierId\") VALUES ({kind},{token},@p{p},@p{p + 1});");
            Add(command, "p" + p++, owner);
            Add(command, "p" + p++, dossier);
        }
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync();
        return (dossier, keys, new AuditRecord(DateTimeOffset.UtcNow, account, "Casework.Intakes.Register", dossier, JsonSerializer.Serialize(new { why = "intake", session, changed })));
    }

    // The same look for people who may be known: by number, and by both names.
    private async Task Alike(DbConnection connection, DbTransaction transaction, string family, string given, string phone)
    {
        var groups = new List<IReadOnlyList<SearchPart>>();
        if (PhoneNumber.Part(phone) is { } number) groups.Add([number]);
        groups.AddRange(NameQuery.Parse($"{given} {family}").Groups);
        var found = new HashSet<Guid>();
        HashSet<Guid>? all = null;
        foreach (var parts in groups)
        {
            var owners = new HashSet<Guid>();
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT \"Owner\" FROM search_token WHERE " + string.Join(" OR ", parts.Select(part => $"(\"Token\" = {SearchToken.Of(search, part)} AND \"Kind\" = {(int)part.Kind})")) + " ORDER BY \"Owner\" DESC LIMIT 2000";
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync()) owners.Add(row.GetGuid(0));
            if (parts[0].Kind == PartKind.Phone) found.UnionWith(owners);
            else if (all is null) all = owners;
            else all.IntersectWith(owners);
        }
        found.UnionWith(all ?? []);
        foreach (var candidate in found.OrderDescending().Take(200))
        {
            if (await One(connection, transaction, "SELECT \"Identity\" FROM person WHERE \"Id\" = @id", ("id", candidate)) is byte[] box && secrets.Keys.Find(Box.KeyOf(box)) is not null) _ = JsonSerializer.Deserialize<Particulars>(secrets.Open(box, "person.identity", candidate));
        }
    }

    /// <summary>Everybody of the zone in clear text.</summary>
    public async Task<IReadOnlyList<(Guid Person, string Family, string FamilyName, string Given, string GivenName)>> Written()
    {
        var all = new List<(Guid, string, string, string, string)>();
        await using var connection = where.Connect(where.Data);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"Id\", \"Identity\" FROM person";
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (id, box) = (row.GetGuid(0), (byte[])row.GetValue(1));
            var identity = JsonSerializer.Deserialize<Particulars>(secrets.Open(box, "person.identity", id))!;
            all.Add((id, NameForms.Fold(identity.FamilyName), identity.FamilyName, NameForms.Fold(identity.GivenName), identity.GivenName));
        }
        return all;
    }

    /// <summary>What a server does by itself in its first quiet night; SQLite does not.</summary>
    public static async Task Analyze(Where where)
    {
        if (where.IsSqlite) return;
        await using var connection = where.Connect(where.Data);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "ANALYZE";
        await command.ExecuteNonQueryAsync();
    }

    private byte[] Seal(byte[] clear, DataKey key, string field, Guid row) => Box.Seal(clear, key.Clear, key.Id, Sealing.Place(secrets.Zone, field, row));

    private static async Task<object?> One(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters) Add(command, name, value);
        return await command.ExecuteScalarAsync();
    }

    private static async Task Run(DbConnection connection, DbTransaction transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
