using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>What the receiving zone says.</summary>
internal enum Decision { Accept = 1, Ask = 2, Refuse = 3 }

/// <summary>A coordinator accepts what another zone hands over, refuses it, or asks. Accepted, it is a dossier here with all that came, under keys of this zone, and a colleague who has it.</summary>
[Requires(May.OpenAnyDossierOfTheZone)]
internal sealed class Decide(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Handover { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public string From { get; private set; } = "";
    public IReadOnlyList<Choice> Decisions => Choice.All<Decision>(Words.Of);
    public IReadOnlyList<Choice> Workers { get; private set; } = [];

    /// <summary>What is offered, and what was ticked and is offered no more: the error stands there.</summary>
    public IReadOnlyList<Choice> Ways =>
    [
        .. View.Ways.Select(w => new Choice(w.Way.ToString(), Words.ChannelRule(w.Name, Words.Of(w.Way.Channel)), $"{Words.ChannelRule(Words.SafeContact, Words.Of(Rule.Safe))}. “{w.Says}”")),
        .. Form.Tell.Select(Reminder.Read).OfType<Reminder>().Distinct().Where(t => View.Ways.All(w => w.Way != t) && View.Names.ContainsKey(t.Person)).Select(t => new Choice(t.ToString(), Words.ChannelRule(View.Names[t.Person], Words.Of(t.Channel)))),
    ];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Handover), ct);
        From = (await pipeline.Send(new Neighbours.Query(), ct)).Say(View.From);
        Workers = View.Loads.Among((await accounts.Named(View.Workers, ct)).Values);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Guid? dossier;
        try
        {
            dossier = await pipeline.Send(Form with { Handover = Handover, Once = Once }, ct);
        }
        catch (RefusedException refused) when (refused.Field is { } field && Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; what was typed stays, and the page says why.
            ModelState.AddModelError("Form." + field, Words.Of(bar));
            await ShowAgain(ct);
            return Page();
        }
        TempData["Done"] = Words.Noted;
        if (dossier is not { } made) return RedirectToPage("/Casework/Handovers/Show", new { Handover });
        return await pipeline.Send(new StillMine.Query(made), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { dossier = made }) : RedirectToPage("/Casework/Handovers/List");
    }

    /// <summary>By what somebody may be told at once, and what they would read.</summary>
    internal sealed record Offer(Reminder Way, string Name, string Says);

    /// <param name="IsOpen">It may still be decided on.</param>
    /// <param name="Names">Of those who came, by the key under which they did.</param>
    internal sealed record Answer(string From, bool IsOpen, IReadOnlyList<Guid> Workers, IReadOnlyList<Offer> Ways, IReadOnlyDictionary<Guid, string> Names)
    {
        public Loads Loads { get; init; } = Loads.None;
    }

    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Query(Guid Handover) : IQuery<Answer>;

    /// <returns>The dossier it became; null: it became none.</returns>
    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Command : ICommand<Guid?>
    {
        public Decision? Decision { get; init; }

        /// <summary>Who has the dossier; null: nobody yet.</summary>
        public Guid? Worker { get; init; }

        /// <summary>Who is told at once and by what, each as <see cref="Reminder"/> writes it; nobody, unless ticked.</summary>
        public List<string> Tell { get; init; } = [];
        public string? Question { get; init; }
        public string? Reason { get; init; }
        internal Guid Handover { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Decision).NotNull().WithMessage(_ => Words.ZoneHandoverChooseDecision).IsInEnum().WithMessage(_ => Words.ZoneHandoverChooseDecision);
            RuleFor(c => c.Tell).Must(t => t.Select(Reminder.Read).ToList() is var read && !read.Contains(null) && read.DistinctBy(one => one!.Person).Count() == read.Count).When(c => c.Decision == Handovers.Decision.Accept).WithMessage(_ => Words.RemindOneWay);
            RuleFor(c => c.Question).Must(t => !string.IsNullOrWhiteSpace(t)).When(c => c.Decision == Handovers.Decision.Ask).WithMessage(_ => Words.ZoneHandoverEnterQuestion).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Reason).Must(t => !string.IsNullOrWhiteSpace(t)).When(c => c.Decision == Handovers.Decision.Refuse).WithMessage(_ => Words.ZoneHandoverEnterRefusal).MaximumLength(4000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Colleagues colleagues, Joining joining, Telling telling, UseCase here, Trail trail, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid?>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (handover, _) = await proposals.Read(query.Handover, ct);
            if (!handover.CameIn) throw new RefusedException("absent", query.Handover);
            return new Answer(handover.Other, handover.IsOpen, await colleagues.WhoMayTake(handover.Id, ct), handover.Content is { } content ? await Offers(handover, content.Value, ct) : [],
                (handover.Content?.Value.People ?? []).ToDictionary(p => p.Key, p => p.Identity.FullName)) { Loads = await Loads.For(caller, zone, guard, ct) };
        }

        private async Task<IReadOnlyList<Offer>> Offers(Handover handover, HandedOver content, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            // Only looked at: it becomes a dossier, with a number, when it is accepted.
            var dossier = content.Becomes(DossierNumber.Of(Moment.Day(now).Year, 1, here.InZone.Keys.NumberKey), caller.Self, handover.ProposedAt, now);
            return [.. (await telling.May(dossier, content, ct)).Join(content.People, w => w.Person, p => p.Key, (w, p) => new Offer(w, p.Identity.FullName, Telling.Says(p.Language)))];
        }

        public async Task<Guid?> Handle(Command form, CancellationToken ct)
        {
            // Whoever brings people into dossiers takes the year's turn first.
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (handover, now) = (await proposals.Theirs(form.Handover, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return handover.DossierId == handover.Id ? null : handover.DossierId;
            // Accepted in another tab it is one dossier all the same.
            if (handover.State == HandoverState.Accepted && form.Decision == Handovers.Decision.Accept) return handover.DossierId;
            if (!handover.IsOpen) throw Wrong(nameof(Command.Decision), Words.ZoneHandoverDecidedMeanwhile);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = handover.Id });
            switch (form.Decision!.Value)
            {
                case Handovers.Decision.Ask:
                    handover.Ask((await settings.Of(here.InZone.Id, ct)).HandoverAnswerWithin, now);
                    await proposals.Turn(handover, HandoverStep.Asked, form.Question!.Trim(), ct);
                    return null;
                case Handovers.Decision.Refuse:
                    handover.Refuse(now);
                    await proposals.Turn(handover, HandoverStep.Refused, form.Reason!.Trim(), ct);
                    return null;
                default:
                    return await Accept(handover, form, now, ct);
            }
        }

        private async Task<Guid> Accept(Handover handover, Command form, DateTimeOffset now, CancellationToken ct)
        {
            if (form.Worker is { } chosen && !(await colleagues.WhoMayTake(handover.Id, ct)).Contains(chosen)) throw Wrong(nameof(Command.Worker), Words.ZoneHandoverChooseWorker);
            var (content, rules, year) = (handover.Content!.Value, await settings.Of(here.InZone.Id, ct), Moment.Day(now).Year);
            var dossier = content.Becomes(DossierNumber.Of(year, await DossierCounter.Next(zone, year, ct), here.InZone.Keys.NumberKey), caller.Self, handover.ProposedAt, now);
            zone.Add(dossier);
            var (walled, people, risks, told) = (new HashSet<Guid>(), new Dictionary<Guid, Guid>(), new List<Risk>(), form.Tell.Select(Reminder.Read).OfType<Reminder>().ToDictionary(t => t.Person, t => t.Channel));
            if (told.Keys.Any(key => content.Told || content.People.All(p => p.Key != key))) throw new RefusedException("absent", handover.Id);
            foreach (var came in content.People)
            {
                var (person, safe, risk, interpreter) = came.Enters(dossier, caller.Self, now);
                if (told.TryGetValue(came.Key, out var channel) && await telling.Tell(dossier, came, person, safe, channel, ct) is not Bar.None and var bar) throw new RefusedException(bar.Code(), handover.Id) { Field = nameof(Command.Tell) };
                dossier.Lead ??= person.Id;
                people[came.Key] = person.Id;
                if (interpreter is not null) zone.Add(interpreter);
                if (risk is not null) risks.Add(risk);
                walled.UnionWith(await joining.Into(dossier, person, safe, null, ct, CaseOrigin.HandedOver));
            }
            Assessed(dossier, risks, now);
            if (content.Restricted) dossier.Protect(Protection.Restricted);
            if (form.Worker is { } one && !walled.Contains(one)) Give(dossier, one, now);
            trail.Concerns(dossier.Id, "intake");
            Plan(dossier, content, people, told.Keys, rules, now);
            foreach (var note in content.Notes) zone.Add(Note.Write(dossier.Id, note.Persons.Select(p => people[p]), Layer.Assistance, $"{handover.Other} {content.Number}, {Moment.Show(note.At)}: {note.Text}", caller.Self, now));
            var key = here.InZone.Keys.Search;
            SearchToken.Add(zone, key, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
            foreach (var report in content.Reports) OfficialReport.Add(zone, key, dossier.Id, report, now);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Opened, caller.Self, now));
            handover.AcceptInto(dossier.Id, now);
            await proposals.Turn(handover, HandoverStep.Accepted, null, ct, number: dossier.Number);
            return dossier.Id;
        }

        // As where somebody notes it: what is urgent there is urgent here.
        private void Assessed(Dossier dossier, List<Risk> risks, DateTimeOffset now)
        {
            foreach (var risk in risks) zone.AddRange(risk, Milestone.Reached(dossier.Id, MilestoneKind.RiskNoted, caller.Self, now, code: (int)risk.Level));
            dossier.Assessed(risks);
            dossier.Touch();
        }

        private void Give(Dossier dossier, Guid worker, DateTimeOffset now)
        {
            dossier.Assign(worker);
            // Whoever gets a restricted dossier is named by it.
            if (dossier.Protection == Protection.Restricted) zone.Add(Grant.Give(dossier.Id, worker, GrantKind.Named, now, null, caller.Self));
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, now, worker));
            if (worker != caller.Self) zone.Add(OutboxMessage.New(Notices.Caseload(dossier.Id, worker), Notices.CaseloadReceived, dossier.Id, worker, now));
        }

        // They hear who is there for them now: at once, where that was ticked; else in a letter, where letters are safe and nobody has told them; in any case when they are reached for the first time. The gate is asked for all.
        private void Plan(Dossier dossier, HandedOver content, Dictionary<Guid, Guid> people, IReadOnlyCollection<Guid> told, ZoneSettings rules, DateTimeOffset now)
        {
            // One each: who reached the mother has not reached her daughters.
            foreach (var person in content.People.Where(p => p.Capacity.IsHelped())) Add(FollowUp.Plan(dossier.Id, [people[person.Key]], ActKind.FirstContact, Words.ZoneHandoverTellThem, now + rules.FirstContactWithin, caller.Self, now));
            var byLetter = content.Told ? [] : content.People.Where(p => !told.Contains(p.Key) && p.Rules.Letter == Rule.Safe && !p.IsMinorAt(now) && !string.IsNullOrWhiteSpace(p.Identity.Address)).Select(p => people[p.Key]).ToList();
            if (byLetter.Count > 0) Add(FollowUp.Plan(dossier.Id, byLetter, ActKind.Letter, Words.ZoneHandoverTellThem, now, caller.Self, now));
            foreach (var act in content.Acts.Where(a => a.Kind != ActKind.FirstContact)) Add(FollowUp.Plan(dossier.Id, act.Persons.Select(p => people[p]), act.Kind, null, act.DueAt > now ? act.DueAt : now, caller.Self, now));

            void Add(FollowUp act)
            {
                zone.Add(act);
                dossier.Awaits(act.DueAt);
            }
        }

        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
