using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>The zone's directory: who helps with what, in which language, where, and when somebody last looked whether it holds.</summary>
[Requires(May.SeePartners)]
internal sealed class List(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Need? Need { get; set; }
    [BindProperty(SupportsGet = true)] public string? Language { get; set; }
    [BindProperty(SupportsGet = true)] public string? Municipality { get; set; }

    [BindProperty(SupportsGet = true)] public PartnerLevel? Level { get; set; }
    [BindProperty(SupportsGet = true)] public PartnerSphere? Sphere { get; set; }

    /// <summary>Shows those that are no longer offered instead.</summary>
    [BindProperty(SupportsGet = true)] public bool Ended { get; set; }
    public IReadOnlyList<Partner> Partners { get; private set; } = [];
    public bool MayKeep => who.Caller.May(May.KeepPartners);
    public DateTimeOffset Now => clock.GetUtcNow();
    public IReadOnlyList<Choice> Needs => Choice.All<Need>(Words.Of);
    public IReadOnlyList<Choice> Levels => Choice.All<PartnerLevel>(Words.Of);
    public IReadOnlyList<Choice> Spheres => Choice.All<PartnerSphere>(Words.Of);
    public IReadOnlyList<Choice> Languages => [.. PartnerLanguages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public async Task OnGetAsync(CancellationToken ct) => Partners = await pipeline.Send(new Query(Need, Language, Municipality, Ended) { Level = Level, Sphere = Sphere }, ct);

    public Task<IActionResult> OnPostCheckedAsync(Guid partner, CancellationToken ct) => Turn(new Checked(partner), Words.PartnerChecked, ct);
    public Task<IActionResult> OnPostEndAsync(Guid partner, CancellationToken ct) => Turn(new End(partner), Words.PartnerEnded, ct);
    public Task<IActionResult> OnPostAgainAsync(Guid partner, CancellationToken ct) => Turn(new Again(partner), Words.PartnerAgain, ct);

    private async Task<IActionResult> Turn(IRequest<bool> turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Need, Language, Municipality, Level, Sphere });
    }

    [Requires(May.SeePartners)]
    internal sealed record Query(Need? Need, string? Language, string? Municipality, bool Ended) : IQuery<IReadOnlyList<Partner>>
    {
        public PartnerLevel? Level { get; init; }
        public PartnerSphere? Sphere { get; init; }
    }

    [Requires(May.KeepPartners)]
    internal sealed record Checked(Guid Partner) : ICommand<bool>;

    [Requires(May.KeepPartners)]
    internal sealed record End(Guid Partner) : ICommand<bool>;

    [Requires(May.KeepPartners)]
    internal sealed record Again(Guid Partner) : ICommand<bool>;

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, IReadOnlyList<Partner>>
    {
        public async Task<IReadOnlyList<Partner>> Handle(Query query, CancellationToken ct) =>
            [.. (await zone.Set<Partner>().AsNoTracking().Where(p => (p.Ended != null) == query.Ended).ToListAsync(ct))
                .Where(p => (query.Level ?? p.Level) == p.Level && (query.Sphere ?? p.Sphere) == p.Sphere && (query.Need is not { } need || p.HelpsWith(need)) && p.Speaks(query.Language) && p.Serves(query.Municipality)).OrderBy(p => p.Organisation, StringComparer.CurrentCulture)];
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Checked, bool>, IRequestHandler<End, bool>, IRequestHandler<Again, bool>
    {
        public Task<bool> Handle(Checked command, CancellationToken ct) => Change(command.Partner, p => p.Checked(caller.Self, clock.GetUtcNow()), ct);
        public Task<bool> Handle(End command, CancellationToken ct) => Change(command.Partner, p => p.End(clock.GetUtcNow()), ct);
        public Task<bool> Handle(Again command, CancellationToken ct) => Change(command.Partner, p => p.OfferAgain(caller.Self, clock.GetUtcNow()), ct);

        private async Task<bool> Change(Guid id, Action<Partner> how, CancellationToken ct)
        {
            how(await zone.Set<Partner>().SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw new RefusedException("absent", id));
            return true;
        }
    }
}
