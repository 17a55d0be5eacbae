using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Ends the session; every pass of it is dead at the next request.</summary>
[Open("whoever is not signed in is only led to the start")]
internal sealed class SignOut(IMediator pipeline, WhereAndWho who, SessionBook book) : PageModel
{
    public IActionResult OnGet() => Redirect("/");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Guid? provider = null;
        if (who.Caller.Session is { } session)
        {
            provider = await pipeline.Send(new Command { Session = session }, ct);
            book.Forget(session);
        }
        await HttpContext.SignOutAsync(Pass.SessionScheme);
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return provider is { } at ? RedirectToPage("/Identity/Federations/SignedOut", new { at }) : Redirect("/account/sign-in");
    }

    /// <returns>The federation by which the session began; null: it began here.</returns>
    [Requires(May.HoldAnAccount)]
    internal sealed record Command : ICatalogCommand<Guid?>
    {
        internal Guid Session { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Command, Guid?>
    {
        public async Task<Guid?> Handle(Command command, CancellationToken ct)
        {
            if (await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == command.Session, ct) is not { } session) return null;
            session.End(clock.GetUtcNow());
            return await house.Set<FederatedSession>().Where(s => s.Id == session.Id).Select(s => (Guid?)s.Federation).SingleOrDefaultAsync(ct);
        }
    }
}
