using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Worklist;

/// <summary>The open dossiers of one colleague go to others, all or some, with their appointments: seen first, each in a transaction and a record of its own, taken back within ten minutes.
/// A coordinator hands over anybody's, others their own. What whoever hands over may not see is not there; what nobody of those chosen may have stays where it is.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class HandOver(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = new([], null, [], [], []);
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = new Dictionary<Guid, Colleague>();
    public IReadOnlyList<Choice> Holders => [.. Among(View.Holders), .. View.Holders.Where(h => !Names.ContainsKey(h)).Select(h => new Choice(h.ToString(), Words.Nobody))];
    public IReadOnlyList<Choice> Receivers => Among([.. View.Workers.Where(w => w != View.From)]);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    /// <summary>Shows what would go to whom; nothing is changed.</summary>
    public async Task OnPostAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        ModelState.Clear(); // chosen anew: each row shows what is proposed now
        Form = Form with { Rows = [.. View.Rows.Select(r => new Going { Dossier = r.Dossier, To = r.Proposed })], Meetings = [.. View.Meetings.Select(m => new Meeting { Dossier = m.Dossier, Contact = m.Contact, To = m.Proposed })] };
        if (View.From is not null && Form.To.Count == 0) ModelState.AddModelError("Form.To", Words.HandOverToWhom);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Form.From, Form.To), ct);
        Names = await accounts.Named(View.Holders.Concat(View.Workers), ct);
    }

    public async Task<IActionResult> OnPostDoAsync(CancellationToken ct)
    {
        var turn = await pipeline.Send(Form, ct);
        var (dossiers, done) = (turn.Steps.Select(s => s.Dossier).Distinct().ToList(), 0);
        foreach (var dossier in dossiers)
        {
            try
            {
                if (await pipeline.Send(new HandOne.Command(turn.Id, dossier), ct)) done++;
            }
            catch (RefusedException)
            {
                // Not there any more, or not theirs: said as a number.
            }
        }
        TempData["Done"] = done == dossiers.Count ? Words.HandedOver(done) : $"{Words.HandedOver(done)} {Words.BulkSkipped(dossiers.Count - done)}";
        TempData.Offer(new(turn.Id, IsAct: false), who.Caller.Self, clock.GetUtcNow());
        return RedirectToPage("/Casework/Worklist/Mine");
    }

    /// <summary>To whom a row may go; staying is always possible.</summary>
    public IReadOnlyList<Choice> Among(IReadOnlyList<Guid> mayGet) => View.Loads.Among(mayGet.Where(Names.ContainsKey).Select(w => Names[w]));

    /// <param name="Proposed">null: nobody of those chosen may have it, or it is handed over by itself.</param>
    /// <param name="Alone">Sealed: its wall is decided on at the dossier itself.</param>
    internal sealed record Row(Guid Dossier, string Number, string Initials, string SubKind, Danger Danger, DateTimeOffset? Due, IReadOnlyList<Guid> MayGet, Guid? Proposed, int Appointments, bool Alone);

    /// <summary>An appointment in a dossier that is somebody else's, or nobody's.</summary>
    internal sealed record Elsewhere(Guid Contact, Guid Dossier, string Number, DateTimeOffset At, Place Place, IReadOnlyList<Guid> MayGo, Guid? Proposed);

    /// <param name="Holders">Whose caseload the reader may hand over; of somebody who works here no more, appointments.</param>
    /// <param name="From">Whose it is; null: not chosen.</param>
    internal sealed record Answer(IReadOnlyList<Guid> Holders, Guid? From, IReadOnlyList<Row> Rows, IReadOnlyList<Elsewhere> Meetings, IReadOnlyList<Guid> Workers) : IListDossiers
    {
        public Loads Loads { get; init; } = Loads.None;

        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Dossier).Concat(Meetings.Select(m => m.Dossier)).Distinct();
    }

    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid? From, IReadOnlyList<Guid> To) : IQuery<Answer>;

    internal sealed record Going
    {
        public Guid Dossier { get; init; }

        /// <summary>null: it stays.</summary>
        public Guid? To { get; init; }
    }

    internal sealed record Meeting
    {
        public Guid Dossier { get; init; }
        public Guid Contact { get; init; }
        public Guid? To { get; init; }
    }

    /// <summary>Says what will go to whom and remembers how it was; the deeds follow dossier by dossier.</summary>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<Bulk.Turn>
    {
        public Guid? From { get; init; }
        public List<Guid> To { get; init; } = [];
        public List<Going> Rows { get; init; } = [];
        public List<Meeting> Meetings { get; init; } = [];

        /// <summary>Its appointments stay with whoever made them.</summary>
        public bool KeepsAppointments { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Colleagues colleagues, Diary diary, Zones.Contracts.IStaff staff, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Bulk.Turn>
    {
        /// <summary>As many in one go as a page shows.</summary>
        private const int Most = 100;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var workers = await staff.Holding(here.InZone.Id, [Role.Coordinator, Role.Caseworker], ct);
            var (holders, loads) = (await Holders(ct), await Loads.For(caller, zone, guard, ct));
            // Whoever holds nothing that is there for the reader is nobody.
            if (query.From is not { } from || !holders.Contains(from)) return new Answer(holders, null, [], [], workers) { Loads = loads };
            var to = query.To.Where(t => t != from && workers.Contains(t)).Distinct().ToList();
            var held = await (await Of(from, ct)).OrderBy(d => d.NextDue).ThenBy(d => d.Id).Take(Most).ToListAsync(ct);
            var leads = held.Select(d => d.Lead).OfType<Guid>().ToList();
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => leads.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id);
            await keys.Fetch(people.Keys, ct);
            var planned = await Planned(from, ct);
            var (rows, load) = (new List<Row>(), to.ToDictionary(t => t, t => loads[t]));
            foreach (var dossier in held)
            {
                var alone = dossier.Protection == Protection.Sealed || (dossier.Protection == Protection.Restricted && !await guard.Leads(dossier, ct));
                var mayGet = alone ? [] : (await colleagues.WhoMayGet(dossier, ct)).Where(w => w != from).ToList();
                Guid? proposed = to.Where(mayGet.Contains).OrderBy(t => load[t]).Select(t => (Guid?)t).FirstOrDefault();
                if (proposed is { } one) load[one]++;
                rows.Add(new Row(dossier.Id, dossier.Number, dossier.Lead is { } lead && people.TryGetValue(lead, out var person) ? person.Identity.Value.Initials : "–", dossier.SubKind, dossier.Danger, dossier.NextDue, mayGet, proposed, planned.Count(p => p.DossierId == dossier.Id), alone));
            }
            return new Answer(holders, from, rows, await Others(from, planned, to, ct), workers) { Loads = loads };
        }

        public async Task<Bulk.Turn> Handle(Command form, CancellationToken ct)
        {
            if (form.From is not { } from || !(await Holders(ct)).Contains(from)) throw Nothing(nameof(Command.From));
            var (chosen, now) = (form.Rows.Where(r => r.To is { } to && to != from).DistinctBy(r => r.Dossier).Take(Most).ToDictionary(r => r.Dossier, r => r.To!.Value), clock.GetUtcNow());
            var (ids, planned) = (chosen.Keys.ToList(), await Planned(from, ct));
            var there = await (await Of(from, ct)).Where(d => ids.Contains(d.Id) && d.Protection != Protection.Sealed).Select(d => d.Id).ToListAsync(ct);
            var steps = there.Select(d => new BulkStep(d, d, BulkStep.Of(from), BulkStep.Of(chosen[d]))).ToList();
            if (!form.KeepsAppointments) steps.AddRange(planned.Where(p => there.Contains(p.DossierId)).Select(p => new BulkStep(p.DossierId, p.Id, BulkStep.Of(from), BulkStep.Of(chosen[p.DossierId]))));
            steps.AddRange(form.Meetings.Where(m => m.To is { } to && to != from && !there.Contains(m.Dossier)).DistinctBy(m => m.Contact).Take(Most).Where(m => planned.Any(p => p.Id == m.Contact && p.DossierId == m.Dossier)).Select(m => new BulkStep(m.Dossier, m.Contact, BulkStep.Of(from), BulkStep.Of(m.To))));
            if (steps.Count == 0) throw Nothing(nameof(Command.To));
            var turn = BulkTurn.Take(BulkAct.HandOver, steps, caller.Self, now);
            zone.Add(turn);
            return new Bulk.Turn(turn.Id, BulkAct.HandOver, steps);
        }

        private static ValidationException Nothing(string field) => new([new ValidationFailure(field, Words.HandOverNothing)]);

        // A coordinator's are all who hold what is there for them; anybody else's is themselves.
        private async Task<IReadOnlyList<Guid>> Holders(CancellationToken ct)
        {
            if (!caller.May(May.OpenAnyDossierOfTheZone)) return [caller.Self];
            var (now, seen) = (clock.GetUtcNow(), zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null));
            var holders = await seen.Where(d => d.AssignedTo != null).Select(d => d.AssignedTo!.Value).Distinct().ToListAsync(ct);
            var going = await zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned && c.At > now).Where(c => seen.Any(d => d.Id == c.DossierId)).Select(c => new { c.Worker, c.Companion }).ToListAsync(ct);
            return [.. holders.Concat(going.SelectMany(g => new[] { g.Worker, g.Companion }).OfType<Guid>()).Distinct()];
        }

        private async Task<IQueryable<Dossier>> Of(Guid from, CancellationToken ct) => zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null && d.AssignedTo == from);

        private async Task<List<Contact>> Planned(Guid from, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return await zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned && c.At > now && (c.Worker == from || c.Companion == from)).OrderBy(c => c.At).Take(500).ToListAsync(ct);
        }

        private async Task<IReadOnlyList<Elsewhere>> Others(Guid from, List<Contact> planned, List<Guid> to, CancellationToken ct)
        {
            var ids = planned.Select(p => p.DossierId).Distinct().ToList();
            var seen = await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => ids.Contains(d.Id) && d.Closed == null && d.AssignedTo != from && d.Protection != Protection.Sealed).ToDictionaryAsync(d => d.Id, ct);
            var found = new List<Elsewhere>();
            foreach (var meeting in planned.Where(p => seen.ContainsKey(p.DossierId)).Take(Most))
            {
                var dossier = seen[meeting.DossierId];
                var mayGo = (await diary.WhoMayGo(dossier, null, ct)).Where(w => w != from).ToList();
                found.Add(new Elsewhere(meeting.Id, dossier.Id, dossier.Number, meeting.At, meeting.Place, mayGo, dossier.AssignedTo is { } worker && mayGo.Contains(worker) ? worker : to.Where(mayGo.Contains).Select(t => (Guid?)t).FirstOrDefault()));
            }
            return found;
        }
    }
}
