using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Federations;

/// <summary>The same words whatever went wrong at a provider: unknown here, another tenant, a forged answer, no answer. The audit knows which.</summary>
[Open("says nothing of anybody")]
internal sealed class NoAccess : PageModel;
