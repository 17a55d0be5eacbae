using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Onboarding;

/// <summary>Step 4: how the zone's people will sign in. A provider of their own is set up by their administrator, never from here.</summary>
[Requires(May.RunThePlatform)]
internal sealed class SignIn(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "draft")] public Guid Id { get; set; }
    public IReadOnlyList<Choice> Ways => [.. Enum.GetValues<SignInWay>().Select(w => new Choice(w.ToString(), Words.Of(w)))];

    public async Task OnGetAsync(CancellationToken ct) => Form = new Command { Way = (await pipeline.Send(new Draft.Query(Id), ct)).SignIn };

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Draft = Id }, ct);
        return RedirectToPage(Onboarding.Draft.PageOf(Step.Check), new { draft = Id });
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public SignInWay? Way { get; init; }
        internal Guid Draft { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Way).NotNull().WithMessage(_ => Words.ChooseOne).IsInEnum().WithMessage(_ => Words.ChooseOne);
    }

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            (await Onboarding.Draft.Of(house, form.Draft, ct)).SignInBy(form.Way!.Value);
            return true;
        }
    }
}
