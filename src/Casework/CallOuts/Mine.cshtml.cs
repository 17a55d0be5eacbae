using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.CallOuts;

/// <summary>The caller's own call-outs in this zone: those entered that are still theirs to see, and those begun and not entered yet. Nobody else's, and nothing of any other dossier.</summary>
[Requires(May.WorkOnCallOuts)]
internal sealed class Mine(IMediator pipeline, IEnumerable<IKnowCallOuts> pools, WhereAndWho who) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public bool MayBegin => who.Caller.May(May.OpenCallOuts);

    public async Task OnGetAsync(CancellationToken ct) => Rows = (await pipeline.Send(new Query(), ct)).Rows;

    /// <summary>Begun by mistake, and nothing written down: nobody goes.</summary>
    public async Task<IActionResult> OnPostMistakeAsync(Guid callOut, CancellationToken ct)
    {
        // What was written meanwhile, in another tab, is somebody's dossier and no mistake: the list shows it.
        if (await pipeline.Send(new IsWritten(callOut), ct)) return RedirectToPage();
        foreach (var pool in pools) await pool.Withdraw(callOut, ct);
        // Whoever came for it alone is not let in here any more.
        if (!MayBegin) return LocalRedirect("/account/home");
        TempData["Done"] = Words.CallOutMistaken;
        return RedirectToPage();
    }

    /// <param name="Until">null: no end is near, the dossier is theirs to see for another reason.</param>
    internal sealed record Row(Guid Id, DateTimeOffset At, string Facts, string Municipality, bool IsEntered, bool HandedOver, DateTimeOffset? Until);

    internal sealed record Answer(IReadOnlyList<Row> Rows, IReadOnlyList<Guid> Dossiers) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Dossiers;
    }

    [Requires(May.WorkOnCallOuts)]
    internal sealed record Query : IQuery<Answer>;

    /// <summary>Has anything been written down of one of the caller's own?</summary>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record IsWritten(Guid CallOut) : IQuery<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Leaves leaves, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<IsWritten, bool>
    {
        private const int Most = 50;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (self, now, visible) = (caller.Self, clock.GetUtcNow(), await guard.Visible(ct));
            var begun = await leaves.Begun(ct);
            var entered = await zone.Set<CallOut>().AsNoTracking().Where(c => c.Performer == self).OrderByDescending(c => c.Entered).Take(Most).ToListAsync(ct);
            // A visitor sees those of living visits; of the others nothing is said, also not that they were.
            if (!caller.May(May.OpenCallOuts)) entered = entered.FindAll(c => begun.Any(b => b.Id == c.Id));
            var ids = entered.ConvertAll(c => c.DossierId);
            var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(visible).Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
            var until = (await zone.Set<Grant>().AsNoTracking().Where(g => g.Account == self && ids.Contains(g.DossierId) && g.Kind == GrantKind.CallOut).ToListAsync(ct)).Where(g => g.Counts(now)).ToLookup(g => g.DossierId, g => g.Until);
            var own = await OwnCodes.WordsOf(zone, [.. dossiers.Values.Select(d => d.OwnSubKind)], ct);
            var rows = entered.Where(c => dossiers.ContainsKey(c.DossierId)).Select(c => (c, d: dossiers[c.DossierId])).Select(r => new Row(r.c.Id, r.c.CalledAt ?? r.c.Entered,
                r.d.OwnSubKind is { } code && own.TryGetValue(code, out var word) ? word : Words.Of("SubKind_" + r.d.SubKind), r.d.Municipality, IsEntered: true, r.c.HandedOver is not null, until[r.d.Id].Max()));
            // One that was entered and is behind a wall since is not offered again as one to be entered.
            var known = await zone.Set<CallOut>().AsNoTracking().Where(c => c.Performer == self).Select(c => c.Id).ToListAsync(ct);
            var waiting = begun.Where(b => !known.Contains(b.Id)).Select(b => new Row(b.Id, b.Since, "", "", IsEntered: false, HandedOver: false, b.Until));
            return new Answer([.. waiting.Concat(rows).OrderByDescending(r => r.At)], [.. dossiers.Keys]);
        }

        public async Task<bool> Handle(IsWritten query, CancellationToken ct)
        {
            await leaves.For(query.CallOut, ct);
            return await zone.Set<CallOut>().AnyAsync(c => c.Id == query.CallOut, ct);
        }
    }
}

internal sealed class CallOutsInMenu : IInMenu
{
    public int Order => 27;
    public May Deed => May.WorkOnCallOuts;
    public string Path => "/call-outs";
    public string Text => Words.MyCallOuts;
}
