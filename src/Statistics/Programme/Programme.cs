using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

using System.Text.Json;
using VictimSupport.Statistics.Noise;

namespace VictimSupport.Statistics.Programme;

/// <summary>How fine the areas of a table are.</summary>
internal enum Grain { Area = 1, Region = 2, Country = 3 }

/// <summary>How long the periods of a table are.</summary>
internal enum Span { Month = 1, Quarter = 2, Year = 3 }

/// <summary>A list of codes along which cases are told apart; what a case is in it is said by <see cref="Facts.Coding"/>.</summary>
internal sealed record Dimension(string Name, IReadOnlyList<string> Codes)
{
    private readonly FrozenDictionary<string, int> places = Codes.Select((code, place) => (code, place)).ToFrozenDictionary(c => c.code, c => c.place, StringComparer.Ordinal);

    /// <summary>-1: it is none of them.</summary>
    public int PlaceOf(string code) => places.TryGetValue(code, out var place) ? place : -1;
}

/// <summary>A table of the programme: its base cells are every combination of area, period and codes, and noise is added to each once a release.</summary>
/// <param name="Sigma2">The variance parameter of the noise.</param>
/// <param name="Delta2">The square of how far one case can move the whole table: 1, or the number of different answers that one case may give.</param>
/// <param name="AnchorBy">The dimension by which its cells are made to add up to the anchor table; null: they stand for themselves.</param>
/// <param name="OnlyForTheCountry">Codes that are shown for the whole country alone.</param>
internal sealed record Table(string Id, string Name, Grain Geography, Span Period, IReadOnlyList<Dimension> Dimensions, int Sigma2, int Delta2, IReadOnlySet<string> Releases, string? AnchorBy, IReadOnlySet<string> OnlyForTheCountry)
{
    /// <summary>How many cells it has for one area and period.</summary>
    public int Combinations { get; } = Dimensions.Aggregate(1, (product, d) => product * d.Codes.Count);

    /// <summary>What it costs each time it is released.</summary>
    public Rho Rho => Noise.Rho.Of(Delta2, Sigma2);

    /// <summary>The codes of a combination, one for each dimension.</summary>
    public IReadOnlyList<string> CodesOf(int combination)
    {
        var codes = new string[Dimensions.Count];
        for (var i = Dimensions.Count - 1; i >= 0; i--)
        {
            codes[i] = Dimensions[i].Codes[combination % Dimensions[i].Codes.Count];
            combination /= Dimensions[i].Codes.Count;
        }
        return codes;
    }
}

/// <summary>The programme by which figures are released, and all by which any ever were: a release stays readable, whatever the programme became since.</summary>
internal sealed record Programmes(TableProgramme Shipped, IReadOnlyList<TableProgramme> All)
{
    /// <summary>null: this program does not have it.</summary>
    public TableProgramme? Find(string hash) => All.FirstOrDefault(p => p.Hash == hash);
}

