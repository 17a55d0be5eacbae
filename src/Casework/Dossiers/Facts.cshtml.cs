using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What happened and how it came in: main kind and others, when, where, dangers, official reports; by whom help was asked for, and when.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Facts(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<string> OddReports => [.. Numbers(Form.OfficialReports).Where(n => !PvNumber.LooksUsual(n))];
    public IReadOnlyList<Choice> Kinds { get; private set; } = [];
    public IReadOnlyList<Choice> Triggers { get; private set; } = [];

    /// <summary>Beside the main one stand shipped codes only.</summary>
    public IReadOnlyList<Choice> Others { get; private set; } = [];
    public IReadOnlyList<Choice> Dangers => [.. Enum.GetValues<Danger>().Where(d => d != Danger.None).Select(d => new Choice(d.ToString(), Words.Of(d)))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Form = await pipeline.Send(new Query(Dossier), ct);
        await Offer(Form, ct);
    }

    /// <summary>What stands in the dossier now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Dossier), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
        await Offer(now, ct);
    }

    private async Task Offer(Command now, CancellationToken ct)
    {
        (Kinds, Triggers) = (await pipeline.Send(new Offered.Query(CodeList.SubKind, now.SubKind), ct), await pipeline.Send(new Offered.Query(CodeList.Trigger, now.Trigger?.ToString()), ct));
        Others = ShippedCodes.Choices(CodeList.SubKind, Moment.Day(clock.GetUtcNow()), [now.SubKind, .. now.Additional]);
    }

    /// <summary>What a list calls one of its codes.</summary>
    public static string Word(IReadOnlyList<Choice> list, string? code) => list.FirstOrDefault(k => k.Value == code)?.Text ?? "";

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier }, ct);
        // An odd number is saved and warned about: its shape is a custom, not a law.
        if (OddReports.Count > 0) TempData["Done"] = Words.OddReport(string.Join(", ", OddReports));
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal static IReadOnlyList<string> Numbers(string? typed) => [.. (typed ?? "").Split('\n', ',', ';').Select(n => n.Trim()).Where(n => n.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<Command>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public Coded<Trigger>? Trigger { get; init; }
        public DateTimeOffset? RequestedAt { get; init; }
        public string SubKind { get; init; } = "";
        public List<string> Additional { get; init; } = [];
        public DateTimeOffset? At { get; init; }
        public string Municipality { get; init; } = "";
        public List<Danger> Dangers { get; init; } = [];

        /// <summary>One a line.</summary>
        public string? OfficialReports { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Trigger).Must(t => t?.IsOne == true).WithMessage(_ => Words.ChooseTrigger);
            RuleFor(c => c.RequestedAt).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.RequestedAt).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.SubKind).Must(code => SubKinds.Find(code) is not null || OwnCode.IdOf(code) is not null).WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.At).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddYears(-60)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Municipality).MaximumLength(80).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficialReports).Must(r => Numbers(r).Count <= 30 && Numbers(r).All(n => n.Length <= 60)).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, Command>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var reports = await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderBy(r => r.Id).ToListAsync(ct);
            return new Command
            {
                Trigger = new Coded<Trigger>(dossier.Trigger, dossier.OwnTrigger), RequestedAt = dossier.RequestedAt, SubKind = dossier.FactsCode, Additional = dossier.Additional, At = dossier.FactsAt, Municipality = dossier.Municipality, Version = dossier.Version,
                Dangers = [.. Enum.GetValues<Danger>().Where(d => d != Danger.None && dossier.Danger.HasFlag(d))], OfficialReports = string.Join('\n', reports.Select(r => r.Number.Value)),
            };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Restating restating, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Open(form.Dossier, ct);
            var today = Moment.Day(clock.GetUtcNow());
            if (form.Version != dossier.Version) throw Wrong(nameof(Command.SubKind), Words.ChangedMeanwhile);
            var (main, own) = await OwnCodes.Resolve(zone, form.SubKind, today, ct, dossier.OwnSubKind, dossier.SubKind) ?? throw Wrong(nameof(Command.SubKind), Words.ChooseFacts);
            var (trigger, ownTrigger) = await OwnCodes.Resolve(zone, CodeList.Trigger, form.Trigger!, today, ct, dossier.OwnTrigger, dossier.Trigger) ?? throw Wrong(nameof(Command.Trigger), Words.ChooseTrigger);
            ShippedCodes.Must(CodeList.SubKind, today, nameof(Command.Additional), Words.ChooseFacts, form.Additional.Where(a => SubKinds.Find(a) is not null), [dossier.SubKind, .. dossier.Additional]);
            await CameIn(dossier, trigger, ownTrigger, form.RequestedAt!.Value, ct);
            await restating.Facts(dossier, main, form.Additional, form.At, form.Municipality.Trim(), form.Dangers.Aggregate(Danger.None, (all, one) => all | one), own, ct);
            await Reports(dossier, Numbers(form.OfficialReports), ct);
            return true;
        }

        // A form knows minutes: the same one is no change.
        private async Task CameIn(Dossier dossier, Trigger trigger, Guid? own, DateTimeOffset requestedAt, CancellationToken ct)
        {
            var before = dossier.RequestedAt;
            if (requestedAt > dossier.Opened) throw Wrong(nameof(Command.RequestedAt), Words.RequestedAfterOpened(Moment.Show(dossier.Opened)));
            dossier.CameIn(trigger, own, IsMinuteOf(requestedAt, before) ? before : requestedAt);
            if (dossier.RequestedAt == before || !dossier.IsOpen) return;
            // The wait begins anew; what somebody put off to another moment stays there, and so does by when the message it came from was to be answered. One that was put into it later has an act of its own.
            if (await zone.Set<Milestone>().AnyAsync(m => m.DossierId == dossier.Id && m.Kind == MilestoneKind.ComesForward, ct)) return;
            var promised = await zone.Set<Tray.TrayEntry>().Where(e => e.Dossier == dossier.Id && e.Closed <= dossier.Opened).MinAsync(e => (DateTimeOffset?)e.RemindAt, ct);
            var within = (await settings.Of(here.InZone.Id, ct)).FirstContactWithin;
            foreach (var wait in await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null && f.Kind == ActKind.FirstContact).ToListAsync(ct))
                if (IsMinuteOf(wait.DueAt, By(before))) wait.Postpone(By(dossier.RequestedAt));
            await NextAct.Settle(zone, dossier, ct);

            DateTimeOffset By(DateTimeOffset asked) => promised is { } answer && answer < asked + within ? answer : asked + within;
        }

        private static bool IsMinuteOf(DateTimeOffset minute, DateTimeOffset at) => minute <= at && at - minute < TimeSpan.FromMinutes(1);
        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);

        private async Task Reports(Dossier dossier, IReadOnlyList<string> numbers, CancellationToken ct)
        {
            var (key, known) = (here.InZone.Keys.Search, await zone.Set<OfficialReport>().Where(r => r.DossierId == dossier.Id).ToListAsync(ct));
            foreach (var gone in known.Where(r => !numbers.Contains(r.Number.Value)))
            {
                zone.Remove(gone);
                await SearchToken.Replace(zone, key, dossier.Id, gone.Id, [], ct);
            }
            foreach (var number in numbers.Where(n => known.All(r => r.Number.Value != n)))
            {
                var report = OfficialReport.Of(dossier.Id, number, clock.GetUtcNow());
                zone.Add(report);
                SearchToken.Add(zone, key, dossier.Id, report.Id, [PvNumber.Part(number)]);
            }
        }
    }
}
