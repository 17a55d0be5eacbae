using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Statistics.Areas;

/// <summary>How many people live in a municipality on a day, by the public register: about the country, not about people.</summary>
internal sealed class InhabitantsOfMunicipality
{
    public DateOnly Day { get; init; }

    /// <summary>Five-digit NIS code.</summary>
    public string Nis { get; init; } = "";
    public int Number { get; init; }

    internal sealed class Mapping : ICatalogMapping<InhabitantsOfMunicipality>
    {
        public void Configure(EntityTypeBuilder<InhabitantsOfMunicipality> b)
        {
            b.ToTable("inhabitants");
            b.HasKey(i => new { i.Day, i.Nis });
            b.Property(i => i.Day).HasColumnName("on_day");
            b.Property(i => i.Nis).HasMaxLength(5);
        }
    }
}

/// <summary>Which share of the country's inhabitants lives in some zones: by the list of all municipalities that the operator reads in each year.</summary>
internal sealed class Inhabitants(CatalogDatabase catalog)
{
    /// <summary>Takes the list of a day, in the place of what was known of that day. No share that is out changes.</summary>
    /// <param name="lines">Of each municipality of the country its NIS code and its number of inhabitants, with a semicolon or a comma between; a first line of headings may stand there.</param>
    /// <returns>How many municipalities, and how many inhabitants in all.</returns>
    /// <exception cref="StartRefusedException">A line is no such pair, or a municipality stands there twice; nothing was kept.</exception>
    public async Task<(int Municipalities, long All)> Take(DateOnly day, IReadOnlyList<string> lines, CancellationToken ct)
    {
        var list = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            var cells = lines[i].Trim('\uFEFF', ' ').Split(';', ',').Select(c => c.Trim().Trim('"')).ToArray();
            if (lines[i].Trim().Length == 0 || (i == 0 && !cells[0].All(char.IsAsciiDigit))) continue;
            if (cells is not [{ Length: 5 } nis, var number] || !nis.All(char.IsAsciiDigit) || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var people))
                throw new StartRefusedException($"Line {i + 1} is no municipality: a NIS code of five digits and a number, such as 92094;114000. Nothing was kept.");
            if (!list.TryAdd(nis, people)) throw new StartRefusedException($"Line {i + 1}: {nis} stands there twice. Nothing was kept.");
        }
        if (list.Count == 0) throw new StartRefusedException("There is no municipality in the file. Nothing was kept.");
        await catalog.WriteAsPlatform("Statistics.Inhabitants", null, async house =>
        {
            house.RemoveRange(await house.Set<InhabitantsOfMunicipality>().Where(m => m.Day == day).ToListAsync(ct));
            await house.SaveChangesAsync(ct);
            house.AddRange(list.Select(m => new InhabitantsOfMunicipality { Day = day, Nis = m.Key, Number = m.Value }));
            return true;
        }, ct);
        return (list.Count, list.Values.Sum(n => (long)n));
    }

    /// <summary>How many of a hundred inhabitants of the country live in these zones, by the last list of a day that is not after another; whole, and never more than it is.</summary>
    /// <param name="zones">Their codes.</param>
    /// <returns>null: there is no such list, or a zone lies where the list has nothing.</returns>
    public async Task<int?> Percent(IReadOnlyCollection<string> zones, DateOnly until, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var lists = house.Set<InhabitantsOfMunicipality>().AsNoTracking().Where(m => m.Day <= until);
        if (await lists.MaxAsync(m => (DateOnly?)m.Day, ct) is not { } day) return null;
        var list = await lists.Where(m => m.Day == day).ToDictionaryAsync(m => m.Nis, m => (long)m.Number, ct);
        var places = (await house.Set<ZoneRecord>().AsNoTracking().Where(z => zones.Contains(z.Code)).ToListAsync(ct)).ConvertAll(z => z.Facts.Municipalities);
        if (places.Exists(p => p.Count == 0 || !p.All(list.ContainsKey)) || list.Values.Sum() is not (> 0 and var all)) return null;
        return (int)(100 * places.SelectMany(p => p).Distinct(StringComparer.Ordinal).Sum(nis => list[nis]) / all);
    }
}
