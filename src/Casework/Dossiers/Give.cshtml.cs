using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Ends an entry for the police file: given, to whom, which unit, when, under which number; or not given, and why.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Give(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Entry { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Ends => Choice.All<PoliceEnd>(Words.Of);
    public IReadOnlyList<Choice> Reasons => Choice.All<NotGiven>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { On = Moment.Day(clock.GetUtcNow()), Report = View.Reports.Count == 1 ? View.Reports[0] : null };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Entry), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Entry = Entry, Once = Once }, ct);
        TempData["Done"] = Words.PoliceEntryEnded;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal sealed record Answer(string Number, DateTimeOffset At, string Text, IReadOnlyList<string> Reports);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Entry) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public PoliceEnd? End { get; init; }
        public string? To { get; init; }
        public string? Unit { get; init; }

        /// <summary>The number of the official report; an odd shape is kept as it is.</summary>
        public string? Report { get; init; }
        public NotGiven? Reason { get; init; }
        public string? Why { get; init; }
        public DateOnly? On { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Entry { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.End).NotNull().WithMessage(_ => Words.ChooseEnd).IsInEnum().WithMessage(_ => Words.ChooseEnd);
            RuleFor(c => c.To).Must(Said).When(c => c.End == PoliceEnd.Given).WithMessage(_ => Words.EnterReceiver).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Unit).Must(Said).When(c => c.End == PoliceEnd.Given).WithMessage(_ => Words.EnterUnit).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Report).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Reason).NotNull().When(c => c.End == PoliceEnd.NotGiven).WithMessage(_ => Words.ChooseReason).IsInEnum().WithMessage(_ => Words.ChooseReason);
            RuleFor(c => c.Why).Must(Said).When(c => c.End == PoliceEnd.NotGiven && c.Reason == NotGiven.Other).WithMessage(_ => Words.SayWhy).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.On).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.On).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.On).Must(on => on is null || on > Moment.Day(clock.GetUtcNow()).AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var note = await Find(zone.Set<Note>().AsNoTracking(), dossier.Id, query.Entry, ct);
            var reports = await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderBy(r => r.Id).ToListAsync(ct);
            return new Answer(dossier.Number, note.At, note.Text.Value, [.. reports.Select(r => r.Number.Value)]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return false;
            var note = await Find(zone.Set<Note>(), dossier.Id, form.Entry, ct);
            if (form.End == PoliceEnd.NotGiven) zone.Add(Giving.Withheld(note, form.On!.Value, form.Reason!.Value, Said(form.Why), caller.Self, now));
            else
            {
                zone.Add(Giving.Given(note, form.On!.Value, form.To!.Trim(), form.Unit!.Trim(), Said(form.Report), caller.Self, now));
                await Know(dossier, Said(form.Report), now, ct);
            }
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = note.Id });
            return true;
        }

        // The dossier is found by the number from now on.
        private async Task Know(Dossier dossier, string? number, DateTimeOffset now, CancellationToken ct)
        {
            if (number is null || (await zone.Set<OfficialReport>().Where(r => r.DossierId == dossier.Id).ToListAsync(ct)).Exists(r => PvNumber.Part(r.Number.Value) == PvNumber.Part(number))) return;
            var report = OfficialReport.Of(dossier.Id, number, now);
            zone.Add(report);
            SearchToken.Add(zone, here.InZone.Keys.Search, dossier.Id, report.Id, [PvNumber.Part(number)]);
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <exception cref="RefusedException">There is none in this dossier, it is no entry for the police file, or nobody has put a second name under it that it needs.</exception>
    private static async Task<Note> Find(IQueryable<Note> notes, Guid dossier, Guid id, CancellationToken ct) =>
        await notes.SingleOrDefaultAsync(n => n.Id == id && n.DossierId == dossier && n.Layer == Layer.Police, ct) is { } note && note.Counts() ? note : throw new RefusedException("absent", dossier);
}

internal enum PoliceEnd { Given = 1, NotGiven = 2 }
