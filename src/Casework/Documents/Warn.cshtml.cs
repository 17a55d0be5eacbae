using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Documents;

/// <summary>Whoever found something hard to look at in a document tells those who come after; the first to open it could not know.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Warn(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Document { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string About { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct) => (About, Form) = await pipeline.Send(new Query(Dossier, Document), ct);

    /// <summary>What a colleague warned of meanwhile; null: nobody did.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task ShowAgain(CancellationToken ct)
    {
        (About, var now) = await pipeline.Send(new Query(Dossier, Document), ct);
        if (now.Was != Form.Was) (Meanwhile, Form) = (now, Form with { Was = now.Was });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Document = Document }, ct);
        TempData["Done"] = Words.DocumentWarningSaved;
        return RedirectToPage("/Casework/Documents/List", new { Dossier });
    }

    internal sealed record Answer(string About, Command Form);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Document) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public string? Warning { get; init; }

        /// <summary>The warning that stood there when the form was shown.</summary>
        public string? Was { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Document { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Warning).MaximumLength(Add.Rules.LongestWarning).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(Withdrawals withdrawals, Guard guard, Keyring keys) : IRequestHandler<Query, Answer>, IRequestHandler<Command, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var document = await withdrawals.Find(await guard.Read(query.Dossier, ct), query.Document, ct);
            await keys.Fetch([document.KeyOwner], ct);
            return new Answer($"{Words.Of(document.Kind)}: {document.Head!.Value.Title}", new Command { Warning = document.Head.Value.Warning, Was = document.Head.Value.Warning });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Open(form.Dossier, ct);
            var document = await withdrawals.Find(dossier, form.Document, ct);
            await keys.Fetch([document.KeyOwner], ct);
            if ((form.Was ?? "") != (document.Head!.Value.Warning ?? "")) throw new ValidationException([new ValidationFailure(nameof(Command.Warning), Words.ChangedMeanwhile)]);
            document.Warn(string.IsNullOrWhiteSpace(form.Warning) ? null : form.Warning.Trim());
            dossier.Touch();
            return true;
        }
    }
}
