using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Documents;

/// <summary>Takes a document out for a reason: its content goes for good, that it was there, who withdrew it and why stays on the timeline and in the audit.</summary>
[Requires(Foundation.Access.May.WorkOnDossiers)]
internal sealed class Withdraw(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Document { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string About { get; private set; } = "";
    public IReadOnlyList<Choice> Reasons => Choice.All<WithdrawReason>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => About = await pipeline.Send(new Query(Dossier, Document), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Document = Document }, ct);
        TempData["Done"] = Words.DocumentWithdrawn;
        return RedirectToPage("/Casework/Documents/List", new { Dossier });
    }

    /// <summary>Whoever put it in, a trainee as long as nobody signed it. What a colleague put in may be why something was done: that goes by a coordinator alone.</summary>
    public static bool May(Caller caller, Document document) =>
        caller.May(Foundation.Access.May.DecideWhoSees) || (document.By == caller.Account && (caller.May(Foundation.Access.May.ChangeDossiers) || !document.Counts()));

    [Requires(Foundation.Access.May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Document) : IQuery<string>;

    [Requires(Foundation.Access.May.WorkOnDossiers), FreshFactor]
    internal sealed record Command : ICommand<bool>, ISensitive
    {
        public WithdrawReason? Reason { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Document { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Reason).NotNull().WithMessage(_ => Words.ChooseWithdrawReason).IsInEnum().WithMessage(_ => Words.ChooseWithdrawReason);
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, string>, IRequestHandler<Command, bool>
    {
        public async Task<string> Handle(Query query, CancellationToken ct)
        {
            var document = await Find(await guard.Read(query.Dossier, ct), query.Document, ct);
            await keys.Fetch([document.KeyOwner], ct);
            return $"{Words.Of(document.Kind)}: {document.Head!.Value.Title}";
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var document = await Find(dossier, form.Document, ct);
            document.Withdraw(now);
            await zone.Set<DocumentPart>().Where(p => p.DocumentId == document.Id).ExecuteDeleteAsync(ct);
            trail.Turns("document", null, form.Reason!.Value.ToString());
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.DocumentWithdrawn, caller.Self, now, code: (int)form.Reason!.Value));
            dossier.Touch();
            return true;
        }

        private async Task<Document> Find(Dossier dossier, Guid id, CancellationToken ct)
        {
            var document = await zone.Set<Document>().SingleOrDefaultAsync(d => d.Id == id && d.DossierId == dossier.Id && d.Withdrawn == null, ct);
            return document is not null && May(caller, document) ? document : throw new RefusedException("absent", dossier.Id);
        }
    }
}
