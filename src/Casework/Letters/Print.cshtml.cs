using System.Runtime.ExceptionServices;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Letters;

/// <summary>The sheets to print, a letter a page, and a page of neutral labels. Each is marked and recorded before it is shown; what the gate has closed meanwhile is dropped and says so.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Print(IMediator pipeline) : PageModel
{
    public IReadOnlyList<Sheet> Sheets { get; private set; } = [];
    public IReadOnlyList<Sheet> Dropped { get; private set; } = [];

    /// <summary>How many are not there any more, or are in a sealed dossier and their printer showed a factor too long ago.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Where an envelope comes back to; empty: nothing stands there.</summary>
    public string ReturnLine { get; private set; } = "";

    public IActionResult OnGet() => RedirectToPage("/Casework/Letters/List");

    public async Task<IActionResult> OnPostAsync(List<Guid> letters, CancellationToken ct)
    {
        if (letters.Count == 0) return RedirectToPage("/Casework/Letters/List");
        var (sheets, dropped, leftOut) = (new List<Sheet>(), new List<Sheet>(), new List<Exception>());
        foreach (var letter in letters.Distinct().Take(List.AtOnce))
        {
            try
            {
                var sheet = await One(letter, ct);
                (sheet.Content is null ? dropped : sheets).Add(sheet);
            }
            catch (Exception e) when (e is RefusedException or StaleFactorException)
            {
                leftOut.Add(e); // the others count as printed by now: their sheets must be shown
            }
        }
        if (sheets.Count + dropped.Count == 0) ExceptionDispatchInfo.Throw(leftOut[0]);
        (Sheets, Dropped, LeftOut, ReturnLine) = (sheets, dropped, leftOut.Count, await pipeline.Send(new Envelope(), ct));
        return Page();
    }

    // Unasked one letter goes: one that is changed and went already is followed by none.
    private async Task<Sheet> One(Guid letter, CancellationToken ct)
    {
        var sheet = await Made(letter, ct);
        if (sheet is not { Content: null, Why: Bar.Changed }) return sheet;
        try
        {
            return sheet with { IsToBeAnew = (await pipeline.Send(new Prepare.Query(sheet.Dossier, sheet.Person, null, null), ct)).Bar == Bar.None };
        }
        catch (Exception e) when (e is RefusedException or StaleFactorException)
        {
            return sheet;
        }
    }

    private async Task<Sheet> Made(Guid letter, CancellationToken ct)
    {
        try
        {
            return await pipeline.Send(new Command(letter), ct);
        }
        catch (RefusedException e) when (Bars.Of(e.Code) is { } bar)
        {
            // Recorded as refused; now it waits no longer.
            var (number, dossier, person) = await pipeline.Send(new Withdraw.Command(letter, bar), ct);
            return new Sheet(number, null, "", default, bar, dossier, person);
        }
    }

    /// <param name="Content">null: it was dropped.</param>
    /// <param name="Why">Why it was.</param>
    /// <param name="IsToBeAnew">It was dropped, and another may be prepared.</param>
    internal sealed record Sheet(string Number, LetterContent? Content, string Language, DateOnly Day, Bar Why, Guid Dossier, Guid Person, bool IsToBeAnew = false);

    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Letter) : ICommand<Sheet>;

    /// <summary>What stands on every envelope beside the address.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Envelope : IQuery<string>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Wording wording, Caller caller, TimeProvider clock) : IRequestHandler<Command, Sheet>, IRequestHandler<Envelope, string>
    {
        public async Task<Sheet> Handle(Command command, CancellationToken ct)
        {
            var (letter, dossier) = await Open(command.Letter, ct);
            if (letter.State == LetterState.Dropped) return new Sheet(dossier.Number, null, letter.Language, default, letter.Why, dossier.Id, letter.PersonId);
            var now = clock.GetUtcNow();
            var leave = await gate.Pass(dossier, letter.PersonId, new Outgoing(Channel.Letter, First: letter.Kind == LetterKind.First, Read: true, Letter: letter.Id), ct);
            if (!letter.IsFor(leave)) throw new RefusedException(Bar.Changed.Code(), dossier.Id);
            if (letter.Print(leave, caller.Self, now)) await Sent(dossier, letter, now, ct);
            return new Sheet(dossier.Number, letter.Content.Value, letter.Language, Moment.Day(now), Bar.None, dossier.Id, letter.PersonId);
        }

        public async Task<string> Handle(Envelope query, CancellationToken ct) => (await wording.Head(ct)).ReturnLine;

        private async Task<(Letter, Dossier)> Open(Guid id, CancellationToken ct)
        {
            var about = await zone.Set<Letter>().Where(l => l.Id == id).Select(l => (Guid?)l.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
            var dossier = await guard.Open(about, ct);
            return (await zone.Set<Letter>().SingleAsync(l => l.Id == id, ct), dossier);
        }

        // On its way, and the timeline says so. The act is done once everybody it concerns was written to; until then it stays for the others.
        private async Task Sent(Dossier dossier, Letter letter, DateTimeOffset now, CancellationToken ct)
        {
            var open = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).ToListAsync(ct);
            if (open.Find(f => f.Id == letter.Act) is { } act)
            {
                var written = await zone.Set<Letter>().Where(l => l.Act == act.Id && l.State == LetterState.Printed).Select(l => l.PersonId).ToListAsync(ct);
                if (act.Persons.TrueForAll(p => p == letter.PersonId || written.Contains(p))) act.Complete(caller.Self, now);
            }
            await NextAct.Settle(zone, dossier, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.LetterPrinted, caller.Self, now, code: (int)letter.Kind));
            dossier.Touch();
        }
    }
}
