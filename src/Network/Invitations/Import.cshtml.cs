using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Trainings;
using Lists = VictimSupport.Network.Trainings.Import;

namespace VictimSupport.Network.Invitations;

/// <summary>A list of this zone's colleagues for a training of another one: shown first like a list for a training of its own, taken whole or not at all. Each of them travels as if registered alone.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Import(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Invited { get; set; }
    [BindProperty] public Lists.Input Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Print of the list that was shown: another one is shown first.</summary>
    [BindProperty] public string? Seen { get; set; }
    public Lists.Answer View { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Invited, ""), ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Invited, Form.Text ?? ""), ct);

    /// <summary>Shows what would be taken; nothing is saved and nothing travels.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await Read(ct);
        await ShowAgain(ct);
        foreach (var fault in View.Faults) ModelState.AddModelError("Form.Text", fault);
        if (!ModelState.IsValid) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        await Read(ct);
        TempData["Done"] = Words.TrainingRegistrationsSent(await pipeline.Send(new Command(Invited, Form.Text ?? "", Once) { Seen = Seen ?? "" }, ct));
        return RedirectToPage("/Network/Invitations/Show", new { Invited });
    }

    // What was in the file stands in the box from now on, to be mended there.
    private async Task Read(CancellationToken ct)
    {
        if (Form.File is null) return;
        Form = await Form.Read(ct);
        ModelState.SetModelValue("Form.Text", new ValueProviderResult(Form.Text));
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Invitation, string Text) : IQuery<Lists.Answer>;

    /// <returns>How many were registered.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Command(Guid Invitation, string Text, Guid Once) : ICommand<int>
    {
        /// <summary>Print of the list as it was shown; null: it was shown to nobody.</summary>
        public string? Seen { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, Post post, Caller caller, TimeProvider clock) : IRequestHandler<Query, Lists.Answer>, IRequestHandler<Command, int>
    {
        private string Language => here.InZone.Record.FirstLanguage;

        public async Task<Lists.Answer> Handle(Query query, CancellationToken ct)
        {
            var one = await Found(query.Invitation, ct);
            if (query.Text.Length == 0) return new Lists.Answer(one.Subject, [], null, []);
            var (rows, unread, left) = ParticipantText.Read(query.Text, Language);
            return new Lists.Answer(one.Subject, Lists.Judged(rows, IsKnown(await Ours(one, ct))), unread, left);
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var (one, now) = (await Found(command.Invitation, ct), clock.GetUtcNow());
            var once = Lists.OnceOf(command.Once, command.Text, Language);
            if (once != default && await zone.Set<Registration>().AnyAsync(r => r.Once == once, ct)) return 0;
            if (!one.Takes(now)) throw Lists.Wrong(one.IsCancelled ? Words.TrainingIsCancelled : Words.TrainingTakesNobody);
            var (rows, ours) = (Lists.Taken(command.Text, Language, command.Seen), await Ours(one, ct));
            List<ParticipantRow> added = [.. Lists.Judged(rows, IsKnown(ours)).Where(r => r.Is == Lists.ParticipantRowIs.New).Select(r => r.Row)];
            if (ours.Count + added.Count > Training.MostSeats) throw Lists.Wrong(Words.TrainingTooMany(Training.MostSeats));
            foreach (var (row, i) in added.Select((row, i) => (row, i)))
            {
                var made = Registration.Ask(one.Id, row.Person, i == 0 ? once : default, caller.Self, now);
                zone.Add(made);
                await post.Send(one.From, TrainingAsk.ParcelKind, one.Id, new TrainingAsk(made.Id, made.Person), ct);
            }
            return added.Count;
        }

        // Where the zones share no pool any more, nobody new is registered.
        private async Task<Invitation> Found(Guid invitation, CancellationToken ct) =>
            await zone.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == invitation, ct) is { } one && (await Neighbours.Of(pools, here.InZone.Id, ct)).ContainsKey(one.From) ? one : throw new RefusedException("absent", invitation);

        private async Task<List<Registration>> Ours(Invitation one, CancellationToken ct) => await zone.Set<Registration>().Where(r => r.InvitationId == one.Id).ToListAsync(ct);

        private static Func<Participant.Person, bool> IsKnown(List<Registration> ours) => who => ours.Exists(r => r.IsLive && r.Is(who));
    }
}
