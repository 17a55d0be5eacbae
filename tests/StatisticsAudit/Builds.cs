using System.Security.Cryptography;
using System.Text;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>Something that makes figures of a country: the product, or one of one that somebody might have built instead. The sabotaged ones are made here, at the product's seams; nothing in the product knows of them.</summary>
internal abstract class Build(string id, string says)
{
    public string Id => id;
    public string Says => says;

    /// <summary>Makes an edition anew.</summary>
    public abstract Out Release(Country country, Edition edition);

    /// <summary>Are its tables made to add up to the monitor? Who attacks knows it.</summary>
    public virtual bool IsAnchored => true;

    /// <summary>What a reader finds in a cell night after night, where it puts out figures of the running year each night; null: it does not.</summary>
    public virtual INightly? Nightly => null;

    /// <summary>The variance of the noise that was drawn, which need not be the one that is published.</summary>
    public virtual double Sigma2(Table table, Tally truth) => truth.Sigma2(table.Sigma2);

    /// <summary>For a build without normal noise: how much likelier a value is with one case more than the others. Null: by the normal law.</summary>
    public virtual double? LogRatio(int value, int others) => null;
}

/// <summary>Puts out a cell every night.</summary>
internal interface INightly
{
    /// <returns>null: it is hidden.</returns>
    int? Of(Table table, string cell, Tally truth, ulong keys, int night);
}

/// <summary>The product: its aggregate, its sampler, its ladder, its anchoring and its rule of display, with the machine's random source.</summary>
internal sealed class Product() : Build("product", "the product")
{
    public override Out Release(Country country, Edition edition) => Out.Of(edition, Draw(country, edition, TableProgramme.Shipped, new CryptographicBits()), country.Missing);

    /// <param name="programme">The product's own, or one that somebody changed after it was checked.</param>
    public static IReadOnlyList<NoisyCell> Draw(Country country, Edition edition, TableProgramme programme, IRandomBits bits)
    {
        var aggregate = new Aggregate(programme, edition, Country.Geography);
        for (var zone = 0; zone < country.Zones.Count; zone++) aggregate.AddZone(Country.Geography.ShownAs(country.Zones[zone].Area), country.Facts(zone, edition), isPart: country.Zones[zone].IsGermanSpeaking);
        return aggregate.Draw(country.Missing, new DiscreteGaussian(bits));
    }
}

/// <summary>A build that makes each cell by itself of the true count, without anchoring: what most statistics systems do.</summary>
internal abstract class CellByCell(string id, string says) : Build(id, says), INightly
{
    public override bool IsAnchored => false;
    public override INightly? Nightly => this;

    public abstract int? Of(Table table, string cell, Tally truth, ulong keys, int night);

    public override Out Release(Country country, Edition edition)
    {
        var truth = Truth.Of(country, edition);
        return new Out(edition, truth.Tables.ToDictionary(t => t.Grid.Table.Id, t =>
        {
            var made = new OutTable(t.Grid, new int[t.Grid.Size], new double[t.Grid.Size], new bool[t.Grid.Size]);
            for (var i = 0; i < t.Grid.Size; i++)
            {
                var value = Of(t.Grid.Table, t.Grid.Id(i), t.Cells[i], t.Keys[i], edition.Until.DayNumber);
                (made.Values[i], made.Shown[i], made.Variances[i]) = (value ?? 0, value is not null, Variance(t.Grid.Table, t.Cells[i]));
            }
            return made;
        }, StringComparer.Ordinal));
    }

    protected abstract double Variance(Table table, Tally truth);
}

/// <summary>NC1: exact counts each night, one to four are masked.</summary>
internal sealed class Masked() : CellByCell("NC1", "exact each night, 1–4 masked")
{
    public override int? Of(Table table, string cell, Tally truth, ulong keys, int night) => truth.Cases is > 0 and < 5 ? null : truth.Cases;
    public override double? LogRatio(int value, int others) => others is > 0 and < 4 && value == 0 ? 0 : value == others + 1 ? 60 : value == others ? -60 : 0;
    protected override double Variance(Table table, Tally truth) => 0;
}

