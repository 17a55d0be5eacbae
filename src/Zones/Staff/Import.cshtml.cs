using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Files;

namespace VictimSupport.Zones.Staff;

/// <summary>Many colleagues from a file: checked first, then invited in one transaction. The same file again changes nothing.</summary>
[Requires(May.BringStaffIn)]
internal sealed class Import(IMediator pipeline, Standing standing) : PageModel
{
    [BindProperty] public Upload Form { get; set; } = new();
    public StaffImport? Found { get; private set; }
    public int Of(NewcomerFate fate) => Found!.People.Count(p => p.Fate == fate);

    public async Task<IActionResult> OnPostCheckAsync(CancellationToken ct)
    {
        await Check(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await Check(ct)) return Page();
        if (Found!.Faults.Count > 0 && !(Form.SkipBadLines && Found.People.Count > 0))
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        var brought = await pipeline.Send(new Command([.. Found.People.Select(p => p.Person)]), ct);
        standing.ForgetAll();
        TempData["Done"] = Words.StaffImportDone(brought);
        return RedirectToPage("/Zones/Staff/Invitations");
    }

    private async Task<bool> Check(CancellationToken ct)
    {
        if (await Form.Read(this, StaffFile.LargestBytes, ct) is not { } file) return false;
        Found = await pipeline.Send(new Query(file), ct);
        Form = Form.Keep(this, file);
        return true;
    }

    /// <summary>What a file of staff says, what importing each line would do, and what is wrong in it.</summary>
    internal sealed record StaffImport(IReadOnlyList<(Newcomer Person, NewcomerFate Fate)> People, IReadOnlyList<LineFault> Faults);

    [Requires(May.BringStaffIn)]
    internal sealed record Query(byte[] File) : ICatalogQuery<StaffImport>;

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record Command(IReadOnlyList<Newcomer> People) : ICatalogCommand<int>, ISensitive;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Bringing bringing, Caller caller, TimeProvider clock) : IRequestHandler<Query, StaffImport>
    {
        public async Task<StaffImport> Handle(Query query, CancellationToken ct)
        {
            var (people, faults) = StaffFile.Read(query.File, here.InZone.Record.FirstLanguage, Moment.Day(clock.GetUtcNow()));
            var compared = await bringing.Compare(house, here.InZone.Id, people, caller.Self, ct);
            var refused = compared.Select(p => Bringing.Refusal(p.Fate) is { } refusal ? new LineFault(p.Person.Line, refusal.Column, refusal.Wrong) : null).OfType<LineFault>();
            return new StaffImport([.. compared.Where(p => Bringing.Refusal(p.Fate) is null)], [.. faults.Concat(refused).OrderBy(f => f.Line)]);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Bringing bringing, Caller caller) : IRequestHandler<Command, int>
    {
        public Task<int> Handle(Command command, CancellationToken ct) => bringing.Bring(house, here.InZone.Id, command.People, caller.Self, ct);
    }
}
