using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Countersign;

/// <summary>What a trainee wrote, read by whoever answers for it: a second name under it, or back with a remark.</summary>
[Requires(May.Countersign)]
internal sealed class Sign(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Entry { get; set; }
    [BindProperty] public Return.Command Form { get; set; } = new();

    /// <summary>The dossier as it was when the entry was shown: nobody signs what they did not read.</summary>
    [BindProperty] public int Version { get; set; }
    public Answer View { get; private set; } = null!;
    public string Writer { get; private set; } = "";

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Entry), ct);
        Writer = (await accounts.Named([View.By], ct)).TryGetValue(View.By, out var trainee) ? trainee.DisplayName : Words.Nobody;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Dossier, Entry, Version), ct);
        TempData["Done"] = Words.Countersigned;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    public async Task<IActionResult> OnPostReturnAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Entry = Entry, Version = Version }, ct);
        TempData["Done"] = Words.GivenBack;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    public async Task<IActionResult> OnPostTakeBackAsync(CancellationToken ct)
    {
        await pipeline.Send(new TakeBack.Command(Dossier, Entry), ct);
        TempData["Done"] = Words.SecondNameTakenBack;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Place">null: a note.</param>
    internal sealed record Answer(string Number, int Version, Guid By, DateTimeOffset At, string Text, Codes.Place? Place, int Minutes, bool Held, IReadOnlyList<ServiceKind> Services)
    {
        /// <summary>The document to be read before it is signed; null: it is a note or a contact.</summary>
        public DownloadLink? Document { get; init; }

        /// <summary>Of a note: for whom it is, and on what ground it was copied there; no ground: it is no copy.</summary>
        public Layer? Layer { get; init; }
        public CopyGround? Ground { get; init; }
        public string? Why { get; init; }
    }

    [Requires(May.Countersign)]
    internal sealed record Query(Guid Dossier, Guid Entry) : IQuery<Answer>;

    [Requires(May.Countersign)]
    internal sealed record Command(Guid Dossier, Guid Entry, int Version) : ICommand<bool>;

    internal sealed class QueryHandler(Entries entries) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (dossier, entry) = await entries.ToSign(query.Dossier, query.Entry, reads: true, ct);
            return entry switch
            {
                Contact contact => new Answer(dossier.Number, dossier.Version, entry.By, entry.At, string.Join('\n', contact.AskedInWords().Append(contact.Note?.Value ?? "")), contact.Place, contact.Minutes, contact.Held, contact.Services),
                Document document => new Answer(dossier.Number, dossier.Version, entry.By, entry.At, $"{Words.Of(document.Kind)}: {document.Head!.Value.Title}", null, 0, false, []) { Document = new(dossier.Id, document.Id, document.Head.Value.Title, document.Head.Value.Warning) },
                _ => Of(dossier, (Note)entry),
            };
        }
    }

    private static Answer Of(Dossier dossier, Note note) =>
        new(dossier.Number, dossier.Version, note.By, note.At, note.Text.Value, null, 0, false, []) { Layer = note.Layer, Ground = note.Ground, Why = note.Why?.Value };

    internal sealed class Handler(ZoneDbContext zone, Entries entries, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, entry) = await entries.ToSign(command.Dossier, command.Entry, reads: false, ct);
            if (entry.Signing == Signing.Signed) return false; // pressed twice: the first name stands
            Entries.IsAsRead(dossier, command.Version);
            entry.Sign(caller.Self, clock.GetUtcNow());
            if (entry is Contact contact)
            {
                var open = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).ToListAsync(ct);
                contact.EndsTheWait(dossier, open, clock.GetUtcNow());
                await tally.Gives(contact, ct);
                await NextAct.Settle(zone, dossier, ct);
            }
            dossier.Touch();
            return true;
        }
    }
}

/// <summary>Gives an entry back to the trainee with a remark.</summary>
internal static class Return
{
    [Requires(May.Countersign)]
    internal sealed record Command : ICommand<bool>
    {
        public string Remark { get; init; } = "";
        internal Guid Dossier { get; init; }
        internal Guid Entry { get; init; }
        internal int Version { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Remark).Must(r => !string.IsNullOrWhiteSpace(r)).WithMessage(_ => Words.EnterRemark).MaximumLength(2000).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(Entries entries, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, entry) = await entries.ToSign(form.Dossier, form.Entry, reads: false, ct);
            if (entry.Signing != Signing.Waiting) throw new RefusedException("signed", dossier.Id);
            Entries.IsAsRead(dossier, form.Version);
            entry.Return(form.Remark.Trim(), caller.Self, clock.GetUtcNow());
            dossier.Touch();
            return true;
        }
    }
}

/// <summary>Takes the second name from under a contact, where it was put there by mistake: it waits again, and what hung on it follows.</summary>
internal static class TakeBack
{
    [Requires(May.Countersign)]
    internal sealed record Command(Guid Dossier, Guid Entry) : ICommand<bool>;

    internal sealed class Handler(Entries entries, AfterCorrection after) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, entry) = await entries.ToSign(command.Dossier, command.Entry, reads: false, ct);
            // A closed dossier holds nothing that waits.
            if (entry is not Contact contact || !dossier.IsOpen) throw new RefusedException("countersign", dossier.Id);
            if (contact.Signing != Signing.Signed) return false; // pressed twice
            var reached = contact.ReachedThem;
            contact.WaitAgain();
            await after.Follow(dossier, contact, [.. contact.Persons], reached, ct);
            dossier.Touch();
            return true;
        }
    }
}
