using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Onboarding;

/// <summary>Step 3: the first administrator and the data-protection officer, two different people; the one confirms the other.</summary>
[Requires(May.RunThePlatform)]
internal sealed class People(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "draft")] public Guid Id { get; set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var draft = await pipeline.Send(new Draft.Query(Id), ct);
        Form = new Command { AdministratorName = draft.AdministratorName, AdministratorEmail = draft.AdministratorEmail, OfficerName = draft.OfficerName, OfficerEmail = draft.OfficerEmail, Coordinates = draft.AdministratorCoordinates };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Draft = Id }, ct);
        return RedirectToPage(Onboarding.Draft.PageOf(Step.SignIn), new { draft = Id });
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string AdministratorName { get; init; } = "";
        public string AdministratorEmail { get; init; } = "";
        public string OfficerName { get; init; } = "";
        public string OfficerEmail { get; init; } = "";
        public bool Coordinates { get; init; }
        internal Guid Draft { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.AdministratorName).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.AdministratorEmail).EmailAddress().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficerName).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficerEmail).EmailAddress().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficerEmail).Must((c, e) => !string.Equals(e.Trim(), c.AdministratorEmail.Trim(), StringComparison.OrdinalIgnoreCase)).WithMessage(_ => Words.TwoPeople);
        }
    }

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            (await Onboarding.Draft.Of(house, form.Draft, ct)).BeginWith((form.AdministratorName.Trim(), form.AdministratorEmail.Trim()), (form.OfficerName.Trim(), form.OfficerEmail.Trim()), form.Coordinates);
            return true;
        }
    }
}
