using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>One message, opened: take it into a dossier, put it to a colleague, or decline it with a reason.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Open(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Entry { get; set; }
    [BindProperty] public Decline.Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public IReadOnlyList<Choice> Causes => Choice.All<DeclineCause>(Words.Of);

    /// <summary>Dossiers into which it may go instead of becoming one.</summary>
    public IReadOnlyList<AddTo.Known> GoingOn { get; private set; } = [];

    /// <summary>The number, once what was said of it was read.</summary>
    public Clearance? Leave { get; private set; }

    /// <summary>Why the number is not shown after all.</summary>
    public Bar? Barred { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Entry), ct);
        if (View.Entry.State == TrayState.Waiting) GoingOn = (await pipeline.Send(new AddTo.Query(Entry), ct)).Dossiers;
        Names = await accounts.Named(View.MayTake.Concat(new Guid?[] { View.Entry.PutBy, View.Entry.For, View.Entry.ClosedBy }.OfType<Guid>()), ct);
        Colleagues = View.Loads.Among(View.MayTake.Where(Names.ContainsKey).Select(w => Names[w]));
    }

    public async Task<IActionResult> OnPostCallAsync(CancellationToken ct)
    {
        try
        {
            Leave = await pipeline.Send(new CallBack.Command(Entry), ct);
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; whoever may open the message is told why on the page.
            Barred = bar;
        }
        await ShowAgain(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAddToAsync(Guid dossier, Guid person, CancellationToken ct)
    {
        await pipeline.Send(new AddTo.Command(Entry, dossier, person), ct);
        TempData["Done"] = Words.MessageAdded;
        // A wall round the message stands round the dossier now, perhaps for whoever put it there.
        return await pipeline.Send(new StillMine.Query(dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    public async Task<IActionResult> OnPostPutToAsync(Guid? to, CancellationToken ct)
    {
        await pipeline.Send(new PutTo.Command(Entry, to), ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage(new { Entry });
    }

    public async Task<IActionResult> OnPostContactedAsync(CancellationToken ct)
    {
        await pipeline.Send(new Contacted.Command(Entry), ct);
        TempData["Done"] = Words.RequestContacted;
        return RedirectToPage("/Casework/Tray/Waiting");
    }

    public async Task<IActionResult> OnPostDeclineAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Entry = Entry }, ct);
        TempData["Done"] = Words.MessageDeclined;
        return RedirectToPage("/Casework/Tray/Waiting");
    }

    public string Name(Guid? account) => account == Guid.Empty ? Words.ByOfficer : account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <param name="Number">Of the dossier it became.</param>
    /// <param name="MayTake">Colleagues it may be put to.</param>
    /// <param name="MayCall">How the number may be called; null: it may not, there is none, or the dossier's rules hold now.</param>
    /// <param name="IsClosed">They, or somebody at the same number or mailbox, said in a dossier that the way they named is never to be used: it holds until they are asked anew.</param>
    internal sealed record Answer(TrayEntry Entry, TrayMessage Message, string? Reason, string? Number, IReadOnlyList<Guid> MayTake, Passage? MayCall, bool IsClosed)
    {
        public Loads Loads { get; init; } = Loads.None;
    }

    [Requires(May.OpenCallOuts)]
    internal sealed record Query(Guid Entry) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Nevers nevers, Colleagues colleagues, Caller caller, Trail trail) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).AsNoTracking().SingleOrDefaultAsync(e => e.Id == query.Entry, ct) ?? throw new RefusedException("absent", query.Entry);
            string? number = null;
            // What became a dossier exists for those only who may see the dossier: to anybody else it would tell that there is one.
            if (entry.Dossier is { } made)
                number = await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Id == made).Select(d => d.Number).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", entry.Id);
            trail.Concerns(entry.Id, "tray");
            var message = entry.Message.Value;
            return new Answer(entry, message, entry.Reason?.Value, number, await colleagues.WhoMayTake(entry.Id, ct), entry.State != TrayState.Taken && Clearance.Look(entry) is { Bar: Bar.None } look ? look.Passage : null, await IsClosed(message, ct)) { Loads = await Loads.For(caller, zone, guard, ct) };
        }

        // A call is asked of the gate when somebody wants the number.
        private async Task<bool> IsClosed(TrayMessage message, CancellationToken ct) => message.Asked switch
        {
            { Way: Way.Sms } => await nevers.IsNever(Channel.Sms, message.Who, ct),
            { Way: Way.Mail or Way.Video } asked => await nevers.IsNever(Channel.Mail, message.Who with { Mail = asked.Reach }, ct),
            { Way: Way.Letter } => await nevers.IsNever(Channel.Letter, message.Who, ct),
            _ => false,
        };
    }
}
