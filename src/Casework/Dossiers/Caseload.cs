using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>How many open dossiers rest on an account, and what becomes of them when it works on dossiers no longer.</summary>
internal sealed class Caseload(ZoneDbContext zone, UseCase place, IStaff staff, IHideDossiers hidden, Caller caller, TimeProvider clock) : IHoldCaseload
{
    // What is hidden from whoever asks is not counted for them: the difference to what they see would tell.
    public async Task<int> Open(Guid account, CancellationToken ct)
    {
        var away = await hidden.From(caller, ct);
        return (await zone.Set<Dossier>().Where(d => d.AssignedTo == account && d.Closed == null).Select(d => d.Id).ToListAsync(ct)).Count(id => !away.Contains(id));
    }

    public async Task<int> Release(Guid account, CancellationToken ct)
    {
        var (now, held) = (clock.GetUtcNow(), await zone.Set<Dossier>().Where(d => d.AssignedTo == account && d.Closed == null).ToListAsync(ct));
        foreach (var dossier in held)
        {
            dossier.Assign(null);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Released, caller.Account ?? Milestone.ThePlatform, now));
        }
        if (held.Count > 0) await Tell(account, [.. held.Select(d => d.Id)], now, ct);
        return held.Count;
    }

    // Each coordinator for whom one of them is there: to the others the mail would tell what their list hides. Once per account and day, however often it is released.
    private async Task Tell(Guid account, List<Guid> released, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var coordinator in await staff.Holding(place.InZone.Id, [Role.Coordinator], ct))
        {
            var effect = $"{CaseloadMail.KindName} {account} {coordinator} {now:yyyyMMdd}";
            var there = Sight.Exists(zone, new Reader(coordinator, new HashSet<Role> { Role.Coordinator }, false, [], now));
            if (await zone.Set<Dossier>().Where(there).AnyAsync(d => released.Contains(d.Id), ct) && !await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == effect, ct))
                zone.Add(OutboxMessage.New(effect, CaseloadMail.KindName, null, coordinator, now));
        }
    }
}

/// <summary>How many open dossiers rest on each colleague, said to whoever gives them more: of those that are there for the reader, as the difference would tell of the others.</summary>
/// <param name="Open">null: not for the reader, who sees none but their own.</param>
internal sealed record Loads(IReadOnlyDictionary<Guid, int>? Open)
{
    public static readonly Loads None = new((IReadOnlyDictionary<Guid, int>?)null);

    public int this[Guid account] => Open?.GetValueOrDefault(account) ?? 0;

    public static async Task<Loads> For(Caller reader, ZoneDbContext zone, Guard guard, CancellationToken ct) => !reader.May(May.OpenAnyDossierOfTheZone) ? None
        : new(await zone.Set<Dossier>().Where(await guard.Visible(ct)).Where(d => d.Closed == null && d.AssignedTo != null).GroupBy(d => d.AssignedTo!.Value).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct));

    /// <summary>Colleagues to choose from, each with what they have, by name.</summary>
    public IReadOnlyList<Choice> Among(IEnumerable<Colleague> colleagues) =>
        [.. colleagues.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), Open is null ? c.DisplayName : Words.WithLoad(c.DisplayName, this[c.Id])))];
}

/// <summary>Roles end in the catalogue, dossiers rest in the zone: whoever was killed between the two left dossiers with somebody who opens them no more. The zone's job finds them,
/// when a role has ended or its date has come, and at the hourly round.</summary>
internal sealed class ReleaseLeavers : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    // The zone's rows do not know when a role ends. Whoever does brings all.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase place, IHoldCaseload caseload, IStaff staff, TimeProvider clock) : IRequestHandler<Command, int>
    {
        private static readonly IReadOnlyList<Role> LeadDossiers = AccessMatrix.All.Single(row => row.Deed == May.CloseAndHandOver).Roles;

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var working = await staff.Holding(place.InZone.Id, LeadDossiers, ct);
            var holders = await zone.Set<Dossier>().Where(d => d.Closed == null && d.AssignedTo != null).Select(d => d.AssignedTo!.Value).Distinct().ToListAsync(ct);
            var released = 0;
            foreach (var gone in holders.Except(working)) released += await caseload.Release(gone, ct);
            await EndNamings(ct);
            return released;
        }

        // Whoever comes back one day was not named anew.
        private async Task EndNamings(CancellationToken ct)
        {
            var (now, here) = (clock.GetUtcNow(), await staff.Holding(place.InZone.Id, Enum.GetValues<Role>(), ct));
            var named = await zone.Set<Grant>().Where(g => (g.Kind == GrantKind.Named || g.Kind == GrantKind.Trainee || g.Kind == GrantKind.StandIn || g.Kind == GrantKind.Going) && (g.Until == null || g.Until > now)).ToListAsync(ct);
            foreach (var grant in named.Where(g => !here.Contains(g.Account))) grant.End(now);
            // A message that was put to them is for everybody again.
            foreach (var message in (await zone.Set<TrayEntry>().Where(e => e.State == TrayState.Waiting && e.For != null).ToListAsync(ct)).Where(e => !here.Contains(e.For!.Value))) message.PutTo(null);
            foreach (var choice in (await zone.Set<MailChoice>().Where(c => c.Telephone != null).ToListAsync(ct)).Where(c => !here.Contains(c.Id))) choice.Text(null);
        }
    }
}

/// <summary>Tells the coordinators that dossiers became nobody's: neither whose nor which.</summary>
internal sealed class CaseloadMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "caseload-released";
    public override string Kind => KindName;
    protected override bool InPerson => true;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.CaseloadSubject, Words.CaseloadText));
}
