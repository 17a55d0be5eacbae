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

/// <summary>One more period of an agreement; those before stay as they were.</summary>
[Requires(May.KeepPartners)]
internal sealed class Renew(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public AgreementRow About { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => (About, Form) = await pipeline.Send(new Query(Agreement), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        (About, var now) = await pipeline.Send(new Query(Agreement), ct);
        Form = Form with { Version = now.Version };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Agreement = Agreement }, ct);
        TempData["Done"] = Words.AgreementRenewed;
        return RedirectToPage("/Network/Agreements/Show", new { Agreement });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Agreement) : IQuery<(AgreementRow About, Command Form)>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<bool>
    {
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }
        public DateOnly? Signed { get; init; }
        public int Version { get; init; }
        internal Guid Agreement { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.EnterAgreementFrom).Must(Edit.Rules.Sensible).WithMessage(_ => Words.DateTooFar);
            RuleFor(c => c.Until).Must(Edit.Rules.Sensible).WithMessage(_ => Words.DateTooFar).Must((c, until) => until is null || c.From is null || until >= c.From).WithMessage(_ => Words.AgreementEndsBefore);
            RuleFor(c => c.Signed).NotNull().WithMessage(_ => Words.EnterAgreementSigned).Must(Edit.Rules.Sensible).WithMessage(_ => Words.DateTooFar)
                .Must(s => s is null || s <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.AgreementSignedAhead);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, (AgreementRow About, Command Form)>, IRequestHandler<Command, bool>
    {
        public async Task<(AgreementRow About, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var (agreement, periods) = await Renewable(query.Agreement, ct);
            var last = periods[^1];
            // As long as the last time, from the day after.
            var from = last.Until!.Value.AddDays(1);
            var until = from.AddDays(last.Until.Value.DayNumber - last.From.DayNumber);
            return (AgreementRow.Of(agreement, periods, await PartnerNames.Of(zone, ct), Moment.Day(clock.GetUtcNow())), new Command { From = from, Until = last.From.Day == from.Day ? from.AddMonths(Months(last.From, from)).AddDays(-1) : until, Version = agreement.Version });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (agreement, periods) = await Renewable(form.Agreement, ct);
            if (agreement.Version != form.Version) throw Wrong(nameof(Command.From), Words.ChangedMeanwhile);
            if (form.From <= periods[^1].Until) throw Wrong(nameof(Command.From), Words.AgreementOverlaps);
            var period = AgreementPeriod.Add(agreement.Id, form.From!.Value, form.Until, form.Signed, caller.Self, clock.GetUtcNow());
            zone.Add(period);
            agreement.Settle([.. periods, period], clock.GetUtcNow());
            return true;

            static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
        }

        private async Task<(Agreement Agreement, List<AgreementPeriod> Periods)> Renewable(Guid id, CancellationToken ct) =>
            await One.Of(zone, id, ct) is var (agreement, periods) && One.MayRenew(agreement, periods) ? (agreement, periods) : throw new RefusedException("closed", id);

        private static int Months(DateOnly from, DateOnly to) => ((to.Year - from.Year) * 12) + to.Month - from.Month;
    }
}
