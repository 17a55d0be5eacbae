using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Network.Papers;

namespace VictimSupport.Network.Agreements;

/// <summary>Puts a file, such as the signed text, to an agreement: looked into, scanned, then sealed and kept in one transaction.</summary>
[Requires(May.KeepPartners), TakesFiles]
internal sealed class AddFile(IMediator pipeline, FileLimit limit, IScanFiles scanner) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public string About { get; private set; } = "";
    public int Megabytes => limit.Megabytes;
    public bool IsScanned => scanner.IsScanner;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => About = await pipeline.Send(new Query(Agreement), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (this.IsTooLarge(limit))
        {
            await ShowAgain(ct);
            return Page();
        }
        await pipeline.Send(Form with { About = Agreement, Once = Once, Content = await Form.File.Read(ct), FileName = Form.File?.FileName ?? "" }, ct);
        TempData["Done"] = Words.AgreementFileKept;
        return RedirectToPage("/Network/Agreements/Show", new { Agreement });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Agreement) : IQuery<string>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : PaperForm, ICommand<Guid>;

    internal sealed class Rules(FileLimit limit, IScanFiles scanner) : PaperRules<Command>(limit, scanner);

    internal sealed class Handler(ZoneDbContext zone, Cabinet cabinet) : IRequestHandler<Query, string>, IRequestHandler<Command, Guid>
    {
        public async Task<string> Handle(Query query, CancellationToken ct) => await zone.Set<Agreement>().Where(a => a.Id == query.Agreement).Select(a => a.Title).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", query.Agreement);

        public Task<Guid> Handle(Command form, CancellationToken ct) => cabinet.Put<Agreement>(form, ct);
    }
}