/// <summary>NC2: the noise of a cell comes from a key and the name of the cell, so that it is the same each night; drawn by the product's sampler through its seam for random bits.</summary>
internal sealed class KeyedOnCell() : CellByCell("NC2", "noise keyed on the cell, each night")
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> drawn = new(StringComparer.Ordinal);

    public override int? Of(Table table, string cell, Tally truth, ulong keys, int night)
    {
        var value = truth.Cases + drawn.GetOrAdd(table.Id + "|" + cell, name => new DiscreteGaussian(new Stream(name)).Draw(table.Sigma2));
        return Display.Shows(value, table.Sigma2) ? value : null;
    }

    protected override double Variance(Table table, Tally truth) => table.Sigma2;

    /// <summary>SHA-256 of the name and a number, one after the other.</summary>
    internal sealed class Stream(string name) : IRandomBits
    {
        private byte[] block = [];
        private int used, next;

        public void Fill(Span<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                if (used == block.Length) (block, used) = (SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}|{next++}"))), 0);
                bytes[i] = block[used++];
            }
        }
    }
}

/// <summary>NC3: the product, asked again every night or with every request, with fresh noise each time.</summary>
internal sealed class FreshEachNight() : Build("NC3", "fresh noise each night"), INightly
{
    private readonly DiscreteGaussian noise = new(new CryptographicBits());

    public override INightly? Nightly => this;

    public override Out Release(Country country, Edition edition) => Out.Of(edition, Product.Draw(country, edition, TableProgramme.Shipped, new CryptographicBits()), country.Missing);

    public int? Of(Table table, string cell, Tally truth, ulong keys, int night)
    {
        var value = truth.Cases + noise.Draw(table.Sigma2);
        return Display.Shows(value, table.Sigma2) ? value : null;
    }
}

/// <summary>The product with sixteen times the variance, said as it is: private, and good for nothing. For the test that asks what the figures are good for.</summary>
internal sealed class SixteenTimesTheNoise() : Build("loud", "sixteen times the variance")
{
    private static readonly TableProgramme Changed = TableProgramme.Shipped with { Tables = [.. TableProgramme.Shipped.Tables.Select(t => t with { Sigma2 = 16 * t.Sigma2 })] };

    public override Out Release(Country country, Edition edition) => Out.Of(edition, Product.Draw(country, edition, Changed, new CryptographicBits()), country.Missing);
}

/// <summary>NC4: the product, but somebody divided the variance of each table by four after the programme was checked, and still publishes the old one.</summary>
internal sealed class QuarterOfTheNoise() : Build("NC4", "a quarter of the variance")
{
    private static readonly TableProgramme Changed = TableProgramme.Shipped with { Tables = [.. TableProgramme.Shipped.Tables.Select(t => t with { Sigma2 = Math.Max(1, t.Sigma2 / 4) })] };

    public override Out Release(Country country, Edition edition)
    {
        var cells = Product.Draw(country, edition, Changed, new CryptographicBits());
        foreach (var cell in cells) cell.Variance *= 4;
        return Out.Of(edition, cells, country.Missing);
    }

    public override double Sigma2(Table table, Tally truth) => truth.Sigma2(Math.Max(1, table.Sigma2 / 4));
}

/// <summary>NC5: cell keys: each case has a record key, and the sum of the keys of a cell chooses its noise from a table of at most two up or down; each night. The table is ptable's for D = 2 and V = 0.9.</summary>
internal sealed class CellKeys() : CellByCell("NC5", "cell key of the contributors, each night")
{
    private static readonly double[] One = [0.3625, 0.3625, 0.1875, 0.0875], More = [0.051546, 0.243816, 0.409277, 0.243816, 0.051546];

    public override int? Of(Table table, string cell, Tally truth, ulong keys, int night)
    {
        if (truth.Cases == 0) return 0;
        var (law, first) = truth.Cases == 1 ? (One, -1) : (More, -2);
        var key = (keys & ((1UL << 53) - 1)) / (double)(1UL << 53);
        var i = 0;
        while (i < law.Length - 1 && (key -= law[i]) >= 0) i++;
        return truth.Cases + first + i;
    }

    public override double? LogRatio(int value, int others) => Math.Log(Chance(value, others + 1) / Chance(value, others));
    protected override double Variance(Table table, Tally truth) => 0.9;

    private static double Chance(int value, int cases)
    {
        if (cases == 0) return value == 0 ? 1 : 1e-12;
        var (law, first) = cases == 1 ? (One, -1) : (More, -2);
        return value - cases - first is >= 0 and var i && i < law.Length ? law[i] : 1e-12;
    }
}
