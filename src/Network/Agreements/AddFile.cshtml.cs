using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;

namespace VictimSupport.Network.Agreements;

/// <summary>Puts a file, such as the signed text, to an agreement: looked into, scanned, then sealed and kept in one transaction. Turned back, what was typed stays; the file itself must be chosen again.</summary>
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
        if (HttpContext.Features.Get<FileTooLarge>() is not null)
        {
            ModelState.AddModelError("Form.File", Words.FileTooLarge(limit.Megabytes));
            await ShowAgain(ct);
            Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Page();
        }
        await pipeline.Send(Form with { Agreement = Agreement, Once = Once, Content = await Read(Form.File, ct), FileName = Form.File?.FileName ?? "" }, ct);
        TempData["Done"] = Words.AgreementFileKept;
        return RedirectToPage("/Network/Agreements/Show", new { Agreement });
    }

    // At most what the body of the request may hold.
    private static async Task<byte[]> Read(IFormFile? file, CancellationToken ct)
    {
        if (file is null) return [];
        var content = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, ct);
        return content;
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Agreement) : IQuery<string>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Title { get; init; } = "";
        public IFormFile? File { get; init; }
        internal byte[] Content { get; init; } = [];
        internal string FileName { get; init; } = "";
        internal Guid Agreement { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(FileLimit limit, IScanFiles scanner)
        {
            RuleFor(c => c.Title).Must(t => t.Trim().Length > 0).WithMessage(_ => Words.EnterAgreementFileTitle).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Content).CustomAsync(async (content, context, ct) =>
            {
                if (await Fault(content, limit, scanner, ct) is { } fault) context.AddFailure(new ValidationFailure(nameof(Command.File), fault));
            });
        }

        // Before the transaction: a scanner that takes its time holds nobody up.
        private static async Task<string?> Fault(byte[] content, FileLimit limit, IScanFiles scanner, CancellationToken ct)
        {
            if (content.Length == 0) return Words.ChooseFile;
            if (content.Length > limit.Bytes) return Words.FileTooLarge(limit.Megabytes);
            var looked = await scanner.Look(content, ct);
            if (looked == Scan.Found) return Words.FileInfected;
            return FileTypes.Of(content).Fault is { } fault ? Words.Of(fault) : looked == Scan.Away ? Words.ScannerAway : null;
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, string>, IRequestHandler<Command, Guid>
    {
        public async Task<string> Handle(Query query, CancellationToken ct) => await zone.Set<Agreement>().Where(a => a.Id == query.Agreement).Select(a => a.Title).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", query.Agreement);

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (!await zone.Set<Agreement>().AnyAsync(a => a.Id == form.Agreement, ct)) throw new RefusedException("absent", form.Agreement);
            if (form.Once != default && await zone.Set<AgreementFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Once == form.Once, ct) is { } before) return before.Id;
            var file = AgreementFile.Put(form.Agreement, form.Title.Trim(), NameOf(form.FileName), FileTypes.Of(form.Content).Type!.Value, form.Content, form.Once, caller.Self, clock.GetUtcNow(), out var parts);
            zone.Add(file);
            zone.AddRange(parts);
            return file.Id;
        }

        // Only to be read: the last part of a path, without what no name holds.
        private static string NameOf(string name)
        {
            const int Longest = 200;
            var last = string.Concat(name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c)));
            return last.Length > Longest ? last[..Longest] : last;
        }
    }
}
