using FluentValidation;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;

namespace VictimSupport.Network.Papers;

/// <summary>The form by which a file comes. Turned back, what was typed stays; the file itself must be chosen again.</summary>
internal abstract record PaperForm
{
    public string Title { get; init; } = "";
    public IFormFile? File { get; init; }
    internal byte[] Content { get; init; } = [];
    internal string FileName { get; init; } = "";
    internal Guid About { get; init; }
    internal Guid Once { get; init; }
}

/// <summary>The content is looked into and scanned before the transaction: a scanner that takes its time holds nobody up.</summary>
internal abstract class PaperRules<T> : AbstractValidator<T> where T : PaperForm
{
    protected PaperRules(FileLimit limit, IScanFiles scanner)
    {
        RuleFor(c => c.Title).Must(t => t.Trim().Length > 0).WithMessage(_ => Words.EnterAgreementFileTitle).MaximumLength(120).WithMessage(_ => Words.TooLong);
        RuleFor(c => c.Content).CustomAsync(async (content, context, ct) =>
        {
            if (await Fault(content, limit, scanner, ct) is { } fault) context.AddFailure(new ValidationFailure(nameof(PaperForm.File), fault));
        });
    }

    private static async Task<string?> Fault(byte[] content, FileLimit limit, IScanFiles scanner, CancellationToken ct)
    {
        if (content.Length == 0) return Words.ChooseFile;
        if (content.Length > limit.Bytes) return Words.FileTooLarge(limit.Megabytes);
        var looked = await scanner.Look(content, ct);
        if (looked == Scan.Found) return Words.FileInfected;
        return FileTypes.Of(content).Fault is { } fault ? Words.Of(fault) : looked == Scan.Away ? Words.ScannerAway : null;
    }
}
