using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>An open dossier page says each half minute that it is open, and hears who else has it open. It keeps no session awake: nobody pressed anything.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Here(IMediator pipeline, IAccounts accounts) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    public IActionResult OnGet() => NotFound();

    /// <param name="leaves">The page is being closed.</param>
    public async Task<IActionResult> OnPostAsync(bool leaves, CancellationToken ct)
    {
        var others = await pipeline.Send(new Command(Dossier, leaves), ct);
        return new JsonResult(new { said = Say(others, await accounts.Named(others.Select(o => o.Account), ct)) });
    }

    /// <summary>Who else, in one line; empty where nobody is.</summary>
    public static string Say(IReadOnlyList<Other> others, IReadOnlyDictionary<Guid, Colleague> names)
    {
        var known = others.Where(o => names.ContainsKey(o.Account)).Select(o => Words.OpenSince(names[o.Account].DisplayName, Moment.Clock(o.Since))).ToList();
        return known.Count == 0 ? "" : Words.AlsoOpen(string.Join(", ", known));
    }

    /// <summary>A colleague who has the same dossier open.</summary>
    internal sealed record Other(Guid Account, DateTimeOffset Since);

    /// <summary>Leaves no record: that the dossier was opened is recorded by the page, that it stays open shows nothing more.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Command(Guid Dossier, bool Leaves) : ICommand<IReadOnlyList<Other>>, IUnrecorded;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, IReadOnlyList<Other>>
    {
        private static readonly Compiled<Guid, Guid, DateTimeOffset, Other> Others = Compiled.Query((ZoneDbContext z, Guid dossier, Guid self, DateTimeOffset since) =>
            z.Set<Presence>().Where(p => p.DossierId == dossier && p.Account != self && p.Seen > since && !z.Set<WalledOff>().Any(w => w.Account == p.Account && w.DossierId == dossier)).OrderBy(p => p.Since).Select(p => new Other(p.Account, p.Since)));

        /// <summary>Who else has it open. Of a sealed dossier that is told to nobody, and of somebody who was walled off meanwhile neither.</summary>
        public static async Task<IReadOnlyList<Other>> Of(ZoneDbContext zone, Dossier dossier, Guid self, DateTimeOffset now, CancellationToken ct) =>
            dossier.Protection == Protection.Sealed ? [] : await Others.In(zone, dossier.Id, self, now - Presence.Lasts, ct);

        public async Task<IReadOnlyList<Other>> Handle(Command command, CancellationToken ct)
        {
            var (now, visible) = (clock.GetUtcNow(), await guard.Visible(ct));
            var dossier = await zone.Set<Dossier>().AsNoTracking().Where(visible).SingleOrDefaultAsync(d => d.Id == command.Dossier, ct) ?? throw new RefusedException("absent", command.Dossier);
            if (dossier.Protection == Protection.Sealed) return [];
            var here = await zone.Set<Presence>().SingleOrDefaultAsync(p => p.DossierId == dossier.Id && p.Account == caller.Self, ct);
            if (command.Leaves)
            {
                if (here is not null) zone.Remove(here);
                return [];
            }
            if (here is null) zone.Add(Presence.Begin(dossier.Id, caller.Self, now));
            else here.StillHere(now);
            return await Of(zone, dossier, caller.Self, now, ct);
        }
    }
}
