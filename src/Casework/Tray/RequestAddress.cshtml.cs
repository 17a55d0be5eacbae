using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Tray;

/// <summary>The zone's address of the form for officers: made, shown once, made anew, revoked. A new one ends the old.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class RequestAddress(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel
{
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Since when there is one; null: there is none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The whole address, in the answer to the press that made it and never again.</summary>
    public string? Made { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => Since = await pipeline.Send(new Query(), ct);

    // Not by a redirect: the address would have to be kept somewhere meanwhile.
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new Command(Once), ct) is { } token) Made = portal.To($"/{who.Zone!.Code}/note/{token}");
        await OnGetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await pipeline.Send(new Revoke(), ct);
        TempData["Done"] = Words.RequestLinkRevoked;
        return RedirectToPage();
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : IQuery<DateTimeOffset?>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command(Guid Once) : ICommand<string?>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Revoke : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, DateTimeOffset?>, IRequestHandler<Command, string?>, IRequestHandler<Revoke, bool>
    {
        public async Task<DateTimeOffset?> Handle(Query query, CancellationToken ct) =>
            await zone.Set<RequestLink>().AsNoTracking().Where(l => l.Revoked == null).OrderByDescending(l => l.Made).Select(l => (DateTimeOffset?)l.Made).FirstOrDefaultAsync(ct);

        // The same press sent again makes no second one: what was shown the first time stays good.
        public async Task<string?> Handle(Command command, CancellationToken ct)
        {
            if (command.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == command.Once, ct)) return null;
            await End(ct);
            var (link, token) = RequestLink.Make(caller.Self, clock.GetUtcNow());
            zone.Add(link);
            if (command.Once != default) zone.Add(new Submission { Id = command.Once, Made = link.Id });
            return token;
        }

        public Task<bool> Handle(Revoke command, CancellationToken ct) => End(ct);

        private async Task<bool> End(CancellationToken ct)
        {
            var open = await zone.Set<RequestLink>().Where(l => l.Revoked == null).ToListAsync(ct);
            foreach (var link in open) link.Revoke(caller.Self, clock.GetUtcNow());
            return open.Count > 0;
        }
    }
}

internal sealed class RequestAddressInMenu : IInMenu
{
    public int Order => 836;
    public May Deed => May.SetUpTheZone;
    public string Path => "/admin/request-link";
    public string Text => Words.RequestLinkTitle;
}
