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
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Events;

/// <summary>The list of an event: on top the form of one line, saved by one Enter, below it all that many have written. It renews itself where somebody else wrote.</summary>
[Requires(May.WorkOnEvents)]
internal sealed class Show(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty(SupportsGet = true)] public Guid? Place { get; set; }
    [BindProperty(SupportsGet = true)] public EventRole? Role { get; set; }
    [BindProperty(SupportsGet = true)] public EventState? State { get; set; }
    [BindProperty(SupportsGet = true)] public bool Seeks { get; set; }
    [BindProperty(SupportsGet = true)] public bool Open { get; set; }
    [BindProperty(SupportsGet = true, Name = "at")] public int At { get; set; } = 1;

    /// <summary>What the last line said of role, place and language: the next of the same bus mostly says the same.</summary>
    [BindProperty(SupportsGet = true)] public EventRole? As { get; set; }
    [BindProperty(SupportsGet = true)] public Guid? In { get; set; }
    [BindProperty(SupportsGet = true)] public string? Speaks { get; set; }

    /// <summary>The number of the line that was saved just now.</summary>
    [BindProperty(SupportsGet = true)] public int? Saved { get; set; }

    /// <summary>A name that is looked for in the list: never in the address.</summary>
    [BindProperty] public string? Find { get; set; }
    [BindProperty] public Add.Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    public IReadOnlyList<Choice> Places => [.. View.Says.Places.Select(p => new Choice(p.Id.ToString(), p.Word))];
    public IReadOnlyList<Choice> Roles => Choice.All<EventRole>(Words.Of);
    public IReadOnlyList<Choice> States => Choice.All<EventState>(Words.Of);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public bool IsFiltered => Place is not null || Role is not null || State is not null || Seeks || Open || !string.IsNullOrWhiteSpace(Find);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Add.Command { Role = As is { } role && Enum.IsDefined(role) ? role : EventRole.Involved, Place = View.Says.Place(In)?.Id, Language = Languages.All.Contains(Speaks) ? Speaks : null };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        At = Math.Clamp(At, 1, 10_000);
        View = await pipeline.Send(new Query(Event, Place, Role, State, Seeks, Open, At) { Find = Find, Saved = Saved }, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var saved = await pipeline.Send(Form with { Event = Event, Once = Once }, ct);
        return RedirectToPage(new { Event, saved, @as = Form.Role, @in = Form.Place, speaks = Form.Language });
    }

    public async Task<IActionResult> OnPostFindAsync(CancellationToken ct)
    {
        if (Find?.Length > 200) Find = Find[..200];
        await OnGetAsync(ct);
        return Page();
    }

    /// <param name="Rows">The latest first.</param>
    /// <param name="Links">Of the lines that are shown: who looks for whom, by number.</param>
    /// <param name="Alike">Numbers of those who may be the one saved just now.</param>
    internal sealed record Answer(EventHead Head, EventSays Says, IReadOnlyList<LineRow> Rows, int Total, int Pages, ILookup<Guid, string> Links, IReadOnlyList<LineRow> Alike, LineRow? Saved)
    {
        public const int PerPage = 100;

        /// <summary>Lines whose number is not shown: they are not to be called.</summary>
        public required IReadOnlySet<Guid> NotToCall { get; init; }
    }

    [Requires(May.WorkOnEvents)]
    internal sealed record Query(Guid Event, Guid? Place, EventRole? Role, EventState? State, bool Seeks, bool Open, int At) : IQuery<Answer>
    {
        internal string? Find { get; init; }
        internal int? Saved { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Nevers nevers, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var (says, lines) = (ev.Says.Value, await at.Lines(ev.Id, ct));
            var all = LineRow.Of(lines, says);
            var found = NameQuery.Parse(query.Find ?? "");
            var rows = all.Where(r => (query.Place is null || r.Place?.Id == query.Place) && (query.Role is null || r.Role == query.Role) && (query.State is null || r.State == query.State) && (!query.Seeks || r.Says.Seeks is not null)
                && (!query.Open || r.Line.Home is null) && (found.IsEmpty ? string.IsNullOrWhiteSpace(query.Find) || Numbered(r, query.Find) : found.Matches(r.Says.FamilyName, r.Says.GivenName) || Numbered(r, query.Find!))).Reverse().ToList();
            var links = await zone.Set<EventLink>().AsNoTracking().Where(l => l.EventId == ev.Id).ToListAsync(ct);
            var saved = query.Saved is { } number ? all.FirstOrDefault(r => r.Line.Number == number) : null;
            var page = rows.Skip((query.At - 1) * Answer.PerPage).Take(Answer.PerPage).ToList();
            return new Answer(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Show" }, says, page, rows.Count, Math.Max(1, (rows.Count + Answer.PerPage - 1) / Answer.PerPage),
                Told(EventLink.Seeking(links, LineRow.Standing(lines)), all), saved is null ? [] : [.. new Likeness(lines, links).Same(saved.Line.Id).Select(p => p.One.Line.Id == saved.Line.Id ? p.Other : p.One).Take(5).Select(l => all.First(r => r.Line.Id == l.Line.Id))], saved)
            {
                NotToCall = await LineRow.NotToCall(nevers, page, ct),
            };
        }

        private static bool Numbered(LineRow row, string find) => int.TryParse(find.Trim(), System.Globalization.CultureInfo.InvariantCulture, out var number) && (row.Line.Number == number || row.Same.Contains(number));

        private static ILookup<Guid, string> Told(IReadOnlyList<(Guid One, Guid Other)> links, IReadOnlyList<LineRow> all)
        {
            var numbers = all.ToDictionary(r => r.Line.Id, r => r.Line.Number);
            return links.SelectMany(l => new[] { (Line: l.One, Text: Words.EventSeeksNumber(numbers[l.Other])), (Line: l.Other, Text: Words.EventSoughtByNumber(numbers[l.One])) }).ToLookup(l => l.Line, l => l.Text);
        }
    }
}
