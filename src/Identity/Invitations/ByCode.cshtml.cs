using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Invitations;

/// <summary>The second way: the code that the administrator handed over on paper, with the address it was made for. Nothing in the answer tells whether that address is invited.</summary>
[Open("the code is the key; tries are counted")]
internal sealed class ByCode(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(Form, ct) is not { } token) throw new ValidationException([new ValidationFailure(nameof(Command.Code), Words.PaperCodeWrong)]);
        return RedirectToPage("/Identity/Invitations/Accept", new { token });
    }

    /// <summary>Counts a wrong try, so it is kept also where it finds nothing.</summary>
    [Open("the code is the key; tries are counted")]
    internal sealed record Command : ICatalogCommand<string?>, ISensitive
    {
        public string Email { get; init; } = "";
        public string Code { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Email).NotEmpty().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Code).MaximumLength(40).WithMessage(_ => Words.TooLong).Must(PaperCodes.IsWhole).WithMessage(_ => Words.PaperCodeSlip);
        }
    }

    internal sealed class Handler(CatalogDbContext house, PaperCodes codes, Door door, TimeProvider clock) : IRequestHandler<Command, string?>
    {
        public async Task<string?> Handle(Command form, CancellationToken ct)
        {
            var (mail, now) = (Addresses.Normal(form.Email), clock.GetUtcNow());
            Invitation? right = null;
            foreach (var invitation in await house.Set<Invitation>().Where(i => i.NormalizedEmail == mail && i.CodeHash != null && i.TakenUp == null && i.Revoked == null).ToListAsync(ct))
            {
                if (invitation.Try(codes.Hash(invitation.Id, form.Code), now)) right = invitation;
            }
            return right is null ? null : door.TicketFor(right);
        }
    }
}
