using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.SignIn;

namespace VictimSupport.Identity.Recoveries;

/// <summary>Somebody who has lost every factor asks for help. The answer is the same whether there is such an account or not; two colleagues who know the person decide.</summary>
[Open("whoever lost everything cannot sign in")]
internal sealed class Ask(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    public bool IsAsked { get; private set; }

    public void OnGet(bool asked) => IsAsked = asked;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(Form, ct) is not { } rests) return RedirectToPage(new { asked = true });
        ModelState.AddModelError("Form.Email", Words.AskRests);
        Response.Rests(rests);
        return Page();
    }

    [Open("whoever lost everything cannot sign in")]
    internal sealed record Command : ICatalogCommand<TimeSpan?>
    {
        public string Email { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Email).NotEmpty().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(CatalogDbContext house, IKnowRoles roles, TimeProvider clock) : IRequestHandler<Command, TimeSpan?>
    {
        public async Task<TimeSpan?> Handle(Command form, CancellationToken ct)
        {
            var (now, normal) = (clock.GetUtcNow(), Addresses.Normal(form.Email));
            var attempts = await Attempts.At(house, "lost", normal, now, ct);
            if (attempts.Resting(now) is { } rests) return rests;
            attempts.Wrong(now);
            if (await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == normal, ct) is not { } account) return null;
            if ((await Ladder.Open(house, now, ct)).Any(r => r.Account == account.Id)) return null;
            var recovery = Recovery.Ask(account.Id, null, now);
            house.Add(recovery);
            var told = new HashSet<Guid>();
            foreach (var zone in await roles.ZonesOf(house, account.Id, now, ct))
            {
                foreach (var (colleague, held) in await roles.StaffOf(house, zone, now, ct))
                {
                    if (colleague != account.Id && Recovery.Fits(null, held) && told.Add(colleague))
                        house.Add(Notice.To(colleague, NoticeKind.RecoveryAsked, now, recovery.Id));
                }
            }
            return null;
        }
    }
}
