using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>Answers what the receiving zone asked.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class Reply(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Handover { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What was asked last; null: nothing waits for an answer.</summary>
    public string? Question { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Question = await pipeline.Send(new Query(Handover), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Handover = Handover, Once = Once }, ct);
        TempData["Done"] = Words.ZoneHandoverAnswered;
        return RedirectToPage("/Casework/Handovers/Show", new { Handover });
    }

    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Handover) : IQuery<string?>;

    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<bool>
    {
        public string Text { get; init; } = "";
        internal Guid Handover { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(_ => Words.ZoneHandoverEnterAnswer).MaximumLength(4000).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Keyring keys, UseCase here, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, string?>, IRequestHandler<Command, bool>
    {
        public async Task<string?> Handle(Query query, CancellationToken ct)
        {
            var (handover, dossier) = await proposals.Read(query.Handover, ct);
            if (handover.CameIn) throw new RefusedException("absent", query.Handover);
            await guard.MustOwn(dossier!, ct);
            if (handover.State != HandoverState.Asked) return null;
            await keys.Fetch([handover.KeyOwner], ct);
            return (await zone.Set<HandoverTurn>().AsNoTracking().Where(t => t.HandoverId == handover.Id && t.Step == HandoverStep.Asked).OrderByDescending(t => t.At).FirstOrDefaultAsync(ct))?.Text?.Value;
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (handover, dossier) = await proposals.Ours(form.Handover, ct);
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return false;
            if (handover.State != HandoverState.Asked) throw new ValidationException([new ValidationFailure(nameof(Command.Text), Words.ZoneHandoverNothingAsked)]);
            handover.Answer((await settings.Of(here.InZone.Id, ct)).HandoverAnswerWithin, clock.GetUtcNow());
            await proposals.Turn(handover, HandoverStep.Answered, form.Text.Trim(), ct);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = handover.Id });
            return true;
        }
    }
}
