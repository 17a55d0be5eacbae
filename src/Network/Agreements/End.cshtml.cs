using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Agreements;

/// <summary>An agreement was ended before its time, or a draft will never be signed. A wrong end is put right here, or taken back.</summary>
[Requires(May.KeepPartners)]
internal sealed class End(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public AgreementRow About { get; private set; } = null!;

    /// <summary>The first day on which it no longer holds, as it was noted; null: it was not ended.</summary>
    public DateOnly? Stopped { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (About, Stopped, Form) = await pipeline.Send(new Query(Agreement), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        (About, Stopped, var now) = await pipeline.Send(new Query(Agreement), ct);
        Form = Form with { Version = now.Version };
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Do(Form with { Agreement = Agreement }, Words.AgreementStopped, ct);
    public Task<IActionResult> OnPostTakeBackAsync(CancellationToken ct) => Do(new TakeBack(Agreement), Words.AgreementGoesOn, ct);

    private async Task<IActionResult> Do(IRequest<bool> deed, string done, CancellationToken ct)
    {
        await pipeline.Send(deed, ct);
        TempData["Done"] = done;
        return RedirectToPage("/Network/Agreements/Show", new { Agreement });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Agreement) : IQuery<(AgreementRow About, DateOnly? Stopped, Command Form)>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<bool>
    {
        public DateOnly? Day { get; init; }
        public int Version { get; init; }
        internal Guid Agreement { get; init; }
    }

    /// <summary>It goes on: that it was ended was a mistake.</summary>
    /// <returns>false: it was not ended.</returns>
    [Requires(May.KeepPartners)]
    internal sealed record TakeBack(Guid Agreement) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Day).NotNull().WithMessage(_ => Words.EnterAgreementStopped).Must(Edit.Rules.Sensible).WithMessage(_ => Words.DateTooFar);
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, (AgreementRow About, DateOnly? Stopped, Command Form)>, IRequestHandler<Command, bool>, IRequestHandler<TakeBack, bool>
    {
        public async Task<(AgreementRow About, DateOnly? Stopped, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var ((agreement, periods), today) = (await One.Of(zone, query.Agreement, ct), Moment.Day(clock.GetUtcNow()));
            return (AgreementRow.Of(agreement, periods, await PartnerNames.Of(zone, ct), today), agreement.Stopped, new Command { Day = agreement.Stopped ?? today, Version = agreement.Version });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (agreement, _) = await One.Of(zone, form.Agreement, ct);
            if (agreement.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Day), Words.ChangedMeanwhile)]);
            agreement.Stop(form.Day!.Value);
            return true;
        }

        public async Task<bool> Handle(TakeBack command, CancellationToken ct)
        {
            var (agreement, periods) = await One.Of(zone, command.Agreement, ct);
            if (agreement.Stopped is null) return false;
            agreement.GoOn(periods, clock.GetUtcNow());
            return true;
        }
    }
}
