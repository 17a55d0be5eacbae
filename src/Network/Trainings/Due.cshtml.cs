using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Invitations;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>Colleagues whom the zone knows, from its trainings or by an account of theirs, and who were at none on a topic for some years, or never; they can be reminded by mail.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Due(IMediator pipeline, WhereAndWho who, IZoneSettings settings) : PageModel
{
    private const int Fewest = 1, Most = 10;

    /// <summary>Whoever holds one of these has to do with those who are helped, and is to be trained.</summary>
    internal static readonly IReadOnlyList<Role> Trained = [Role.ZoneAdministrator, Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee, Role.FrontDesk];

    /// <summary>Instead of a topic: whatever it was about.</summary>
    public const string AnyTopic = "ANY";

    /// <summary>Code of a shipped topic, or any; where it is neither, the first.</summary>
    [BindProperty(SupportsGet = true)] public string? Topic { get; set; }

    /// <summary>From 1 to 10; any other is the zone's own.</summary>
    [BindProperty(SupportsGet = true)] public int? Years { get; set; }
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    /// <summary>A mail to a colleague names the topic.</summary>
    public bool MayRemind => Topic != AnyTopic && who.Caller.May(May.KeepTrainings);
    public bool NeedsTopic => Topic == AnyTopic && who.Caller.May(May.KeepTrainings);
    public IReadOnlyList<Choice> Topics => [.. TrainingTopics.Choices, new Choice(AnyTopic, Words.TrainingAnyTopic)];
    public IReadOnlyList<Choice> YearChoices => [.. Enumerable.Range(Fewest, Most).Select(y => y.ToString(CultureInfo.CurrentCulture)).Select(y => new Choice(y, y))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await Narrow(ct);
        Rows = await pipeline.Send(new Query(Topic!, Years!.Value), ct);
    }

    public async Task<IActionResult> OnPostRemindAsync(CancellationToken ct)
    {
        await Narrow(ct);
        if (!MayRemind) return RedirectToPage(new { Topic, Years });
        TempData["Done"] = Words.TrainingReminded(await pipeline.Send(new Remind(Topic!, Years!.Value), ct));
        return RedirectToPage(new { Topic, Years });
    }

    private async Task Narrow(CancellationToken ct)
    {
        if (Topic != AnyTopic) Topic = TrainingTopics.Find(Topic)?.Code ?? TrainingTopics.All[0].Code;
        if (Years is not (>= Fewest and <= Most)) Years = (await settings.Of(who.Zone!.Id, ct)).TrainedEvery;
        ModelState.Clear(); // what is asked instead is what the boxes show
    }

    /// <summary>A colleague as one entry shows them: in a training of this zone, or registered for another's; or as their account does.</summary>
    /// <param name="Trained">Days on which they were trained on the topic by it.</param>
    internal sealed record Known(Guid Id, string FullName, string Unit, string? Mailbox, string Language, DateTimeOffset Added, int Number, IReadOnlyList<DateOnly> Trained)
    {
        public string NameAndUnit => Participant.Same(FullName, Unit);

        // A name would stand in the log.
        public override string ToString() => "•••";
    }

    /// <param name="Latest">Their latest entry in any training, or their account: by it they are known.</param>
    /// <param name="Last">The day they were last trained on the topic; null: never, as far as the zone knows.</param>
    /// <param name="Entries">All by which they are known.</param>
    /// <param name="ByAccount">They stand in no training at all.</param>
    internal sealed record Row(Known Latest, DateOnly? Last, IReadOnlyList<Guid> Entries, bool ByAccount = false);

    [Requires(May.SeeTrainings)]
    internal sealed record Query(string Topic, int Years) : IQuery<IReadOnlyList<Row>>;

    /// <summary>Reminds those who have a mailbox; the same colleague of the same topic once a month at most.</summary>
    /// <returns>How many are reminded by this.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Remind(string Topic, int Years) : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock, UseCase here, IStaff staff, IAccounts accounts) : IRequestHandler<Query, IReadOnlyList<Row>>, IRequestHandler<Remind, int>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var all = (await Here(query.Topic, now, ct)).Concat(await Elsewhere(query.Topic, ct)).OrderBy(p => p.Added).ThenBy(p => p.Number).ToList();
            var since = Moment.Day(now).AddYears(-query.Years);
            // Who gave an address once is the same colleague where only name and unit were given; of two namesakes nobody knows which. A mailbox that several share makes nobody of them one (OneColleague tells them apart likewise).
            var boxes = all.Where(p => p.Mailbox is not null).GroupBy(p => p.NameAndUnit, p => p.Mailbox!.ToLowerInvariant(), StringComparer.Ordinal).Where(g => g.Distinct(StringComparer.Ordinal).Count() == 1).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
            var listed = all.GroupBy(p => (p.Mailbox?.ToLowerInvariant() ?? boxes.GetValueOrDefault(p.NameAndUnit)) is { } box ? $"{box}|{Participant.Same(p.FullName, "")}" : p.NameAndUnit, StringComparer.Ordinal)
                .Select(g => new Row(g.LastOrDefault(p => p.Mailbox is not null) ?? g.Last(), g.SelectMany(p => p.Trained).Select(d => (DateOnly?)d).Max(), [.. g.Select(p => p.Id)]))
                .Where(r => r.Last is null || r.Last < since);
            return [.. listed.Concat(await InNone(all, ct)).OrderBy(r => r.Latest.Unit, StringComparer.CurrentCulture).ThenBy(r => r.Latest.FullName, StringComparer.CurrentCulture)];
        }

        // Who works here and stands in no training, by the address, or by the name where no entry under it has another address.
        private async Task<IEnumerable<Row>> InNone(IReadOnlyCollection<Known> all, CancellationToken ct)
        {
            var (boxes, names) = (all.Select(p => p.Mailbox?.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal), all.Where(p => p.Mailbox is null).Select(p => Participant.Same(p.FullName, "")).ToHashSet(StringComparer.Ordinal));
            return (await accounts.Named(await staff.Holding(here.InZone.Id, Trained, ct), ct)).Values.Where(a => !boxes.Contains(a.Email.ToLowerInvariant()) && !names.Contains(Participant.Same(a.DisplayName, "")))
                .Select(a => new Row(new Known(a.Id, a.DisplayName, "", a.Email, a.Language, default, 0, []), null, [a.Id], ByAccount: true));
        }

        // Whoever came from another zone is looked after there.
        private async Task<IEnumerable<Known>> Here(string topic, DateTimeOffset now, CancellationToken ct)
        {
            var trained = (await zone.Set<Training>().AsNoTracking().Where(t => (topic == AnyTopic || t.Topic == topic) && t.Cancelled == null).Select(t => t.Id).ToListAsync(ct)).ToHashSet();
            var days = (await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.Start <= now).ToListAsync(ct)).ToDictionary(s => s.Id, s => s.Day);
            var all = await zone.Set<Participant>().AsNoTracking().Where(p => p.From == null).ToListAsync(ct);
            await keys.Fetch(all.Select(p => p.TrainingId), ct);
            return all.Where(p => !p.IsNameless).Select(p => new Known(p.Id, p.FullName, p.Unit, p.Mailbox, p.Language, p.Added, p.Number, [.. p.Attended.Where(s => trained.Contains(p.TrainingId) && days.ContainsKey(s)).Select(s => days[s])]));
        }

        // Trained by a neighbour is trained.
        private async Task<IEnumerable<Known>> Elsewhere(string topic, CancellationToken ct)
        {
            var all = await zone.Set<Registration>().AsNoTracking().ToListAsync(ct);
            if (all.Count == 0) return [];
            var days = (await zone.Set<Invitation>().AsNoTracking().Where(i => (topic == AnyTopic || i.Topic == topic) && !i.IsCancelled).ToListAsync(ct)).SelectMany(i => i.Sittings).ToDictionary(s => s.Id, s => Moment.Day(s.Start));
            await keys.Fetch(all.Select(r => r.InvitationId), ct);
            return all.Where(r => !r.IsNameless).Select(r => new Known(r.Id, r.FullName, r.Unit, r.Mailbox, r.Language, r.Added, 0, [.. r.Attended.Where(days.ContainsKey).Select(s => days[s])]));
        }

        public async Task<int> Handle(Remind command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            // Whichever of their entries it went by, and whatever the years: it is the same reminder.
            var told = await DueMail.Told(zone, command.Topic, now, ct);
            var anew = (await Handle(new Query(command.Topic, command.Years), ct)).Where(r => r.Latest.Mailbox is not null && !r.Entries.Any(told.Contains)).Select(r => DueMail.New(r.Latest.Id, command.Topic, command.Years, now)).ToList();
            zone.AddRange(anew);
            return anew.Count;
        }
    }
}
