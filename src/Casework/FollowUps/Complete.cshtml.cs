using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Marks a next act as done, or postpones it by a day; both can be undone by planning anew.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Complete(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Act { get; set; }

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    public async Task<IActionResult> OnPostAsync(string? back, CancellationToken ct) => Back(await pipeline.Send(new Command(Act), ct), back);
    public async Task<IActionResult> OnPostPostponeAsync(string? back, CancellationToken ct) => Back(await pipeline.Send(new Postpone(Act), ct), back);

    private RedirectToPageResult Back(Guid dossier, string? back)
    {
        TempData["Done"] = Words.Noted;
        return back == "dossier" ? RedirectToPage("/Casework/Dossiers/Show", new { dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Act) : ICommand<Guid>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Postpone(Guid Act) : ICommand<Guid>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<Postpone, Guid>
    {
        public Task<Guid> Handle(Command command, CancellationToken ct) => Change(command.Act, act => act.Complete(caller.Self, clock.GetUtcNow()), ct);

        public Task<Guid> Handle(Postpone command, CancellationToken ct) => Change(command.Act, act => act.Postpone((act.DueAt > clock.GetUtcNow() ? act.DueAt : clock.GetUtcNow()).AddDays(1)), ct);

        private async Task<Guid> Change(Guid id, Action<FollowUp> how, CancellationToken ct)
        {
            var about = await zone.Set<FollowUp>().Where(f => f.Id == id).Select(f => (Guid?)f.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
            var dossier = await guard.Open(about, ct);
            var act = await zone.Set<FollowUp>().SingleOrDefaultAsync(f => f.Id == id && f.Done == null, ct) ?? throw new RefusedException("absent", id);
            how(act);
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            return dossier.Id;
        }
    }
}