/// <summary>The fixed programme of tables: a data file of this module for each version, whose hash stands beside every release. A file that breaks a rule does not load; one that something was released by is never changed.</summary>
internal sealed record TableProgramme(int Version, string Hash, Rho Cap, string Anchor, IReadOnlyList<Table> Tables)
{
    /// <summary>What every answer but the two multi-answer ones gives once for a case.</summary>
    private static readonly HashSet<string> SeveralAnswers = new(StringComparer.Ordinal) { "service", "target" };

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(null, allowIntegerValues: false) } };

    /// <summary>Every version there was, the last one first.</summary>
    public static IReadOnlyList<TableProgramme> Known { get; } = [.. Resources().Select(Read).OrderByDescending(p => p.Version)];

    /// <summary>The programme by which figures are released: the last version.</summary>
    public static TableProgramme Shipped { get; } = Known[0];

    /// <summary>What one case costs over all tables and releases.</summary>
    public Rho Total => Tables.Aggregate(Rho.None, (sum, t) => Enumerable.Repeat(t.Rho, t.Releases.Count).Aggregate(sum, (a, b) => a + b));

    public Table Of(string id) => Tables.Single(t => t.Id == id);

    /// <summary>null: it has no such table.</summary>
    public Table? Find(string id) => Tables.FirstOrDefault(t => t.Id == id);

    public IEnumerable<Table> In(string kind) => Tables.Where(t => t.Releases.Contains(kind));

    /// <exception cref="InvalidDataException">It breaks a rule; the message names the table and the rule.</exception>
    public static TableProgramme Read(byte[] file)
    {
        var json = JsonSerializer.Deserialize<Written>(file, Reading) ?? throw Bad("programme", "empty");
        var cap = json.Cap.Split('/') is [var over, var under] && BigInteger.TryParse(over, CultureInfo.InvariantCulture, out var o) && BigInteger.TryParse(under, CultureInfo.InvariantCulture, out var u) && o.Sign > 0 && u.Sign > 0 ? new Rho(o, u) : throw Bad("programme", "cap is no fraction");
        foreach (var (name, codes) in json.Dimensions)
        {
            if (codes.Count is 0 or > 60 || codes.Distinct(StringComparer.Ordinal).Count() != codes.Count) throw Bad(name, "codes are missing or come twice");
            if (codes.FirstOrDefault(c => c.Length is 0 or > 40 || c.Contains('|', StringComparison.Ordinal)) is not null) throw Bad(name, "a code is empty, too long or holds the sign between codes");
        }
        var tables = json.Tables.ConvertAll(t => Make(t, json.Dimensions));
        if (tables.Select(t => t.Id).Distinct(StringComparer.Ordinal).Count() != tables.Count) throw Bad("programme", "a table comes twice");
        var anchor = tables.Find(t => t.Id == json.Anchor) ?? throw Bad("programme", "there is no anchor table");
        foreach (var table in tables.Where(t => t.AnchorBy is not null))
        {
            if (table.Delta2 != 1) throw Bad(table.Id, "answers that one case gives several times do not add up to cases");
            if (table.Geography == Grain.Country || table.Releases.Any(r => !anchor.Releases.Contains(r))) throw Bad(table.Id, "is not released with the anchor");
            if (table.Dimensions.All(d => d.Name != table.AnchorBy) || !table.Dimensions.Single(d => d.Name == table.AnchorBy).Codes.Any(c => anchor.Dimensions[0].PlaceOf(c) >= 0)) throw Bad(table.Id, "has no dimension in common with the anchor");
        }
        var programme = new TableProgramme(json.Version, Convert.ToHexStringLower(SHA256.HashData(file)), cap, json.Anchor, tables);
        return programme.Total > cap ? throw Bad("programme", "costs more than its cap") : programme;
    }

    private static Table Make(WrittenTable t, Dictionary<string, List<string>> dimensions)
    {
        if (t.Dimensions.Count == 0 || t.Dimensions.Find(d => !dimensions.ContainsKey(d)) is not null) throw Bad(t.Id, "a dimension is unknown");
        if (t.Sigma2 < 1) throw Bad(t.Id, "without noise");
        var several = t.Dimensions.Any(SeveralAnswers.Contains);
        if (several ? t.PerCase is not { } most || most != t.Delta2 || most < 1 : t.Delta2 != 1 || t.PerCase is not null) throw Bad(t.Id, "delta2 is not what one case can move");
        if (t.Releases.Count == 0 || t.Releases.Exists(r => r is not ("T0" or "P" or "F"))) throw Bad(t.Id, "a release is unknown");
        if (t.Releases.Contains("T0") && t.Period != Span.Month) throw Bad(t.Id, "the flash is monthly");
        if (t.Releases.Contains("P") && t.Period == Span.Year) throw Bad(t.Id, "a first release has no year");
        return new Table(t.Id, t.Name, t.Geography, t.Period, [.. t.Dimensions.Select(d => new Dimension(d, dimensions[d]))], t.Sigma2, t.Delta2, t.Releases.ToHashSet(StringComparer.Ordinal), t.AnchorBy, t.OnlyForTheCountry?.ToHashSet(StringComparer.Ordinal) ?? []);
    }

    private static InvalidDataException Bad(string where, string rule) => new($"{where}: {rule}.");

    private static IEnumerable<byte[]> Resources()
    {
        var module = typeof(TableProgramme).Assembly;
        foreach (var name in module.GetManifestResourceNames().Where(n => n.StartsWith("programme-", StringComparison.Ordinal)))
        {
            using var file = module.GetManifestResourceStream(name)!;
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            yield return bytes;
        }
    }

    private sealed record Written(int Version, string Cap, string Anchor, Dictionary<string, List<string>> Dimensions, List<WrittenTable> Tables);

    private sealed record WrittenTable(string Id, string Name, Grain Geography, Span Period, List<string> Dimensions, int Sigma2, int Delta2, List<string> Releases, int? PerCase = null, string? AnchorBy = null, List<string>? OnlyForTheCountry = null);
}
