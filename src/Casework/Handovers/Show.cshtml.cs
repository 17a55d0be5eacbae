using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>A handover, in either of the two zones: who answers for the persons now, how it came so far, what went or came, and what can be done next.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Show(IMediator pipeline, IAccounts accounts, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Handover { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<string, string> Zones { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<PossibleDuplicate> Known { get; private set; } = [];
    public bool MayDecide => View.Handover is { CameIn: true, IsOpen: true } && who.Caller.May(May.OpenAnyDossierOfTheZone);
    public bool MaySpeak => View is { Handover: { CameIn: false, IsOpen: true }, IsOwn: true } && who.Caller.May(May.CloseAndHandOver);
    public string Owner => Zones.Say(View.Handover.IsTheirs ? View.Handover.Other : who.Zone!.Code);

    public async Task OnGetAsync(CancellationToken ct) => await Load(ct);

    /// <summary>Shows who of those that came may be known here already.</summary>
    public async Task<IActionResult> OnPostCheckAsync(CancellationToken ct)
    {
        Known = await pipeline.Send(new Check { Handover = Handover }, ct);
        await Load(ct);
        Checked = true;
        return Page();
    }

    public bool Checked { get; private set; }

    public async Task<IActionResult> OnPostWithdrawAsync(CancellationToken ct)
    {
        TempData["Done"] = await pipeline.Send(new Withdraw.Command(Handover), ct) ? Words.ZoneHandoverWithdrawing : Words.ZoneHandoverDecidedMeanwhile;
        return RedirectToPage(new { Handover });
    }

    public string Name(HandoverTurn turn) => turn.By is { } by ? Names.TryGetValue(by, out var colleague) ? colleague.DisplayName : Words.Nobody : turn.Step == HandoverStep.Delivered ? Words.ThePlatform : Zones.Say(View.Handover.Other);

    private async Task Load(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Handover), ct);
        Zones = await pipeline.Send(new Neighbours.Query(), ct);
        Names = await accounts.Named(View.Turns.Select(t => t.By).OfType<Guid>(), ct);
    }

    /// <param name="Number">Of the dossier here; null: it is none yet.</param>
    /// <param name="Persons">Names of those who went, from here.</param>
    /// <param name="Known">Somebody of those that came may be known here.</param>
    internal sealed record Answer(Handover Handover, string? Number, bool IsOwn, IReadOnlyList<HandoverTurn> Turns, HandedOver? Content, IReadOnlyList<string> Persons, IReadOnlyList<Noted> Notes, bool Known);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Handover) : IQuery<Answer>;

    [Requires(May.SeeSafetyCards)]
    internal sealed record Check : ICommand<IReadOnlyList<PossibleDuplicate>>
    {
        internal Guid Handover { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Duplicates duplicates, Keyring keys) : IRequestHandler<Query, Answer>, IRequestHandler<Check, IReadOnlyList<PossibleDuplicate>>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (handover, dossier) = await proposals.Read(query.Handover, ct);
            await keys.Fetch([handover.KeyOwner, .. handover.Persons], ct);
            var turns = await zone.Set<HandoverTurn>().AsNoTracking().Where(t => t.HandoverId == handover.Id).OrderBy(t => t.At).ThenBy(t => t.Id).ToListAsync(ct);
            if (handover.CameIn)
            {
                var content = handover.Content?.Value;
                return new Answer(handover, dossier?.Number, false, turns, content, [], [], content is not null && await AnyKnown(content, ct));
            }
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier!.Id && handover.Persons.Contains(p.Id)).OrderBy(p => p.Id).ToListAsync(ct);
            var notes = await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier!.Id && handover.Notes.Contains(n.Id)).ToListAsync(ct);
            var contacts = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier!.Id && handover.Notes.Contains(c.Id)).ToListAsync(ct);
            return new Answer(handover, dossier!.Number, await guard.Owns(dossier, ct), turns, null, [.. people.Select(p => p.Identity.Value.FullName)], Noted.All(notes, contacts), false);
        }

        public async Task<IReadOnlyList<PossibleDuplicate>> Handle(Check command, CancellationToken ct)
        {
            var handover = await proposals.Theirs(command.Handover, ct);
            var found = new List<PossibleDuplicate>();
            foreach (var person in handover.Content?.Value.People ?? []) found.AddRange(await duplicates.Of(person.Identity.FamilyName, person.Identity.GivenName, person.Identity.Phone, null, ct));
            return found;
        }

        private async Task<bool> AnyKnown(HandedOver content, CancellationToken ct)
        {
            foreach (var person in content.People)
                if (await duplicates.Any(person.Identity.FamilyName, person.Identity.GivenName, person.Identity.Phone, ct)) return true;
            return false;
        }
    }
}

/// <summary>Takes a handover back before it is accepted. It holds once the other zone has said so; accepted there meanwhile, it stays accepted.</summary>
internal static class Withdraw
{
    /// <returns>false: it was decided on meanwhile, or is being taken back already.</returns>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Handover) : ICommand<bool>;

    internal sealed class Handler(Proposals proposals, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (handover, dossier) = await proposals.Ours(command.Handover, ct);
            if (!handover.IsOpen || handover.State == HandoverState.Withdrawing) return false;
            handover.AskBack(clock.GetUtcNow());
            await proposals.Turn(handover, HandoverStep.AskedBack, null, ct);
            dossier.Touch();
            return true;
        }
    }
}
