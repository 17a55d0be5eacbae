using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Definitions;

namespace VictimSupport.Statistics.Structural;

/// <summary>Tables and rows of the structural work in the reader's language; each table is defined among all other figures.</summary>
internal static class StructuralNames
{
    public static string Table(string code) => Of(code).Name;

    /// <summary>Fits the number as the counter gives it: minutes, hundredths of a mark.</summary>
    public static string Row(string table, string code) => SaidStructuralWork.Row(table, code);

    /// <summary>By which a table is defined.</summary>
    /// <exception cref="KeyNotFoundException">There is no such table.</exception>
    public static Definition Of(string table) => Figures.Find(CodeOf(table));

    /// <summary>What a table is called among the figures: an anchor and a key of words have no hyphens.</summary>
    internal static string CodeOf(string table) => table.Replace('-', '_');

    internal static string TableOf(string code) => code.Replace('_', '-');
}
