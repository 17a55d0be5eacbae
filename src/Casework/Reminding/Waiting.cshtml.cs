using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Reminding;

/// <summary>What waits for the reader, by kind: the page behind the bell. Numbers and where to look; no dossier is opened by it.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Waiting(IEnumerable<IRing> bells) : PageModel
{
    public IReadOnlyList<RingLine> Lines { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var lines = new List<RingLine>();
        foreach (var bell in bells) lines.AddRange(await bell.Lines(ct));
        Lines = lines;
    }
}
