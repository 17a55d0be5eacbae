using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Agreements;

/// <summary>An agreement was ended before its time, or a draft will never be signed.</summary>
[Requires(May.KeepPartners)]
internal sealed class End(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public AgreementRow About { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Day = Moment.Day(clock.GetUtcNow()) };
    }

    public async Task ShowAgain(CancellationToken ct) => About = await pipeline.Send(new Query(Agreement), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Agreement = Agreement }, ct);
        TempData["Done"] = Words.AgreementStopped;
        return RedirectToPage("/Network/Agreements/Show", new { Agreement });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Agreement) : IQuery<AgreementRow>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<bool>
    {
        public DateOnly? Day { get; init; }
        internal Guid Agreement { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Day).NotNull().WithMessage(_ => Words.EnterAgreementStopped).Must(Edit.Rules.Sensible).WithMessage(_ => Words.DateTooFar);
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, AgreementRow>, IRequestHandler<Command, bool>
    {
        public async Task<AgreementRow> Handle(Query query, CancellationToken ct)
        {
            var (agreement, periods) = await Running(query.Agreement, ct);
            return AgreementRow.Of(agreement, periods, await PartnerNames.Of(zone, ct), Moment.Day(clock.GetUtcNow()));
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            (await Running(form.Agreement, ct)).Agreement.Stop(form.Day!.Value);
            return true;
        }

        private async Task<(Agreement Agreement, List<AgreementPeriod> Periods)> Running(Guid id, CancellationToken ct) =>
            await One.Of(zone, id, ct) is var (agreement, periods) && agreement.Stopped is null ? (agreement, periods) : throw new RefusedException("closed", id);
    }
}
