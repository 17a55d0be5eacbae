using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Privacy.Audit;

/// <summary>What the catalogue's audit holds of this zone: roles given, confirmed and ended, invitations, settings, the zone's own life. Only records that stand under this zone's id;
/// whoever writes something of a zone into the catalogue, or writes there from within a zone, is recorded under it (<see cref="IOfZone"/>).</summary>
[Requires(May.ReadTheAudit)]
internal sealed class Events(IMediator pipeline, People people) : PageModel, IShowAgain
{
    [BindProperty] public Query Form { get; set; } = new();
    public Answer? Shown { get; private set; }
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public Func<Guid?, string> Name { get; private set; } = _ => "";

    public Task OnGetAsync(CancellationToken ct) => Show(ct);
    public Task OnPostAsync(CancellationToken ct) => Show(ct);

    public async Task ShowAgain(CancellationToken ct) => Colleagues = await people.Choices(ct);

    private async Task Show(CancellationToken ct)
    {
        await ShowAgain(ct);
        Shown = await pipeline.Send(Form, ct);
        Name = await people.Named(Shown.Rows.Select(r => r.Line.Actor).Concat(Shown.Rows.SelectMany(r => r.Roles).Select(r => (Guid?)r.Account)), ct);
    }

    /// <param name="Roles">The roles that were given, confirmed or ended by it.</param>
    internal sealed record Row(Line Line, IReadOnlyList<RoleSpan> Roles);

    /// <param name="Next">The number of the next page; null: this was the last.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, int? Next);

    [Requires(May.ReadTheAudit)]
    internal sealed record Query : ICatalogQuery<Answer>
    {
        public Guid? Person { get; init; }
        public DateOnly? From { get; init; }
        public DateOnly? To { get; init; }
        public int Page { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules()
        {
            RuleFor(q => q.To).Must((q, to) => to is null || q.From is null || q.From <= to).WithMessage(_ => Words.EndBeforeStart).Must(FilterRules.InRange).WithMessage(_ => Words.NoSuchPeriod);
            RuleFor(q => q.From).Must(FilterRules.InRange).WithMessage(_ => Words.NoSuchPeriod);
            RuleFor(q => q.Page).InclusiveBetween(0, 10_000).WithMessage(_ => Words.NoSuchPeriod);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Trail trail, IRoleHistory roles) : IRequestHandler<Query, Answer>
    {
        private const int PerPage = 50;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            trail.Because("audit");
            var zone = here.InZone.Id;
            var rows = house.Set<AuditRow>().AsNoTracking().Where(r => r.Subject == zone);
            if (query.Person is { } person) rows = rows.Where(r => r.Actor == person);
            if (query.From is { } from)
            {
                var start = Moment.Instant(from.ToDateTime(TimeOnly.MinValue));
                rows = rows.Where(r => r.At >= start);
            }
            if (query.To is { } to)
            {
                var end = Moment.Instant(to.AddDays(1).ToDateTime(TimeOnly.MinValue));
                rows = rows.Where(r => r.At < end);
            }
            var found = await rows.OrderByDescending(r => r.Seq).Skip(query.Page * PerPage).Take(PerPage + 1).ToListAsync(ct);
            var spans = (await roles.Of(zone, ct)).ToDictionary(s => s.Id);
            return new Answer([.. found.Take(PerPage).Select(Line.Of).Select(line => new Row(line, [.. Ids(line, "RoleGrant").Where(spans.ContainsKey).Select(id => spans[id])]))], found.Count > PerPage ? query.Page + 1 : null);
        }

        // What was changed is recorded as "RoleGrant added 0192f000-…".
        private static IEnumerable<Guid> Ids(Line line, string kind) => line.Changed.Select(c => c.Split(' ')).Where(c => c.Length == 3 && c[0] == kind && Guid.TryParse(c[2], out _)).Select(c => Guid.Parse(c[2]));
    }
}
