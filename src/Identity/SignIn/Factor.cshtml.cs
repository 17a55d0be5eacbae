using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Passkeys;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Before a deed of weight a factor is shown again: a passkey or a code. Then one is led back.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class Factor(IMediator pipeline, SessionBook book, Trips trips, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }
    [BindProperty(Name = "kept")] public string? Kept { get; set; }
    public Ask Asked { get; private set; } = new(null, false, false, null);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Asked = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var shown = await pipeline.Send(Form with { Origin = Request.Origin() }, ct);
        if (shown.Session is { } session)
        {
            book.Forget(session.Id);
            if (Kept is { Length: > 0 }) return new RedirectResult(WayBack.Keeper, permanent: false, preserveMethod: true);
            return Url.IsLocalUrl(To) ? LocalRedirect(To!) : RedirectToPage("/Identity/Home/Show");
        }
        if (shown.Rests is not { } wait) throw new ValidationException([new ValidationFailure(nameof(Command.Code), Form.Json.Length > 0 ? Words.WrongPasskey : Words.WrongCode)]);
        ModelState.AddModelError("Form.Code", Words.CodeRests);
        await ShowAgain(ct);
        Response.Rests(wait);
        return Page();
    }

    /// <summary>Whoever came by a zone's provider signs in there anew.</summary>
    public async Task<IActionResult> OnPostProviderAsync(CancellationToken ct)
    {
        if ((await pipeline.Send(new Query(), ct)).Provider is not { } federation) return NotFound();
        trips.Keep(HttpContext, Trip.Begin(federation, TripKind.Factor, clock.GetUtcNow(), to: To, session: who.Caller.Session));
        return RedirectToPage("/Identity/Federations/Leave");
    }

    /// <summary>What the account can show.</summary>
    /// <param name="Passkey">A challenge to its passkeys; null: it has none.</param>
    /// <param name="Code">It has an app, or recovery codes.</param>
    /// <param name="Demo">Nobody's account: one press is all it can show.</param>
    /// <param name="Provider">The federation by which this session began; null: it began here.</param>
    internal sealed record Ask(Asked? Passkey, bool Code, bool Demo, Guid? Provider);

    [Requires(May.HoldAnAccount)]
    internal sealed record Query : ICatalogQuery<Ask>;

    [Requires(May.HoldAnAccount)]
    internal sealed record Command : ICatalogCommand<Shown>
    {
        public string Code { get; init; } = "";
        public string Json { get; init; } = "";
        public string Challenge { get; init; } = "";
        internal string Origin { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Code).MaximumLength(40).WithMessage(_ => Words.WrongCode);
    }

    internal sealed class QueryHandler(CatalogDbContext house, Ceremony ceremony, Caller caller, IConfiguration configuration, IHostEnvironment environment) : IRequestHandler<Query, Ask>
    {
        public async Task<Ask> Handle(Query query, CancellationToken ct)
        {
            if (await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == caller.Self, ct) is not { } account) return new Ask(null, true, false, null);
            var hasPasskey = await house.Set<Microsoft.AspNetCore.Identity.IdentityUserPasskey<Guid>>().AnyAsync(p => p.UserId == account.Id, ct);
            return new Ask(hasPasskey ? await ceremony.AskToShow(account) : null, account.TotpSecret is not null, account.IsDemo && DemoIsOn(configuration, environment),
                await house.Set<FederatedSession>().Where(s => s.Id == caller.Session).Select(s => (Guid?)s.Federation).SingleOrDefaultAsync(ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, Ceremony ceremony, TotpSecrets secrets, Caller caller, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock) : IRequestHandler<Command, Shown>
    {
        public async Task<Shown> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == caller.Session && s.Ended == null, ct) is not { } session
                || await house.Set<Account>().SingleOrDefaultAsync(a => a.Id == caller.Self, ct) is not { } account) return new Shown(null);
            var attempts = await Attempts.At(house, "code", account.Id.ToString(), now, ct);
            var right = form.Json.Length > 0 ? await ceremony.Shown(form.Json, form.Challenge, form.Origin, account.Id, ct) is not null
                : account.IsDemo && DemoIsOn(configuration, environment);
            if (!right && form.Json.Length == 0)
            {
                if (attempts.Resting(now) is { } rests) return new Shown(null, rests);
                right = account.UseCode(secrets, form.Code, now) is not null;
                if (!right) attempts.Wrong(now);
            }
            if (!right) return new Shown(null);
            attempts.Right(now);
            session.ShowFactor(now);
            return new Shown(session);
        }
    }

    private static bool DemoIsOn(IConfiguration configuration, IHostEnvironment environment) => environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", true);
}
