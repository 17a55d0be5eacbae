using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Conduct;

/// <summary>The zone writes its own code of conduct; everyone is asked again at their next page.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Edit(IMediator pipeline, Conducts conducts, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public View Now { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = Now.Texts;
    }

    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var changed = await pipeline.Send(Form, ct);
        conducts.Forget(who.Zone!.Id);
        TempData["Done"] = changed ? Words.ConductSaved : Words.UnchangedDone;
        return RedirectToPage();
    }

    /// <param name="Needed">The zone's official languages.</param>
    internal sealed record View(int Version, int Accepted, Command Texts, IReadOnlyList<string> Needed);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string? Fr { get; init; }
        public string? Nl { get; init; }
        public string? De { get; init; }
        public string? En { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Fr).MaximumLength(ConductText.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Nl).MaximumLength(ConductText.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.De).MaximumLength(ConductText.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.En).MaximumLength(ConductText.Longest).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Record;
            var own = await house.Set<ConductText>().AsNoTracking().Where(t => t.Zone == zone.Id).OrderByDescending(t => t.Version).FirstOrDefaultAsync(ct);
            var version = own?.Version ?? ConductText.First;
            var texts = own is null
                ? new Command { Fr = Conducts.Default("fr"), Nl = Conducts.Default("nl"), De = Conducts.Default("de"), En = Conducts.Default("en") }
                : new Command { Fr = own.Fr, Nl = own.Nl, De = own.De, En = own.En };
            return new View(version, await house.Set<ConductAcceptance>().CountAsync(a => a.Zone == zone.Id && a.Version == version, ct), texts, zone.Facts.Languages);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Record, clock.GetUtcNow());
            var own = await house.Set<ConductText>().AsNoTracking().Where(t => t.Zone == zone.Id).OrderByDescending(t => t.Version).FirstOrDefaultAsync(ct);
            var next = new ConductText { Id = Guid.CreateVersion7(now), Zone = zone.Id, Version = (own?.Version ?? ConductText.First) + 1, Fr = Said(form.Fr), Nl = Said(form.Nl), De = Said(form.De), En = Said(form.En), By = caller.Self, At = now };
            var missing = zone.Facts.Languages.Where(l => next.In(l) is null).Select(l => new ValidationFailure(char.ToUpperInvariant(l[0]) + l[1..], Words.ConductNeeded)).ToList();
            if (missing.Count > 0) throw new ValidationException(missing);
            // Nobody is asked again for a text that says the same.
            if (new[] { "fr", "nl", "de", "en" }.All(l => next.In(l) == (own is null ? Conducts.Default(l) : own.In(l)))) return false;
            house.Add(next);
            return true;
        }

        // Browsers send line ends of their own kind.
        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.ReplaceLineEndings("\n").Trim();
    }
}
