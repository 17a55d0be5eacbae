using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>Puts a message in the tray: who asks, how to reach them safely, what it is about in a few words. Below stands what the writer put in today, and nothing else.</summary>
[Requires(May.FillTheTray)]
internal sealed class Put(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Row> Today { get; private set; } = [];
    public IReadOnlyList<Choice> SafeRules => Choice.All<Rule>(Words.Of);
    public IReadOnlyList<Choice> Urgencies => Choice.All<Urgency>(Words.Of);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Form = new Command { Language = who.Zone!.Record.FirstLanguage };
        await ShowAgain(ct);
    }

    public async Task ShowAgain(CancellationToken ct) => Today = (await pipeline.Send(new Query(), ct)).Rows;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Once = Once }, ct);
        TempData["Done"] = Words.MessagePut;
        return RedirectToPage();
    }

    internal sealed record Row(Guid Entry, DateTimeOffset At, string Initials, Urgency Urgency, TrayState State);

    internal sealed record Answer(IReadOnlyList<Row> Rows) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Entry);
    }

    /// <summary>What the caller put in today, and what became of it: that it was taken, never into what.</summary>
    [Requires(May.FillTheTray)]
    internal sealed record Query : IQuery<Answer>;

    [Requires(May.FillTheTray)]
    internal sealed record Command : ICommand<Guid>
    {
        public string GivenName { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public string? Phone { get; init; }
        public Rule? MayCall { get; init; }
        public string? Condition { get; init; }
        public string Language { get; init; } = "";
        public Urgency? Urgency { get; init; }
        public string About { get; init; } = "";
        public string? OfficialReport { get; init; }

        /// <summary>One-time id of the form: sent twice, it is one message.</summary>
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public const int FewWords = 1000;

        public Rules()
        {
            RuleFor(c => c.FamilyName).Must((c, name) => Said(name) || Said(c.GivenName) || Said(c.Phone)).WithMessage(_ => Words.NameOrPhone).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Phone).Must(p => !Said(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            RuleFor(c => c.MayCall).NotNull().When(c => Said(c.Phone)).WithMessage(_ => Words.ChooseSafeRule).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Condition).Must(Said).When(c => c.MayCall == Rule.OnlyIf).WithMessage(_ => Words.OnlyIfWhat).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Language).Must(Languages.All.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Urgency).NotNull().WithMessage(_ => Words.ChooseUrgency).IsInEnum().WithMessage(_ => Words.ChooseUrgency);
            RuleFor(c => c.About).Must(Said).WithMessage(_ => Words.SayWhatAbout).MaximumLength(FewWords).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficialReport).MaximumLength(60).WithMessage(_ => Words.TooLong);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (self, midnight) = (caller.Self, Moment.Instant(Moment.Day(clock.GetUtcNow()).ToDateTime(TimeOnly.MinValue)));
            var own = await There.Messages(zone, self).AsNoTracking().Where(e => e.PutBy == self && e.PutAt >= midnight).OrderByDescending(e => e.PutAt).ToListAsync(ct);
            await keys.Fetch(own.Select(e => e.Id), ct);
            return new Answer([.. own.Select(e => new Row(e.Id, e.PutAt, e.Message.Value.Initials, e.Urgency, e.State))]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, Masonry masonry, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var message = new TrayMessage(form.FamilyName.Trim(), form.GivenName.Trim(), Said(form.Phone), Said(form.Condition), form.About.Trim(), Said(form.OfficialReport));
            var entry = TrayEntry.Put(message, form.MayCall ?? Rule.NotAsked, form.Language, form.Urgency!.Value, caller.Self, (await settings.Of(here.InZone.Id, ct)).FirstContactWithin, clock.GetUtcNow());
            trail.Concerns(entry.Id, "tray");
            zone.Add(entry);
            await masonry.Meets(entry, ct);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = entry.Id });
            return entry.Id;
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
