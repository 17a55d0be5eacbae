using FluentValidation;
using FluentValidation.Results;
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
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>Totals of the years before the platform, typed in; who gave them and when stands beside them.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Earlier(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    /// <summary>A year that has totals, to change them.</summary>
    [BindProperty(SupportsGet = true)] public int? Edit { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<(EarlierYear Year, string By)> Years { get; private set; } = [];
    public OwnYears Own { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (Years.FirstOrDefault(y => y.Year.Year == Edit).Year is { } known) Form = Command.Of(known);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        (var years, Own) = await pipeline.Send(new Query(), ct);
        var names = await accounts.Named(years.Select(y => y.By).Distinct(), ct);
        Years = [.. years.Select(y => (y, names.TryGetValue(y.By, out var who) ? who.DisplayName : Words.UnknownColleague))];
        // Over what another saved meanwhile: it stands in the table now, and the next press is meant.
        if (Form.Version > 0 && years.FirstOrDefault(y => y.Year == Form.Year) is { } now) Form = Form with { Version = now.Version };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.ReportEarlierSaved;
        return RedirectToPage(new { Edit = (int?)null });
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : IQuery<(IReadOnlyList<EarlierYear> Years, OwnYears Own)>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICommand<bool>
    {
        public int? Year { get; init; }
        public int? Cases { get; init; }
        public int? Dossiers { get; init; }
        public int? Closed { get; init; }
        public int? Contacts { get; init; }
        public int? CallOuts { get; init; }
        public int? Referrals { get; init; }
        public int? Trainings { get; init; }
        public int? Meetings { get; init; }

        /// <summary>What is counted here of this year is a part of it.</summary>
        public bool Instead { get; init; }
        public int Version { get; init; }

        internal IReadOnlyDictionary<string, int> Counts => MainTotals.Codes.Zip(new[] { Cases, Dossiers, Closed, Contacts, CallOuts, Referrals, Trainings, Meetings }).Where(c => c.Second is not null).ToDictionary(c => c.First, c => c.Second!.Value, StringComparer.Ordinal);

        public static Command Of(EarlierYear year)
        {
            return new Command { Year = year.Year, Version = year.Version, Instead = year.IsInstead, Cases = At("cases"), Dossiers = At("dossiers"), Closed = At("closed"), Contacts = At("contacts"), CallOuts = At("callOuts"), Referrals = At("referrals"), Trainings = At(MainTotals.Trainings), Meetings = At(MainTotals.Meetings) };

            int? At(string code) => year.Counts.TryGetValue(code, out var count) ? count : null;
        }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Year).Must(y => y >= EarlierYear.First && y < Moment.Day(clock.GetUtcNow()).Year).WithMessage(_ => Words.ReportEarlierYearRange(EarlierYear.First));
            foreach (var box in new System.Linq.Expressions.Expression<Func<Command, int?>>[] { c => c.Cases, c => c.Dossiers, c => c.Closed, c => c.Contacts, c => c.CallOuts, c => c.Referrals, c => c.Trainings, c => c.Meetings })
                RuleFor(box).InclusiveBetween(0, EarlierYear.Largest).WithMessage(_ => Words.ReportEarlierRange(EarlierYear.Largest));
            RuleFor(c => c.Cases).Must((c, _) => c.Counts.Count > 0 || c.Version > 0).WithMessage(_ => Words.ReportEarlierNone);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, (IReadOnlyList<EarlierYear> Years, OwnYears Own)>, IRequestHandler<Command, bool>
    {
        public async Task<(IReadOnlyList<EarlierYear> Years, OwnYears Own)> Handle(Query query, CancellationToken ct) => ([.. (await EarlierYear.All(zone, ct)).Where(y => y.Counts.Count > 0)], await OwnYears.Of(zone, here.InZone.Record, ct));

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var year = form.Year!.Value;
            trail.Because($"report {year} earlier");
            var last = (await EarlierYear.All(zone, ct)).FirstOrDefault(y => y.Year == year);
            if (form.Version == 0 && last?.Counts.Count > 0) throw Wrong(Words.ReportEarlierThere);
            if (form.Version > 0 && form.Version != last?.Version) throw Wrong(Words.ReportChangedMeanwhile);
            // A year that was counted here has its own number, unless the zone says that it is a part.
            var own = await OwnYears.Of(zone, here.InZone.Record, ct);
            if (form.Counts.Count > 0 && !form.Instead && own.Has(year)) throw Wrong(Words.ReportEarlierOwn, nameof(Command.Instead));
            zone.Add(EarlierYear.Next(year, last?.Version ?? 0, form.Counts, imported: false, caller.Self, clock.GetUtcNow(), form.Instead || own.Part == year));
            return true;

            static ValidationException Wrong(string said, string field = nameof(Command.Year)) => new([new ValidationFailure(field, said)]);
        }
    }
}
