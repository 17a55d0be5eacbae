using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What happened: main kind and others, when, where, dangers, official reports.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Facts(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<string> OddReports => [.. Numbers(Form.OfficialReports).Where(n => !PvNumber.LooksUsual(n))];
    public IReadOnlyList<Choice> Kinds { get; private set; } = [];

    /// <summary>Beside the main one stand shipped codes only.</summary>
    public IReadOnlyList<Choice> Others => [.. Kinds.Where(k => OwnCode.IdOf(k.Value) is null)];
    public IReadOnlyList<Choice> Dangers => [.. Enum.GetValues<Danger>().Where(d => d != Danger.None).Select(d => new Choice(d.ToString(), Words.Of(d)))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Form = await pipeline.Send(new Query(Dossier), ct);
        Kinds = await pipeline.Send(new Offered.Query(CodeList.SubKind, Form.SubKind), ct);
    }

    /// <summary>What stands in the dossier now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Dossier), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
        Kinds = await pipeline.Send(new Offered.Query(CodeList.SubKind, now.SubKind), ct);
    }

    /// <summary>What a list calls a sub-kind.</summary>
    public string Word(string code) => Kinds.FirstOrDefault(k => k.Value == code)?.Text ?? "";

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
                SubKind = dossier.FactsCode, Additional = dossier.Additional, At = dossier.FactsAt, Municipality = dossier.Municipality, Version = dossier.Version,
                Dangers = [.. Enum.GetValues<Danger>().Where(d => d != Danger.None && dossier.Danger.HasFlag(d))], OfficialReports = string.Join('\n', reports.Select(r => r.Number.Value)),
            };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Gate gate, Aftermath aftermath, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Open(form.Dossier, ct);
            if (form.Version != dossier.Version) throw new ValidationException([new ValidationFailure(nameof(Command.SubKind), Words.ChangedMeanwhile)]);
            var (main, own) = await OwnCodes.Resolve(zone, form.SubKind, Design.Html.Moment.Day(clock.GetUtcNow()), ct, dossier.OwnSubKind, dossier.SubKind) ?? throw new ValidationException([new ValidationFailure(nameof(Command.SubKind), Words.ChooseFacts)]);
            var (before, at, dangers) = (dossier.Additional.Append(dossier.SubKind).ToList(), dossier.FactsAt, dossier.Danger);
            dossier.Facts(main, form.Additional, form.At, form.Municipality.Trim(), form.Dangers.Aggregate(Danger.None, (all, one) => all | one), own);
            var added = dossier.Additional.Append(dossier.SubKind).Except(before).ToList();
            // Violence at home that was not known, or that happened anew.
            if (added.Any(SubKinds.IsAtHome) || (dossier.IsViolenceAtHome && at is not null && form.At > at)) await aftermath.Reaches(dossier, ct);
            if (added.Any(SubKinds.NeverUnasked) || (dossier.Danger & ~dangers & (Danger.AtHome | Danger.AddressSecret)) != Danger.None) await gate.TakeBack(await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).Select(p => p.Id).ToListAsync(ct), Bar.Changed, ct);
            await Reports(dossier, Numbers(form.OfficialReports), ct);
            return true;
        }

        private async Task Reports(Dossier dossier, IReadOnlyList<string> numbers, CancellationToken ct)
        {
            var (key, known) = (new SearchKey(here.InZone.Keys.SearchRoot), await zone.Set<OfficialReport>().Where(r => r.DossierId == dossier.Id).ToListAsync(ct));
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
