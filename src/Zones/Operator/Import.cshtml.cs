using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Files;

namespace VictimSupport.Zones.Operator;

/// <summary>Many zones from a file: checked first, then noted all at once and made behind the page.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Import(IMediator pipeline, ImportZones zones) : PageModel
{
    [BindProperty] public Upload Form { get; set; } = new();
    public ZoneImport? Found { get; private set; }
    public int Of(ZoneFate fate) => Found!.Lines.Count(l => l.Fate == fate);

    public async Task<IActionResult> OnPostCheckAsync(CancellationToken ct)
    {
        await Check(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await Check(ct)) return Page();
        if (Found!.Faults.Count > 0 && !(Form.SkipBadLines && Found.Lines.Count > 0))
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        TempData["Done"] = Words.ImportDone(await pipeline.Send(new Command([.. Found.Lines.Select(l => l.Zone)]), ct));
        zones.MakeBehind();
        return RedirectToPage("/Zones/Operator/Zones");
    }

    private async Task<bool> Check(CancellationToken ct)
    {
        if (await Form.Read(this, ZoneFile.LargestBytes, ct) is not { } file) return false;
        Found = await pipeline.Send(new Query(file), ct);
        Form = Form.Keep(this, file);
        return true;
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query(byte[] File) : ICatalogQuery<ZoneImport>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command(IReadOnlyList<ZoneFacts> Zones) : ICatalogCommand<int>, ISensitive;

    internal sealed class QueryHandler(ImportZones zones) : IRequestHandler<Query, ZoneImport>
    {
        public Task<ZoneImport> Handle(Query query, CancellationToken ct) => zones.Check(query.File, ct);
    }

    internal sealed class Handler(CatalogDbContext house, ImportZones zones) : IRequestHandler<Command, int>
    {
        public Task<int> Handle(Command command, CancellationToken ct) => zones.NoteIn(house, command.Zones, ct);
    }
}
