using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Portal;

/// <summary>The privacy statement of the figures: how they are made, what nobody can learn from them, and what their limits are. For everybody, also without an account.</summary>
[Open("what is promised to everybody is read by everybody")]
internal sealed class Privacy(WhereAndWho who) : FiguresPage(who)
{
    /// <summary>ρ of the whole programme, as it is printed.</summary>
    public static string Rho => TableProgramme.Shipped.Total.ToDouble().ToString("0.0000", System.Globalization.CultureInfo.CurrentCulture);
}
