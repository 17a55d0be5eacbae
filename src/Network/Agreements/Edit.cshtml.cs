using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Agreements;

/// <summary>Writes an agreement down, or corrects it: what it says, and its last period. Earlier periods stay as they were.</summary>
[Requires(May.KeepPartners)]
internal sealed class Edit(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Agreement { get; set; }

    /// <summary>Ticked on a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Partner { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Choices { get; private set; } = [];

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        (Form, Choices) = await pipeline.Send(new Query(Agreement), ct);
        if (Agreement is null && Partner is { } partner) Form = Form with { Partners = [partner] };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        (var now, Choices) = await pipeline.Send(new Query(Agreement), ct);
        if (Agreement is not null && now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var agreement = await pipeline.Send(Form with { Agreement = Agreement, Once = Once }, ct);
        TempData["Done"] = Words.AgreementSaved;
        return RedirectToPage("/Network/Agreements/Show", new { agreement });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid? Agreement) : IQuery<(Command Form, IReadOnlyList<Choice> Choices)>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Title { get; init; } = "";
        public string? Purpose { get; init; }
        public List<Guid> Partners { get; init; } = [];
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }
        public DateOnly? Signed { get; init; }
        public int? NoticeMonths { get; init; }
        public int Version { get; init; }
        internal Guid? Agreement { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        // A date that nobody means, and with which nothing can be reckoned.
        private static readonly DateOnly First = new(1990, 1, 1), Last = new(2099, 12, 31);

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterAgreementTitle).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Purpose).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Partners).NotEmpty().WithMessage(_ => Words.ChoosePartners).Must(p => p.Count <= 50).WithMessage(_ => Words.TooManyPartners);
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.EnterAgreementFrom).Must(Sensible).WithMessage(_ => Words.DateTooFar);
            RuleFor(c => c.Until).Must(Sensible).WithMessage(_ => Words.DateTooFar).Must((c, until) => until is null || c.From is null || until >= c.From).WithMessage(_ => Words.AgreementEndsBefore);
            RuleFor(c => c.Signed).Must(Sensible).WithMessage(_ => Words.DateTooFar).Must(s => s is null || s <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.AgreementSignedAhead);
            RuleFor(c => c.NoticeMonths).NotNull().WithMessage(_ => Words.EnterAgreementNotice).InclusiveBetween(1, 24).WithMessage(_ => Words.EnterAgreementNotice);
        }

        /// <summary>Nothing, or a day that an agreement may have.</summary>
        public static bool Sensible(DateOnly? day) => day is null || (day >= First && day <= Last);
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, (Command Form, IReadOnlyList<Choice> Choices)>, IRequestHandler<Command, Guid>
    {
        private const int UsualNotice = 3;

        public async Task<(Command Form, IReadOnlyList<Choice> Choices)> Handle(Query query, CancellationToken ct)
        {
            var names = await PartnerNames.Of(zone, ct);
            if (query.Agreement is not { } id) return (new Command { NoticeMonths = UsualNotice }, names.Choices([]));
            var (agreement, periods) = await One.Of(zone, id, ct);
            var last = periods[^1];
            return (new Command { Title = agreement.Title, Purpose = agreement.Purpose, Partners = agreement.Partners, From = last.From, Until = last.Until, Signed = last.Signed, NoticeMonths = agreement.NoticeMonths, Version = agreement.Version }, names.Choices(agreement.Partners));
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            (await PartnerNames.Of(zone, ct)).Demand(form.Partners);
            if (form.Agreement is { } id)
            {
                var (known, all) = await One.Of(zone, id, ct);
                if (known.Version != form.Version) throw Wrong(nameof(Command.Title), Words.ChangedMeanwhile);
                if (all.Count > 1 && form.From <= all[^2].Until) throw Wrong(nameof(Command.From), Words.AgreementOverlaps);
                if (all.Count > 1 && form.Signed is null) throw Wrong(nameof(Command.Signed), Words.EnterAgreementSigned);
                all[^1].Correct(form.From!.Value, form.Until, form.Signed);
                known.Say(form.Title, form.Purpose, form.Partners, form.NoticeMonths!.Value, all, now);
                return known.Id;
            }
            // The same form sent again makes no second agreement.
            if (form.Once != default && await zone.Set<Agreement>().AsNoTracking().SingleOrDefaultAsync(a => a.Once == form.Once, ct) is { } before) return before.Id;
            var agreement = Agreements.Agreement.Add(form.Once, caller.Self, now);
            var period = AgreementPeriod.Add(agreement.Id, form.From!.Value, form.Until, form.Signed, caller.Self, now);
            agreement.Say(form.Title, form.Purpose, form.Partners, form.NoticeMonths!.Value, [period], now);
            zone.AddRange(agreement, period);
            return agreement.Id;

            static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
        }
    }
}
