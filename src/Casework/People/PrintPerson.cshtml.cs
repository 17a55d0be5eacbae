using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Referrals;
using VictimSupport.Casework.Sharings;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>What a dossier holds of one helped person, for paper: the rules of safe contact on top of each page, then what names this person and nobody else. Everybody else is a capacity. Recorded with its reason before it is shown.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class PrintPerson(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string Name { get; private set; } = "";

    /// <summary>null: nothing was asked for yet.</summary>
    public Sheet? Paper { get; private set; }

    /// <summary>Who printed it and when: on every page of it.</summary>
    public string Mark { get; private set; } = "";
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = new Dictionary<Guid, Colleague>();
    public IReadOnlyList<Choice> LayersOffered => Choice.All<Layer>(Words.Of);
    public IReadOnlyList<Choice> Reasons => Choice.All<PrintReason>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Layers = [Layer.Assistance] };
    }

    public async Task ShowAgain(CancellationToken ct) => Name = await pipeline.Send(new Query(Dossier, Person), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Paper = await pipeline.Send(Form with { Dossier = Dossier, Person = Person }, ct);
        Name = Paper.Name;
        Names = await accounts.Named(Paper.Entries.Select(e => e.By).Append(who.Caller.Self), ct);
        Mark = Words.PrintedBy(NameOf(who.Caller.Self), Moment.Show(clock.GetUtcNow()));
        return Page();
    }

    public string NameOf(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <param name="Layer">null: of neither layer.</param>
    internal sealed record Entry(DateTimeOffset At, Guid By, string Title, Layer? Layer, string? Text);

    /// <summary>What stands on the paper.</summary>
    /// <param name="Facts">The sub-kind, in the zone's own word where it has one.</param>
    /// <param name="Rules">As they hold when it is printed, and as others are told: it goes from hand to hand.</param>
    /// <param name="Details">Without the names of others.</param>
    /// <param name="Reports">Numbers of official reports, where facts for the police file were chosen.</param>
    /// <param name="LeftOut">Entries that name somebody else too, still wait for a second name, or of which the person was not told: said on the screen, never on the paper.</param>
    internal sealed record Sheet(string Number, string Name, Capacity Capacity, bool CountsAsVictim, string Language, string Facts, DateTimeOffset? FactsAt, RulesForOthers Rules, SafeDetails Details, bool IsMinor, bool MustNotBeConfirmed,
        IReadOnlyList<string> Stands, Risk? Risk, IReadOnlyList<string> Reports, IReadOnlyList<Entry> Entries, int LeftOut)
    {
        /// <summary>How they are interpreted for, and never by whom: that is somebody else. null: not at all.</summary>
        public InterpreterKind? Interpreter { get; init; }

        /// <summary>The person's own, the latest first. Of the layer of assistance.</summary>
        public IReadOnlyList<Referred> Referrals { get; init; } = [];

        /// <summary>What the person agreed that a partner be told, the latest first. Of the layer of assistance.</summary>
        public IReadOnlyList<Agreed> Consents { get; init; } = [];

        /// <summary>What was shared of this person outside the team and they were told of, the latest first. Of the layer of assistance.</summary>
        public IReadOnlyList<Shared> Sharings { get; init; } = [];

        /// <summary>What was put in about this person, the latest first; what stands in them is not printed.</summary>
        public IReadOnlyList<Kept> Documents { get; init; } = [];
    }

    internal sealed record Referred(string Partner, Network.Contracts.Need Need, ReferralState State, DateTimeOffset Offered, DateTimeOffset Since);

    /// <param name="On">The day on which they agreed.</param>
    internal sealed record Agreed(string Partner, int Version, IReadOnlyList<SharedField> Fields, DateOnly On, DateTimeOffset? Withdrawn);

    internal sealed record Shared(SharingGround Ground, string Recipient, DateTimeOffset At);

    internal sealed record Kept(string Title, DocumentKind Kind, DateTimeOffset At, Layer Layer);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<string>;

    /// <summary>A command, so that nothing is shown without its record.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Sheet>, ISensitive
    {
        public List<Layer> Layers { get; init; } = [];
        public PrintReason? Reason { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Layers).NotEmpty().WithMessage(_ => Words.ChooseLayer);
            RuleForEach(c => c.Layers).IsInEnum().WithMessage(_ => Words.ChooseLayer);
            RuleFor(c => c.Reason).Must(r => r is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.ChoosePrintReason);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys, UseCase here, Zones.Contracts.IZoneSettings settings, Network.Contracts.IPartners partners, Gate gate, Trail trail, TimeProvider clock) : IRequestHandler<Query, string>, IRequestHandler<Command, Sheet>
    {
        public async Task<string> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            return ((await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Person && p.DossierId == dossier.Id, ct)) is { IsHelped: true } person ? person : throw new RefusedException("absent", dossier.Id)).Identity.Value.FullName;
        }

        public async Task<Sheet> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Read(form.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
            var person = people.Find(p => p.Id == form.Person && p.IsHelped) ?? throw new RefusedException("absent", dossier.Id);
            trail.Because("print-" + form.Reason!.Value, dossier.Id);
            var (identity, safe) = (person.Identity.Value, await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person));
            var now = clock.GetUtcNow();
            var rules = await gate.ForOthers(person, safe, people, now, ct);
            var black = new Blackout(identity, people.Where(p => p.Id != person.Id).Select(p => (p.Identity.Value, p.Capacity)));
            var (entries, leftOut) = await Entries(dossier.Id, person.Id, form, black, ct);
            var risks = await zone.Set<Risk>().AsNoTracking().Where(r => r.DossierId == dossier.Id).ToListAsync(ct);
            var reports = form.Layers.Contains(Layer.Police) ? await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderBy(r => r.Id).ToListAsync(ct) : [];
            var facts = (await OwnCodes.WordsOf(zone, [dossier.OwnSubKind], ct)).Of(dossier.OwnSubKind) ?? Words.Of("SubKind_" + dossier.SubKind);
            var (documents, apart) = await Documents(dossier.Id, person.Id, form.Layers, black, ct);
            var (sharings, untold) = form.Layers.Contains(Layer.Assistance) ? await Sharings(dossier.Id, person.Id, black, ct) : ([], 0);
            return new Sheet(dossier.Number, identity.FullName, person.Capacity, person.Capacity.CountsAsVictim((await settings.Of(here.InZone.Id, ct)).Victim, dossier.IsOffence), person.Language, facts, dossier.FactsAt,
                rules, black.Of(rules.Details), person.IsMinorAt(now), safe.MustNotBeConfirmed(person.IsMinorAt(now), dossier.IsDangerous) || rules.ForbidsSomething, await Stands(dossier.Id, person.Id, people, black, ct), Risk.Latest(risks.Where(r => r.Persons.All(p => p == person.Id)), person.Id), [.. reports.Select(r => r.Number.Value)], entries, leftOut + apart + untold)
            {
                Interpreter = await zone.Set<Interpreter>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == person.Id, ct) is { Kind: not InterpreterKind.None } interpreter ? interpreter.Kind : null,
                Referrals = form.Layers.Contains(Layer.Assistance) ? await Referrals(dossier.Id, person.Id, black, ct) : [], Documents = documents,
                Consents = form.Layers.Contains(Layer.Assistance) ? await Consents(dossier.Id, person.Id, black, ct) : [], Sharings = sharings,
            };
        }

        private async Task<IReadOnlyList<Referred>> Referrals(Guid dossier, Guid person, Blackout black, CancellationToken ct)
        {
            var own = await zone.Set<Referral>().AsNoTracking().Where(r => r.DossierId == dossier && r.PersonId == person).OrderByDescending(r => r.Id).ToListAsync(ct);
            var asked = await partners.Of([.. own.Select(r => r.PartnerId)], ct);
            return [.. own.Select(r => new Referred(asked.TryGetValue(r.PartnerId, out var partner) ? black.Of(partner.Organisation) : "–", r.Need, r.State, r.OfferedAt, r.TurnedAt))];
        }

        private async Task<IReadOnlyList<Agreed>> Consents(Guid dossier, Guid person, Blackout black, CancellationToken ct)
        {
            var own = await zone.Set<Consent>().AsNoTracking().Where(c => c.DossierId == dossier && c.PersonId == person).OrderByDescending(c => c.At).ThenByDescending(c => c.Version).ToListAsync(ct);
            var told = await partners.Of([.. own.Select(c => c.PartnerId)], ct);
            return [.. own.Select(c => new Agreed(told.TryGetValue(c.PartnerId, out var partner) ? black.Of(partner.Organisation) : "–", c.Version, c.Fields, c.On, c.Withdrawn))];
        }

        // What the person was not told they do not learn from a paper: that is decided with whoever decided it.
        private async Task<(IReadOnlyList<Shared> Sharings, int LeftOut)> Sharings(Guid dossier, Guid person, Blackout black, CancellationToken ct)
        {
            var about = (await zone.Set<Sharing>().AsNoTracking().Where(s => s.DossierId == dossier).OrderByDescending(s => s.At).ToListAsync(ct)).Where(s => s.Persons.Contains(person)).ToList();
            var own = about.Where(s => s.Told && s.Persons.TrueForAll(p => p == person)).ToList();
            return ([.. own.Select(s => new Shared(s.Ground, black.Of(s.Content.Value.Recipient), s.At))], about.Count - own.Count);
        }

        // As with what was written: of this person and nobody else, and as good as any other.
        private async Task<(IReadOnlyList<Kept> Documents, int LeftOut)> Documents(Guid dossier, Guid person, List<Layer> layers, Blackout black, CancellationToken ct)
        {
            var about = (await zone.Set<Document>().AsNoTracking().Where(d => d.DossierId == dossier && d.Withdrawn == null).OrderByDescending(d => d.Id).ToListAsync(ct)).Where(d => layers.Contains(d.Layer) && d.Persons.Contains(person)).ToList();
            var own = about.Where(d => d.Counts() && d.Persons.TrueForAll(p => p == person)).ToList();
            return ([.. own.Select(d => new Kept(black.Of(d.Head!.Value.Title), d.Kind, d.At, d.Layer))], about.Count - own.Count);
        }

        private async Task<(IReadOnlyList<Entry> Entries, int LeftOut)> Entries(Guid dossier, Guid person, Command form, Blackout black, CancellationToken ct)
        {
            var (all, leftOut, printed) = (new List<Entry>(), 0, new HashSet<Guid>());
            foreach (var note in await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier).ToListAsync(ct))
                if (IsOwn(note.Persons, note.Layer, note.Counts())) all.Add(new Entry(note.At, note.By, Words.NoteTitle, note.Layer, black.Of(note.Text.Value)));
            foreach (var contact in await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier).ToListAsync(ct))
            {
                if (!IsOwn(contact.Persons, contact.Layer, contact.Counts())) continue;
                var title = contact switch
                {
                    { IsPlanned: true } => Words.PrintAppointmentAt(Words.Of(contact.Place)),
                    { Held: true } => Words.ContactHeld(Words.Of(contact.Place), contact.Minutes),
                    { Cancelled: { } why } => Words.ContactCancelled(Words.Of(contact.Place), Words.Of(why)),
                    _ => Words.ContactMissed(Words.Of(contact.Place)),
                };
                if (contact.ForThem) title = Words.ForThem(contact.With is { } other ? $"{title} ({Words.Of(other)})" : title);
                var said = string.Join('\n', ((string[])[string.Join(", ", contact.Services.Select(s => Words.Of(s))), contact.Informed.Count == 0 ? "" : Words.InformedOf(string.Join(", ", contact.Informed.Select(t => Words.Of(t)))), .. contact.AskedInWords().Select(black.Of), black.May(contact.Note?.Value) ?? ""]).Where(l => l.Length > 0));
                all.Add(new Entry(contact.At, contact.By, title, contact.Layer, said.Length == 0 ? null : said));
                printed.Add(contact.Id);
            }
            // Whoever asks what is kept of them is shown what stood there before it was put right, too: it is kept.
            if (form.Reason == PrintReason.ForThePerson)
            {
                foreach (var change in (await zone.Set<ContactChange>().AsNoTracking().Where(c => c.DossierId == dossier).ToListAsync(ct)).Where(c => printed.Contains(c.ContactId) && IsOwn(c.Persons, c.Layer, true)))
                    if (change.Before.Value.InWords().ToList() is [var title, .. var said]) all.Add(new Entry(change.At, change.By, Words.PrintEarlier(title), change.Layer, said.Count == 0 ? null : string.Join('\n', said.Select(black.Of))));
            }
            foreach (var act in await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier).ToListAsync(ct))
                if (IsOwn(act.Persons, Layer.Assistance, true)) all.Add(new Entry(act.Done ?? act.DueAt, act.DoneBy ?? act.By, act.Done is null ? Words.PrintActPlanned(Words.Of(act.Kind)) : act.Dropped ? Words.ActDropped(Words.Of(act.Kind)) : Words.ActDone(Words.Of(act.Kind)), Layer.Assistance, black.May(act.Text?.Value)));
            return ([.. all.OrderByDescending(e => e.At)], leftOut);

            // Of this person and nobody else, and as good as any other. What is left out of a layer that was asked for is counted.
            bool IsOwn(List<Guid> persons, Layer layer, bool counts)
            {
                if (!form.Layers.Contains(layer) || !persons.Contains(person)) return false;
                if (counts && persons.TrueForAll(p => p == person)) return true;
                leftOut++;
                return false;
            }
        }

        private async Task<IReadOnlyList<string>> Stands(Guid dossier, Guid person, List<Person> people, Blackout black, CancellationToken ct) =>
        [
            .. (await zone.Set<Standing>().AsNoTracking().Where(s => s.DossierId == dossier && s.PersonId == person).OrderBy(s => s.Id).ToListAsync(ct)).Select(s =>
            {
                var (capacity, words) = (people.Find(p => p.Id == s.WhoId)?.Capacity ?? Capacity.Mentioned, s.Words.Value);
                var decided = s.Told == Authority.Nobody ? Words.NotTold : Words.ToldBy(Words.Of(s.Told), black.May(words.What) ?? "–");
                var who = Words.ChannelRule(Words.Of(s.Role), Words.Of(capacity)) + (s.Conflict ? $" ({Words.ConflictBadge}). " : ". ");
                return who + string.Join(' ', new[] { decided, s.Reached == Authority.Nobody ? "" : Words.ReachedByDecision(Words.Of(s.Reached)), words.Reference is { Length: > 0 } reference ? Words.ChannelRule(Words.ReferenceLabel, black.Of(reference)) : "" }.Where(l => l.Length > 0));
            }),
        ];
    }
}
