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
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.Demo;

/// <summary>One press per demo account. There only in demo mode and in development; elsewhere it does not exist.</summary>
[Open("demo accounts belong to nobody")]
internal sealed class Picker(IMediator pipeline, IListDemoAccounts accounts, IConfiguration configuration, IHostEnvironment environment) : PageModel
{
    public IReadOnlyList<DemoChoice> Choices { get; private set; } = [];

    private bool IsOn => environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", true);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!IsOn) return NotFound();
        Choices = await accounts.All(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid account, string? leads, CancellationToken ct)
    {
        if (!IsOn || await pipeline.Send(new Command { Account = account }, ct) is not { } session) return NotFound();
        await Cookies.SignIn(HttpContext, session);
        return Url.IsLocalUrl(leads) ? RedirectToPage("/Identity/SignIn/Enter", new { to = leads }) : RedirectToPage("/Identity/Home/Show");
    }

    [Open("demo accounts belong to nobody; the page is there in demo mode only")]
    internal sealed record Command : ICatalogCommand<Session?>
    {
        internal Guid Account { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock) : IRequestHandler<Command, Session?>
    {
        public async Task<Session?> Handle(Command command, CancellationToken ct)
        {
            if (!environment.IsDevelopment() || !configuration.GetValue("Demo:Enabled", true)) throw new RefusedException("demo");
            if (await house.Set<Account>().SingleOrDefaultAsync(a => a.Id == command.Account && a.IsDemo, ct) is not { } account) return null;
            var session = Session.Begin(account.Id, "demo", clock.GetUtcNow());
            account.LastSignIn = clock.GetUtcNow();
            house.Add(session);
            return session;
        }
    }
}
