using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Closes a dossier with a reason and an outcome. What is unfinished is finished first; what the figures need and nobody knows is left unknown, each with its why.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class Close(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Gap> Gaps { get; private set; } = [];

    /// <summary>What is planned and ends with it.</summary>
    public Ending Ends { get; private set; } = new([], 0, "");
    public IEnumerable<Gap> Unfinished => Gaps.Where(g => !g.MayStayUnknown);
    public IEnumerable<Gap> Unknown => Gaps.Where(g => g.MayStayUnknown);
    public IReadOnlyList<Choice> Reasons { get; private set; } = [];
    public IReadOnlyList<Choice> Outcomes => ShippedCodes.Choices<Outcome>(Moment.Day(clock.GetUtcNow()));
    public IReadOnlyList<Choice> Whys => Choice.All<WhyUnknown>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Gaps = await pipeline.Send(new Query(Dossier), ct);
        Ends = await pipeline.Send(new Planned(Dossier), ct);
        Form = Form with { Shown = Ends.Mark };
        ModelState.Remove("Form.Shown");
        Reasons = await pipeline.Send(new Offered.Query(CodeList.ClosingReason), ct);
        foreach (var gap in Unknown) Form.Why.TryAdd(gap.Key, null);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        TempData["Done"] = await pipeline.Send(Form with { Dossier = Dossier }, ct) == Closing.AndDropped ? Words.DossierClosedAndDropped : Words.DossierClosed;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    public static string Say(ActKind kind, DateTimeOffset due, string? text) => $"{Words.Of(kind)}, {Moment.Show(due)}{(text is null ? "" : $": {text}")}";

    public static string Say(Gap gap) => gap switch
    {
        { Name: { } name } => Words.GapOf(Words.Of(gap.Kind), name),
        { At: { } at } => Words.GapOf(Words.Of(gap.Kind), Moment.Show(at)),
        _ => Words.Of(gap.Kind),
    };

    /// <summary>Where it is mended.</summary>
    public string? Mends(Gap gap) => gap.Kind switch
    {
        GapKind.When or GapKind.Where => Url.Page("/Casework/Dossiers/Facts", new { Dossier }),
        GapKind.FirstContact or GapKind.Service => Url.Page("/Casework/Contacts/Record", new { Dossier }),
        GapKind.Nobody => Url.Page("/Casework/People/Edit", new { Dossier }),
        GapKind.Sex or GapKind.Age or GapKind.Language or GapKind.Damage => Url.Page("/Casework/People/Edit", new { Dossier, person = gap.Person }),
        GapKind.Letter => Url.Page("/Casework/Letters/List"),
        GapKind.UnsignedDocument => Url.Page("/Casework/Documents/List", new { Dossier }),
        GapKind.UnsentReferral => Url.Page("/Casework/Referrals/Show", new { Dossier, referral = gap.Entry }),
        GapKind.OpenHandover => Url.Page("/Casework/Handovers/Show", new { handover = gap.Entry }),
        GapKind.PoliceEntry => Url.Page("/Casework/Dossiers/Give", new { Dossier, entry = gap.Entry }),
        _ => Url.Page("/Casework/Dossiers/Show", new { Dossier }) + (gap.Kind == GapKind.Appointment ? "#next" : "#timeline"),
    };

    /// <summary>What is unfinished, and what the figures need and the dossier lacks.</summary>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<Gap>>;

    /// <summary>What is planned and will be cancelled.</summary>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Planned(Guid Dossier) : IQuery<Ending>;

    /// <param name="Acts">In words, the earliest first.</param>
    /// <param name="Messages">How many wait to go out.</param>
    /// <param name="Mark">Of all that: what somebody planned meanwhile is not cancelled unseen.</param>
    internal sealed record Ending(IReadOnlyList<string> Acts, int Messages, string Mark);

    /// <summary>What closing did. AndDropped: a message to somebody had not left yet, and does not leave any more.</summary>
    internal enum Closing { Already, Done, AndDropped }

    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<Closing>
    {
        public Coded<ClosingReason>? Reason { get; init; }
        public Outcome? Outcome { get; init; }

        /// <summary>Why something is unknown, by the key of its gap.</summary>
        public Dictionary<string, WhyUnknown?> Why { get; init; } = [];

        /// <summary>The mark of what the form said that it cancels; null: it was not asked by a form.</summary>
        public string? Shown { get; init; }
        internal Guid Dossier { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Reason).Must(r => r?.IsOne == true).WithMessage(_ => Words.ChooseReason);
            RuleFor(c => c.Outcome).NotNull().WithMessage(_ => Words.ChooseOutcome).IsInEnum().WithMessage(_ => Words.ChooseOutcome);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Gap>>, IRequestHandler<Planned, Ending>, IRequestHandler<Command, Closing>
    {
        public async Task<IReadOnlyList<Gap>> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            return await Completeness.Of(zone, keys, dossier, ct);
        }

        public async Task<Closing> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            var (reason, own) = await OwnCodes.Resolve(zone, CodeList.ClosingReason, form.Reason!, Moment.Day(now), ct) ?? throw Wrong((nameof(Command.Reason), Words.ChooseReason));
            if (!dossier.IsOpen)
            {
                // Sent twice it is done; closed otherwise by somebody else, one is told how.
                if (dossier.Reason == reason && dossier.OwnReason == own && dossier.Outcome == form.Outcome) return Closing.Already;
                throw Wrong((nameof(Command.Reason), Words.ClosedMeanwhile(Words.Of(dossier.Reason!.Value), Words.Of(dossier.Outcome!.Value))));
            }
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Outcome), Words.ChooseOutcome, form.Outcome);
            var (ending, waiting) = (await Dropped(dossier.Id, ct), await Waiting(dossier.Id, ct));
            if (form.Shown is { } shown && shown != MarkOf(ending, waiting.Count)) throw Wrong((nameof(Command.Reason), Words.EndsChangedMeanwhile));
            // Opened in error it is in no figure: then only what is unfinished is in the way.
            var gaps = (await Completeness.Of(zone, keys, dossier, ct)).Where(g => !g.MayStayUnknown || reason != ClosingReason.OpenedInError).ToList();
            if (gaps.Exists(g => !g.MayStayUnknown)) throw Wrong((nameof(Command.Reason), Words.FinishFirst));
            if (gaps.Where(g => Said(form, g) is null).Select(g => ($"{nameof(Command.Why)}[{g.Key}]", Words.SayWhyUnknown(Say(g)))).ToArray() is { Length: > 0 } unsaid) throw Wrong(unsaid);
            zone.RemoveRange(await zone.Set<LeftUnknown>().Where(u => u.DossierId == dossier.Id).ToListAsync(ct));
            foreach (var gap in gaps) zone.Add(LeftUnknown.Leave(dossier.Id, gap, Said(form, gap)!.Value, caller.Self, now));
            foreach (var act in ending) act.Drop(caller.Self, now);
            dossier.Close(reason, form.Outcome!.Value, now, own);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Closed, caller.Self, now, code: (int)reason));
            return DropsMessages(dossier, waiting, now) ? Closing.AndDropped : Closing.Done;
        }

        public async Task<Ending> Handle(Planned query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            var (ending, waiting) = (await Dropped(dossier.Id, ct), await zone.Set<Message>().CountAsync(m => m.DossierId == dossier.Id && m.State == MessageState.Waiting, ct));
            return new Ending([.. ending.OrderBy(f => f.DueAt).Select(f => Say(f.Kind, f.DueAt, f.Text?.Value))], waiting, MarkOf(ending, waiting));
        }

        // What the partner of a withdrawn referral still has to erase stays to be said to it: closing does not say it.
        private async Task<IReadOnlyList<FollowUp>> Dropped(Guid dossier, CancellationToken ct)
        {
            var erased = await zone.Set<Referral>().Where(r => r.DossierId == dossier && r.State == ReferralState.Withdrawn && r.WentOut).Select(r => r.Id).ToListAsync(ct);
            return [.. (await zone.Set<FollowUp>().Where(f => f.DossierId == dossier && f.Done == null).ToListAsync(ct)).Where(f => f.About is not { } referral || !erased.Contains(referral))];
        }

        private Task<List<Message>> Waiting(Guid dossier, CancellationToken ct) => zone.Set<Message>().Where(m => m.DossierId == dossier && m.State == MessageState.Waiting).ToListAsync(ct);

        private static string MarkOf(IEnumerable<FollowUp> acts, int messages) =>
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', acts.OrderBy(f => f.Id).Select(f => $"{f.Id:N}{f.DueAt.UtcTicks}").Append(messages.ToString(CultureInfo.InvariantCulture))))).AsSpan(0, 8));

        private bool DropsMessages(Dossier dossier, List<Message> waiting, DateTimeOffset now)
        {
            foreach (var message in waiting) message.Drop(Bar.Ended, now);
            if (waiting.Count > 0) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.TakenBack, caller.Self, now, code: (int)Bar.Ended));
            return waiting.Count > 0;
        }

        private static WhyUnknown? Said(Command form, Gap gap) => form.Why.GetValueOrDefault(gap.Key) is { } why && Enum.IsDefined(why) ? why : null;
        private static ValidationException Wrong(params (string Field, string Say)[] faults) => new([.. faults.Select(f => new ValidationFailure(f.Field, f.Say))]);
    }
}
