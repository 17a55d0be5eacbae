using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Zones.Access;

/// <summary>Prints the access matrix as the program enforces it.</summary>
[Requires(May.BeSignedIn)]
internal sealed class Matrix : PageModel
{
    public void OnGet() { }
}
