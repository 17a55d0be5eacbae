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
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Second factor: a code of the app, good once, or a recovery code. Begins the session.</summary>
[Open("the way in")]
internal sealed class SecondFactor(IMediator pipeline, HalfWay halfWay) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }

    /// <summary>A form that came too late, sealed for who typed it.</summary>
    [BindProperty(Name = "kept")] public string? Kept { get; set; }

    public IActionResult OnGet() => halfWay.Account(HttpContext) is null ? RedirectToPage("/Identity/SignIn/Password", new { To }) : Page();

    /// <summary>With a form in hand that came too late.</summary>
    public IActionResult OnPostKept() => OnGet();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (halfWay.Account(HttpContext) is not { } account) return RedirectToPage("/Identity/SignIn/Password", new { To });
        var shown = await pipeline.Send(Form with { Account = account, Device = Device.Of(Request.Headers.UserAgent) }, ct);
        if (shown.Rests is { } wait)
        {
            ModelState.AddModelError("Form.Code", Words.CodeRests);
            Response.Rests(wait);
            return Page();
        }
        if (shown.Session is not { } session) throw new ValidationException([new ValidationFailure(nameof(Command.Code), Words.WrongCode)]);
        halfWay.End(HttpContext);
        return await this.Lead(session, To, Kept);
    }

    [Open("begins a session")]
    internal sealed record Command : ICatalogCommand<Shown>
    {
        public string Code { get; init; } = "";
        internal Guid Account { get; init; }
        internal string Device { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Code).NotEmpty().WithMessage(_ => Words.EnterCode).MaximumLength(40).WithMessage(_ => Words.WrongCode);
    }

    internal sealed class Handler(CatalogDbContext house, TotpSecrets secrets, SessionBook sessions, Caller caller, TimeProvider clock) : IRequestHandler<Command, Shown>
    {
        public async Task<Shown> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await house.Set<Account>().SingleOrDefaultAsync(a => a.Id == form.Account, ct) is not { } account) return new Shown(null);
            var attempts = await Attempts.At(house, "code", account.Id.ToString(), now, ct);
            if (attempts.Resting(now) is { } rests) return new Shown(null, rests);
            if (account.UseCode(secrets, form.Code, now) is not { } factor)
            {
                attempts.Wrong(now);
                return new Shown(null);
            }
            attempts.Right(now);
            return new Shown(await sessions.Begin(house, account, factor, form.Device, caller, now, ct));
        }
    }
}
