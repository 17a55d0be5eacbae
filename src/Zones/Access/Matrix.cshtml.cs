using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;

namespace VictimSupport.Zones.Access;

/// <summary>Prints the access matrix as the program enforces it.</summary>
[Requires(May.BeSignedIn)]
internal sealed class Matrix : PageModel
{
    public void OnGet() { }
}

internal sealed class MatrixInMenu : IInMenu
{
    public int Order => 900;
    public May Deed => May.BeSignedIn;
    public string Path => "/admin/access-matrix";
    public string Text => Words.MatrixTitle;
}
