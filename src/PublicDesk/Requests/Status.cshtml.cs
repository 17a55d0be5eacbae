using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Desk;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>Where is my request? Asked with reference and code; it says one of three things, and lets it be withdrawn. A wrong code, a reference that never was and a request that was withdrawn are the same page, after the same work.</summary>
[Open("the reference and the code are the key; it says one of three things")]
[OwnSite]
internal sealed class Status(IMediator pipeline, WhereAndWho who, PublicPages pages, Seal seal, Turnstile turnstile) : PageModel, IShowAgain
{
    [BindProperty] public string? Reference { get; set; }
    [BindProperty] public string? Code { get; set; }
    [BindProperty(Name = "state")] public string? State { get; set; }

    /// <summary>null: nothing is shown.</summary>
    public SlipState? Now { get; private set; }

    /// <summary>Nothing fits what was typed.</summary>
    public bool IsNothing { get; private set; }
    public bool IsWithdrawn { get; private set; }
    public bool IsTooMuch { get; private set; }
    public string Here => Request.PathBase + Request.Path;
    public string Beside(string page) => $"{Request.PathBase}/{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}/{page}";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await pages.Of(who.Zone, ct) is null ? NotFound() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (who.Zone is not { } zone || await pages.Of(zone, ct) is null) return NotFound();
        var query = new Query { Reference = Slip.Plain(Reference), Code = Slip.Plain(Code) };
        // Typed on a machine that others use: it is not shown again.
        ModelState.Clear();
        (Reference, Code) = (null, null);
        if (!turnstile.LetsTry(zone.Id, HttpContext.Connection.RemoteIpAddress, query.Reference))
        {
            IsTooMuch = true;
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Page();
        }
        var found = await pipeline.Send(query, ct);
        if (found is null) turnstile.Missed(zone.Id, HttpContext.Connection.RemoteIpAddress, query.Reference);
        (Now, IsNothing, State) = (found?.State, found is null, found is { } slip ? seal.Name(zone.Id, slip.Id) : null);
        return Page();
    }

    public async Task<IActionResult> OnPostWithdrawAsync(CancellationToken ct)
    {
        if (who.Zone is not { } zone || await pages.Of(zone, ct) is null) return NotFound();
        ModelState.Clear();
        if (seal.Named(zone.Id, State) is { } request)
        {
            await pipeline.Send(new Withdraw { Request = request }, ct);
            IsWithdrawn = true;
        }
        else
        {
            IsNothing = true;
        }
        return Page();
    }

    /// <exception cref="RefusedException">Nobody asks this zone.</exception>
    public async Task ShowAgain(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) throw new RefusedException("absent");
    }

    internal sealed record Answer(Guid Id, SlipState State);

    [Open("the reference and the code are the key")]
    internal sealed record Query : IQuery<Answer?>
    {
        internal string Reference { get; init; } = "";
        internal string Code { get; init; } = "";
    }

    /// <summary>The request is erased, with its key. What it became stays where it is, and is told.</summary>
    [Open("reference and code were right a moment ago")]
    internal sealed record Withdraw : ICommand<bool>
    {
        internal Guid Request { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IEnumerable<IHearRequests> hearers, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer?>, IRequestHandler<Withdraw, bool>
    {
        // Of no request: what is worked out for it takes as long as for one that is there.
        private static readonly Slip Nobodys = Slip.For(Guid.Empty, "", [0], default);

        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var key = here.InZone.Keys.SearchRoot;
            var alike = await zone.Set<Slip>().AsNoTracking().Where(s => s.Reference == query.Reference).ToListAsync(ct);
            var slip = alike.DefaultIfEmpty(Nobodys).FirstOrDefault(s => s.Opens(query.Code, key));
            if (slip is null || slip.State == SlipState.Withdrawn) return null;
            trail.Because("public-desk", slip.Id);
            return new Answer(slip.Id, slip.State);
        }

        public async Task<bool> Handle(Withdraw command, CancellationToken ct)
        {
            var slip = await zone.Set<Slip>().SingleOrDefaultAsync(s => s.Id == command.Request, ct);
            if (slip is null || slip.State == SlipState.Withdrawn) return false;
            trail.Because("public-desk", slip.Id);
            slip.Withdraw(clock.GetUtcNow());
            foreach (var hearer in hearers) await hearer.Withdrawn(slip.Id, ct);
            return true;
        }
    }
}
