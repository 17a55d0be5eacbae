using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Privacy.Audit;

namespace VictimSupport.Privacy.Questions;

/// <summary>What somebody opened in a period: dossier by dossier how often opened, listed and changed, and why. The administrator sees the sums.</summary>
[Requires(May.ReadTheAudit)]
internal sealed class Opened(IMediator pipeline, People people, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Query Form { get; set; } = new();
    public Answer? Shown { get; private set; }
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public IReadOnlyList<Choice> Reasons => Choice.All<ExportReason>(Words.Of);
    public string Whose => Colleagues.FirstOrDefault(c => c.Value == Form.Person?.ToString())?.Text ?? Words.UnknownPerson;

    public Task OnGetAsync(CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        Form = new Query { From = today.AddDays(-30), To = today };
        return ShowAgain(ct);
    }

    public async Task OnPostAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Shown = await pipeline.Send(Form, ct);
    }

    public async Task<IActionResult> OnPostExportAsync(CancellationToken ct) =>
        File(await pipeline.Send(new Export { Person = Form.Person, From = Form.From, To = Form.To, Reason = Form.Reason }, ct), "text/csv; charset=utf-8", "opened.csv");

    public async Task ShowAgain(CancellationToken ct) => Colleagues = await people.Choices(ct);

    /// <summary>One dossier in the answer.</summary>
    internal sealed record Row(string? Number, int Opened, int Listed, int Changed, int Refused, IReadOnlyList<string> Why, DateTimeOffset First, DateTimeOffset Last);

    /// <param name="Rows">Those opened or changed first; none for whoever sees no dossiers.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, int Dossiers, int Opened, int Listed, int Changed, int Refused, bool SeesDossiers);

    internal abstract record Asked : Filter
    {
        public ExportReason? Reason { get; init; }
    }

    [Requires(May.ReadTheAudit)]
    internal sealed record Query : Asked, IQuery<Answer>;

    [Requires(May.ReadTheAudit), FreshFactor]
    internal sealed record Export : Asked, IQuery<byte[]>, ISensitive;

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules() => Include(new PeriodRules());
    }

    internal sealed class ExportRules : AbstractValidator<Export>
    {
        public ExportRules()
        {
            Include(new PeriodRules());
            RuleFor(c => c.Reason).Must(r => r is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.ChooseReason);
        }
    }

    private sealed class PeriodRules : AbstractValidator<Asked>
    {
        private const int MostDays = 366;

        public PeriodRules()
        {
            Include(new FilterRules());
            RuleFor(q => q.Person).Must(p => p is not null && p != Filter.Platform).WithMessage(_ => Words.ChoosePerson);
            RuleFor(q => q.From).NotNull().WithMessage(_ => Words.ChooseDay);
            RuleFor(q => q.To).NotNull().WithMessage(_ => Words.ChooseDay).Must((q, to) => q.From is not { } from || to is not { } end || end.DayNumber - from.DayNumber <= MostDays).WithMessage(_ => Words.YearAtMost);
        }
    }

    internal sealed class Handler(Lens lens, Trail trail) : IRequestHandler<Query, Answer>
    {
        public Task<Answer> Handle(Query query, CancellationToken ct)
        {
            trail.Because("audit");
            return Of(lens, query, ct);
        }

        internal static async Task<Answer> Of(Lens lens, Asked asked, CancellationToken ct)
        {
            var (dossiers, hidden) = (new Dictionary<Guid, Sum>(), await lens.Hidden(ct));
            await foreach (var row in (await lens.Rows(asked, null, ct)).AsAsyncEnumerable().WithCancellation(ct))
            {
                var line = await lens.Read(row, ct);
                if (line is { Subject: { } subject, IsOfAudit: false }) Of(subject).Take(line);
                foreach (var listed in line.Listed.Where(id => !hidden.Contains(id))) Of(listed).List(line.At);
            }
            // What is no dossier (an account, a thing of the zone) has no number; where numbers are not shown, it has a reason to have been opened.
            var numbers = await lens.Numbers(dossiers.Keys, ct);
            var kept = dossiers.Where(d => lens.SeesDossiers ? numbers.ContainsKey(d.Key) : d.Value.Listed > 0 || d.Value.Why.Count > 0).ToList();
            var rows = kept.Select(d => d.Value.ToRow(numbers.GetValueOrDefault(d.Key))).OrderByDescending(r => r.Opened + r.Changed > 0).ThenByDescending(r => r.Last).ToList();
            return new Answer(lens.SeesDossiers ? rows : [], rows.Count, rows.Sum(r => r.Opened), rows.Sum(r => r.Listed), rows.Sum(r => r.Changed), rows.Sum(r => r.Refused), lens.SeesDossiers);

            Sum Of(Guid dossier) => dossiers.TryGetValue(dossier, out var sum) ? sum : dossiers[dossier] = new Sum();
        }
    }

    internal sealed class ExportHandler(Lens lens, Trail trail) : IRequestHandler<Export, byte[]>
    {
        public async Task<byte[]> Handle(Export export, CancellationToken ct)
        {
            trail.Because(export.Reason!.Value.ToString());
            var answer = await Handler.Of(lens, export, ct);
            var csv = new Csv();
            csv.Line(Words.Dossier, Words.OpenedCount, Words.ListedCount, Words.ChangedCount, Words.RefusedCount, Words.WhyHeading, Words.First, Words.Last);
            foreach (var row in answer.Rows)
                csv.Line(row.Number, N(row.Opened), N(row.Listed), N(row.Changed), N(row.Refused), string.Join(", ", row.Why.Select(why => Acts.Why(why))), Moment.Show(row.First), Moment.Show(row.Last));
            csv.Line(Words.Together(answer.Dossiers), N(answer.Opened), N(answer.Listed), N(answer.Changed), N(answer.Refused));
            return csv.ToBytes();

            static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
        }
    }

    private sealed class Sum
    {
        private int opened, changed, refused;
        private DateTimeOffset first = DateTimeOffset.MaxValue, last;

        public int Listed { get; private set; }
        public HashSet<string> Why { get; } = [];

        public void Take(Line line)
        {
            if (line.Kind == LineKind.Refused) refused++;
            else if (line.Changed.Count > 0) changed++;
            else opened++;
            if (line.Why is { } why) Why.Add(Acts.StemOf(why));
            At(line.At);
        }

        public void List(DateTimeOffset at)
        {
            Listed++;
            At(at);
        }

        public Row ToRow(string? number) => new(number, opened, Listed, changed, refused, [.. Why.Order(StringComparer.Ordinal)], first, last);

        private void At(DateTimeOffset at) => (first, last) = (at < first ? at : first, at > last ? at : last);
    }
}
