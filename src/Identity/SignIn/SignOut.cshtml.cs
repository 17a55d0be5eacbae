using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Ends the session; every pass of it is dead at the next request.</summary>
[Open("whoever is not signed in is only led to the start")]
internal sealed class SignOut(IMediator pipeline, WhereAndWho who, SessionBook book) : PageModel
{
    public IActionResult OnGet() => Redirect("/");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (who.Caller.Session is { } session)
        {
            await pipeline.Send(new Command { Session = session }, ct);
            book.Forget(session);
        }
        await HttpContext.SignOutAsync(Pass.SessionScheme);
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return Redirect("/account/sign-in");
    }

    [Requires(May.HoldAnAccount)]
    internal sealed record Command : ICatalogCommand<bool>
    {
        internal Guid Session { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == command.Session, ct) is not { } session) return false;
            session.End(clock.GetUtcNow());
            return true;
        }
    }
}
