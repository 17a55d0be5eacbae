using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Worklist;

/// <summary>The figures that the worklist, the agenda and the bell of this zone would show the caller, for a page that stands outside the zone. One question, and the bell's own; a test holds it against those pages.</summary>
internal sealed class AtHome(ZoneDbContext zone, Guard guard, IRequestHandler<Bell.Query, Bell.Counted> bell, Caller caller, TimeProvider clock) : ITellAtHome
{
    public int Order => 10;

    /// <summary>What somebody's figures take in, beside their own dossiers.</summary>
    [Flags]
    internal enum Takes
    {
        None = 0,

        /// <summary>A trainee's own are all that are named to them, a stand-in's all that were given to them.</summary>
        AllOpen = 1,
        AllDue = 2,

        /// <summary>Countersigns for everybody.</summary>
        Leads = 4,
        Countersigns = 8,
        Tray = 16,
    }

    internal sealed record Figures
    {
        public int Open { get; init; }
        public int Today { get; init; }
        public int Late { get; init; }
        public int Appointments { get; init; }
        public int Tray { get; init; }
        public int Unsigned { get; init; }
    }

    // Each part says no more than its own figure; what a reader may not see is in none of them.
    private static readonly Seen<Takes, DateTimeOffset, int, Figures> Question = new((z, seen, self, now, replaced, takes, tonight, _) =>
        seen.Where(d => d.Closed == null).GroupBy(_ => 1).Select(g => new Figures
        {
            Open = g.Count(d => (takes & Takes.AllOpen) != Takes.None || d.AssignedTo == self || replaced.Contains(d.AssignedTo!.Value) || (d.AssignedTo == null && d.OpenedBy == self)),
            Today = g.Count(d => d.NextDue < tonight && ((takes & Takes.AllDue) != Takes.None || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value))),
            Late = g.Count(d => d.NextDue < now && ((takes & Takes.AllDue) != Takes.None || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value))),
            Appointments = 0, Tray = 0, Unsigned = 0,
        })
        .Concat(z.Set<Contact>().Where(c => c.State == ContactState.Planned && (c.Worker == self || c.Companion == self) && c.At > now && c.At < tonight).Join(seen, c => c.DossierId, d => d.Id, (c, _) => c.Id)
            .GroupBy(_ => 1).Select(g => new Figures { Open = 0, Today = 0, Late = 0, Appointments = g.Count(), Tray = 0, Unsigned = 0 }))
        .Concat(z.Set<TrayEntry>().Where(e => (takes & Takes.Tray) != Takes.None && e.State == TrayState.Waiting && e.Gone == null && (e.For == null || e.For == self || e.RemindAt <= now) && !z.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == e.Id))
            .GroupBy(_ => 1).Select(g => new Figures { Open = 0, Today = 0, Late = 0, Appointments = 0, Tray = g.Count(), Unsigned = 0 }))
        .Concat(z.Set<Note>().Where(n => n.Signing == Signing.Waiting || n.Signing == Signing.Returned).Select(n => new { n.DossierId, n.By, n.Signing })
            .Concat(z.Set<Contact>().Where(c => c.Signing == Signing.Waiting || c.Signing == Signing.Returned).Select(c => new { c.DossierId, c.By, c.Signing }))
            .Concat(z.Set<Document>().Where(p => p.Withdrawn == null && (p.Signing == Signing.Waiting || p.Signing == Signing.Returned)).Select(p => new { p.DossierId, p.By, p.Signing }))
            .Concat(z.Set<Document>().Where(p => p.WithdrawalBy != null).Select(p => new { p.DossierId, By = p.WithdrawalBy!.Value, Signing = Signing.Waiting }))
            .Join(seen, e => e.DossierId, d => d.Id, (e, d) => new { e.By, e.Signing, d.AssignedTo })
            .Where(e => (e.Signing == Signing.Returned && e.By == self)
                || ((takes & Takes.Countersigns) != Takes.None && e.Signing == Signing.Waiting && e.By != self && ((takes & (Takes.Leads | Takes.AllDue)) != Takes.None || e.AssignedTo == self || replaced.Contains(e.AssignedTo!.Value))))
            .GroupBy(_ => 1).Select(g => new Figures { Open = 0, Today = 0, Late = 0, Appointments = 0, Tray = 0, Unsigned = g.Count() })));

    public async ValueTask<IReadOnlyList<HomeLine>> Lines(CancellationToken ct)
    {
        if (!caller.May(May.WorkOnDossiers)) return [];
        var f = await Count(ct);
        var lines = new List<HomeLine>
        {
            new(Words.HomeOpen, "/worklist", f.Open), new(Words.DueToday, "/worklist", f.Today), new(Words.LateCount, "/worklist", f.Late, f.Late > 0), new(Words.HomeAppointments, "/agenda", f.Appointments),
        };
        if (f.Tray > 0) lines.Add(new HomeLine(Words.InTheTray, "/tray", f.Tray));
        if (f.Unsigned > 0) lines.Add(new HomeLine(Words.ToCountersignCount, "/countersign", f.Unsigned));
        // By its handler: the home asks from inside a use case of its own, and from there nothing can be sent. Whether the caller may is asked above; recorded is the home.
        if ((await bell.Handle(new Bell.Query(), ct)).Sum + f.Tray + f.Unsigned is > 0 and var rings) lines.Add(new HomeLine(Words.HomeBell, "/waiting", rings));
        return lines;
    }

    internal async Task<Figures> Count(CancellationToken ct)
    {
        var (who, now) = (await guard.Looks(ct), clock.GetUtcNow());
        var tonight = Moment.Instant(Moment.Day(now).AddDays(1).ToDateTime(TimeOnly.MinValue));
        var takes = (!caller.May(May.ChangeDossiers) || who.OnlyStandsIn ? Takes.AllOpen : Takes.None) | (who.OnlyStandsIn ? Takes.AllDue : Takes.None) | (who.Leads ? Takes.Leads : Takes.None)
            | (caller.May(May.Countersign) ? Takes.Countersigns : Takes.None) | (caller.May(May.OpenCallOuts) ? Takes.Tray : Takes.None);
        var parts = await Question.In(zone, who, takes, tonight, 0, ct);
        return new Figures
        {
            Open = parts.Sum(p => p.Open), Today = parts.Sum(p => p.Today), Late = parts.Sum(p => p.Late),
            Appointments = parts.Sum(p => p.Appointments), Tray = parts.Sum(p => p.Tray), Unsigned = parts.Sum(p => p.Unsigned),
        };
    }
}
