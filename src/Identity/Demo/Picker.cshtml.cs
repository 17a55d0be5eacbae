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
using VictimSupport.Identity.SignIn;

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
        if (!IsOn || await pipeline.Send(new Command { Account = account, Device = Device.Of(Request.Headers.UserAgent) }, ct) is not { } session) return NotFound();
        return await this.Lead(session, leads, null);
    }

    [Open("demo accounts belong to nobody; the page is there in demo mode only")]
    internal sealed record Command : ICatalogCommand<Session?>
    {
        internal Guid Account { get; init; }
        internal string Device { get; init; } = "";
    }

    internal sealed class Handler(CatalogDbContext house, SessionBook sessions, Caller caller, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock) : IRequestHandler<Command, Session?>
    {
        public async Task<Session?> Handle(Command command, CancellationToken ct)
        {
            if (!environment.IsDevelopment() || !configuration.GetValue("Demo:Enabled", true)) throw new RefusedException("demo");
            if (await house.Set<Account>().SingleOrDefaultAsync(a => a.Id == command.Account && a.IsDemo, ct) is not { } account) return null;
            return await sessions.Begin(house, account, "demo", command.Device, caller, clock.GetUtcNow(), ct);
        }
    }
}
