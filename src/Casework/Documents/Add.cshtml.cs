using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Documents;

/// <summary>Puts a file into a dossier: looked into, scanned, then sealed and kept in one transaction. Turned back, all that was typed stays; the file itself must be chosen again, no browser gives it twice.</summary>
[Requires(May.WorkOnDossiers), TakesFiles]
internal sealed class Add(IMediator pipeline, FileLimit limit, IScanFiles scanner) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Persons { get; private set; } = [];
    public IReadOnlyList<Choice> Kinds => Choice.All<DocumentKind>(Words.Of);
    public IReadOnlyList<Choice> Layers => Choice.All<Layer>(Words.Of);
    public int Megabytes => limit.Megabytes;
    public bool IsScanned => scanner.IsScanner;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Persons = Concerned.TheOnlyOne(Persons.Select(p => Guid.Parse(p.Value))) };
    }

    public async Task ShowAgain(CancellationToken ct) => Persons = [.. (await pipeline.Send(new Query(Dossier), ct)).Select(p => new Choice(p.Id.ToString(), p.Name))];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (HttpContext.Features.Get<FileTooLarge>() is not null)
        {
            ModelState.AddModelError("Form.File", Words.FileTooLarge(limit.Megabytes));
            await ShowAgain(ct);
            Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Page();
        }
        await pipeline.Send(Form with { Dossier = Dossier, Once = Once, Content = await Read(Form.File, ct), FileName = Form.File?.FileName ?? "" }, ct);
        TempData["Done"] = Words.DocumentKept;
        return RedirectToPage("/Casework/Documents/List", new { Dossier });
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

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<(Guid Id, string Name)>>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public DocumentKind? Kind { get; init; }
        public List<Guid> Persons { get; init; } = [];
        public Layer Layer { get; init; }
        public string Title { get; init; } = "";

        /// <summary>What in it is hard to look at, said to whoever opens it.</summary>
        public string? Warning { get; init; }
        public IFormFile? File { get; init; }
        internal byte[] Content { get; init; } = [];
        internal string FileName { get; init; } = "";
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public const int LongestTitle = 120, LongestWarning = 120;

        public Rules(FileLimit limit, IScanFiles scanner)
        {
            RuleFor(c => c.Kind).NotNull().WithMessage(_ => Words.ChooseDocumentKind).IsInEnum().WithMessage(_ => Words.ChooseDocumentKind);
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.Layer).IsInEnum().WithMessage(_ => Words.ChooseLayer);
            RuleFor(c => c.Title).Must(t => t.Trim().Length > 0).WithMessage(_ => Words.EnterDocumentTitle).MaximumLength(LongestTitle).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Warning).MaximumLength(LongestWarning).WithMessage(_ => Words.TooLong);
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
            if (FileTypes.Of(content).Fault is { } fault && await scanner.Look(content, ct) != Scan.Found) return Words.Of(fault);
            return await scanner.Look(content, ct) switch { Scan.Found => Words.FileInfected, Scan.Away => Words.ScannerAway, _ => null };
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Keyring keys) : IRequestHandler<Query, IReadOnlyList<(Guid Id, string Name)>>
    {
        public async Task<IReadOnlyList<(Guid Id, string Name)>> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            return [.. people.Select(p => (p.Id, p.Identity.Value.FullName))];
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            var document = Document.Put(dossier.Id, persons, form.Kind!.Value, form.Layer, form.Title.Trim(), string.IsNullOrWhiteSpace(form.Warning) ? null : form.Warning.Trim(), NameOf(form.FileName), FileTypes.Of(form.Content).Type!.Value, form.Content, caller.Self, now, Countersigning.Of(caller), out var parts);
            zone.Add(document);
            zone.AddRange(parts);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.DocumentAdded, caller.Self, now, code: (int)document.Kind));
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = document.Id });
            return document.Id;
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
