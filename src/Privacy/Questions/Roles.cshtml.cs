using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Identity.Contracts;
using VictimSupport.Privacy.Audit;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Privacy.Questions;

/// <summary>Who could do what on a day: every role that counted at some moment of it, who gave it and who confirmed it. To print, or as a file; no content.</summary>
[Requires(May.ReadTheAudit)]
internal sealed class Roles(IMediator pipeline, People people, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Query Form { get; set; } = new();
    public Answer? Shown { get; private set; }
    public Func<Guid?, string> Name { get; private set; } = _ => "";
    public IReadOnlyList<Choice> Reasons => Choice.All<ExportReason>(Words.Of);
    public IEnumerable<(Role Role, IEnumerable<May> Deeds)> Legend => (Shown?.Roles ?? []).Select(s => s.Role).Distinct().Order()
        .Select(role => (role, AccessMatrix.All.Where(row => row.Roles.Contains(role) && row.Deed is not (May.BeSignedIn or May.HoldAnAccount)).Select(row => row.Deed)));

    public void OnGet() => Form = new Query { On = Moment.Day(clock.GetUtcNow()) };

    public async Task OnPostAsync(CancellationToken ct)
    {
        Shown = await pipeline.Send(Form, ct);
        Name = await people.Named(Shown.People, ct);
    }

    public async Task<IActionResult> OnPostExportAsync(CancellationToken ct) => File(await pipeline.Send(new Export { On = Form.On, Reason = Form.Reason }, ct), "text/csv; charset=utf-8", "roles.csv");

    public Task ShowAgain(CancellationToken ct) => Task.CompletedTask;

    /// <param name="Single">Single dossiers open to somebody beyond their roles; what does not exist for the reader is not counted.</param>
    /// <param name="TeamSawAll">Did caseworkers see each other's dossiers that day?</param>
    internal sealed record Answer(IReadOnlyList<RoleSpan> Roles, IReadOnlyList<ReplacementSpan> Replacements, IReadOnlyList<GrantCount> Single, bool TeamSawAll)
    {
        public IEnumerable<Guid?> People => Roles.SelectMany(s => new Guid?[] { s.Account, s.GivenBy, s.ConfirmedBy }).Concat(Replacements.SelectMany(r => new Guid?[] { r.Account, r.Away, r.By })).Concat(Single.Select(g => (Guid?)g.Account)).Where(id => id is not null);
    }

    internal abstract record Asked
    {
        public DateOnly? On { get; init; }
        public ExportReason? Reason { get; init; }
    }

    [Requires(May.ReadTheAudit)]
    internal sealed record Query : Asked, IQuery<Answer>;

    [Requires(May.ReadTheAudit), FreshFactor]
    internal sealed record Export : Asked, IQuery<byte[]>, ISensitive;

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules() => RuleFor(q => q.On).NotNull().WithMessage(_ => Words.ChooseDay).Must(FilterRules.InRange).WithMessage(_ => Words.NoSuchPeriod);
    }

    internal sealed class ExportRules : AbstractValidator<Export>
    {
        public ExportRules()
        {
            RuleFor(q => q.On).NotNull().WithMessage(_ => Words.ChooseDay).Must(FilterRules.InRange).WithMessage(_ => Words.NoSuchPeriod);
            RuleFor(c => c.Reason).Must(r => r is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.ChooseReason);
        }
    }

    internal sealed class Handler(ThatDay day, Trail trail) : IRequestHandler<Query, Answer>
    {
        public Task<Answer> Handle(Query query, CancellationToken ct)
        {
            trail.Because("audit");
            return day.Of(query.On!.Value, ct);
        }
    }

    internal sealed class ExportHandler(ThatDay day, Trail trail, IAccounts accounts) : IRequestHandler<Export, byte[]>
    {
        public async Task<byte[]> Handle(Export export, CancellationToken ct)
        {
            trail.Because(export.Reason!.Value.ToString());
            var answer = await day.Of(export.On!.Value, ct);
            var names = await accounts.Named(answer.People.OfType<Guid>(), ct);
            var csv = new Csv();
            csv.Line(Words.Who, Words.RoleHeading, Words.Since, Words.Until, Words.GivenBy, Words.ConfirmedBy, Words.GivenBecause);
            foreach (var s in answer.Roles)
                csv.Line(Name(s.Account), RoleWords.Of(s.Role), Moment.Show(s.Since!.Value), s.To is { } to ? Moment.Show(to) : "", Name(s.GivenBy), Name(s.ConfirmedBy), Acts.Given(s.Reason));
            foreach (var r in answer.Replacements) csv.Line(Name(r.Account), Words.Replaces(Name(r.Away)), Moment.Show(r.From), Moment.Show(r.To), Name(r.By), "", "");
            foreach (var g in answer.Single) csv.Line(Name(g.Account), Words.SingleDossiers(g.Kind(), g.Dossiers), "", "", "", "", "");
            csv.Line("", answer.TeamSawAll ? Words.TeamSawAll : Words.TeamSawOwn, "", "", "", "", "");
            return csv.ToBytes();

            string Name(Guid? id) => id is null ? "" : names.TryGetValue(id.Value, out var colleague) ? colleague.DisplayName : Words.UnknownPerson;
        }
    }
}

/// <summary>What was open to whom on one day, as far as its reader may know.</summary>
internal sealed class ThatDay(UseCase here, IRoleHistory roles, ICountGrants grants, Caller reader)
{
    public async Task<Roles.Answer> Of(DateOnly day, CancellationToken ct)
    {
        var (zone, start, end) = (here.InZone.Id, Moment.Instant(day.ToDateTime(TimeOnly.MinValue)), Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue)));
        return new Roles.Answer([.. (await roles.Of(zone, ct)).Where(s => s.CountedBetween(start, end)).OrderBy(s => s.Role).ThenBy(s => s.From)], await roles.Replacements(zone, start, end, ct),
            await grants.Between(start, end, reader, ct), await roles.TeamSawAll(zone, day, ct));
    }
}
