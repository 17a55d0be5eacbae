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
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Documents;

/// <summary>Takes a document out for a reason: its content goes for good, that it was there, who withdrew it and why stays on the timeline and in the audit. Two people's deed, but for a slip of one's own on the same day: one asks, another confirms.</summary>
[Requires(Foundation.Access.May.WorkOnDossiers)]
internal sealed class Withdraw(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Document { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;

    /// <summary>Who asked for it.</summary>
    public string Asker { get; private set; } = "";
    public IReadOnlyList<Choice> Reasons => Choice.All<WithdrawReason>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Document), ct);
        if (View.Asked is { } asked) Asker = (await accounts.Named([asked.By], ct)).TryGetValue(asked.By, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) =>
        Back(await pipeline.Send(Form with { Dossier = Dossier, Document = Document }, ct) ? Words.DocumentWithdrawn : Words.WithdrawalAsked);

    public async Task<IActionResult> OnPostConfirmAsync(CancellationToken ct)
    {
        await pipeline.Send(new Confirm.Command(Dossier, Document), ct);
        return Back(Words.DocumentWithdrawn);
    }

    public async Task<IActionResult> OnPostKeepAsync(CancellationToken ct)
    {
        await pipeline.Send(new Keep.Command(Dossier, Document), ct);
        return Back(Words.DocumentStays);
    }

    private RedirectToPageResult Back(string done)
    {
        TempData["Done"] = done;
        return RedirectToPage("/Casework/Documents/List", new { Dossier });
    }

    /// <summary>May the caller ask for it? Whoever put it in, a trainee as long as nobody signed it. What a colleague put in may be why something was done: that goes when a coordinator asks.</summary>
    public static bool May(Caller caller, Document document) =>
        caller.May(Foundation.Access.May.DecideWhoSees) || (document.By == caller.Account && (caller.May(Foundation.Access.May.ChangeDossiers) || !document.Counts()));

    /// <param name="AtOnce">It goes when it is asked for: a slip of the caller's own, or nobody has signed it yet.</param>
    /// <param name="IsSecond">The caller may put the second name under what was asked.</param>
    internal sealed record Answer(string About, WithdrawalAsk? Asked, bool AtOnce, bool IsSecond);

    [Requires(Foundation.Access.May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Document) : IQuery<Answer>;

    /// <returns>Did it go? If not, it waits for a second name.</returns>
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

    internal sealed class Handler(Withdrawals withdrawals, Guard guard, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var document = await withdrawals.Find(dossier, query.Document, ct);
            var second = await withdrawals.IsSecond(dossier, document, ct);
            if (!second && !May(caller, document)) throw new RefusedException("absent", dossier.Id);
            await keys.Fetch([document.KeyOwner], ct);
            return new Answer($"{Words.Of(document.Kind)}: {document.Head!.Value.Title}", document.Asked, document.IsASlipOf(caller.Self, clock.GetUtcNow()), second);
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var document = await withdrawals.Find(dossier, form.Document, ct);
            if (!May(caller, document)) throw new RefusedException("absent", dossier.Id);
            if (document.IsASlipOf(caller.Self, now))
            {
                await withdrawals.Go(dossier, document, form.Reason!.Value, now, ct);
                return true;
            }
            if (document.Asked is null) withdrawals.Ask(dossier, document, form.Reason!.Value, now); // else another asked meanwhile, or it was pressed twice: what was asked stands
            return false;
        }
    }
}

/// <summary>The second name under a withdrawal: now it goes.</summary>
internal static class Confirm
{
    [Requires(May.Countersign), FreshFactor]
    internal sealed record Command(Guid Dossier, Guid Document) : ICommand<bool>, ISensitive;

    internal sealed class Handler(Withdrawals withdrawals, Guard guard, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            var document = await withdrawals.Find(dossier, command.Document, ct);
            if (!await withdrawals.IsSecond(dossier, document, ct)) throw new RefusedException("absent", dossier.Id);
            await withdrawals.Go(dossier, document, document.Asked!.For, clock.GetUtcNow(), ct);
            return true;
        }
    }
}

/// <summary>Whoever asked thinks better of it, or whoever was to confirm does not: the document stays.</summary>
internal static class Keep
{
    [Requires(May.WorkOnDossiers)]
    internal sealed record Command(Guid Dossier, Guid Document) : ICommand<bool>;

    internal sealed class Handler(Withdrawals withdrawals, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            var document = await withdrawals.Find(dossier, command.Document, ct);
            if (document.Asked is not { } asked || (asked.By != caller.Self && !await withdrawals.IsSecond(dossier, document, ct))) throw new RefusedException("absent", dossier.Id);
            withdrawals.Keep(dossier, document, clock.GetUtcNow());
            return true;
        }
    }
}
