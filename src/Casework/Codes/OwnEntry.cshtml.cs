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
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Codes;

/// <summary>An entry of the zone's own: added, put in other words, or ended. What it stands for is chosen once; another meaning is another entry.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class OwnEntry(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid? Id { get; set; }
    [BindProperty(SupportsGet = true, Name = "list")] public CodeList List { get; set; } = CodeList.SubKind;
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What it stands for, where that is settled.</summary>
    public OwnCode? Known { get; private set; }
    public IReadOnlyList<Choice> Shipped => ShippedCodes.Choices(List, Moment.Day(clock.GetUtcNow()));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Id is null && !Lists.OfTheZone.Contains(List)) return NotFound();
        await Find(ct);
        Form = Known is { } own ? Command.Of(own) : new Command { From = Moment.Day(clock.GetUtcNow()) };
        return Page();
    }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    // What was typed stays; the next press saves it over what stands now, and is seen.
    public async Task ShowAgain(CancellationToken ct)
    {
        await Find(ct);
        if (Known is { } own && own.Version != Form.Version) (Meanwhile, Form) = (Command.Of(own), Form with { Version = own.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Id is null && !Lists.OfTheZone.Contains(List)) return NotFound();
        await pipeline.Send(Form with { Id = Id, List = List, Once = Once }, ct);
        TempData["Done"] = Words.OwnCodeSaved;
        return RedirectToPage("/Casework/Codes/OwnEntries");
    }

    private async Task Find(CancellationToken ct)
    {
        if (Id is not { } id) return;
        Known = await pipeline.Send(new Query(id), ct);
        List = Known.List;
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(Guid Id) : IQuery<OwnCode>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Shipped { get; init; } = "";
        public string? Fr { get; init; }
        public string? Nl { get; init; }
        public string? De { get; init; }
        public string? En { get; init; }
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }
        public int Version { get; init; }
        internal Guid? Id { get; init; }
        internal CodeList List { get; init; }

        /// <summary>One-time id of the form: sent twice, it makes one entry.</summary>
        internal Guid Once { get; init; }

        public static Command Of(OwnCode own) => new() { Shipped = own.Shipped, Fr = own.Fr, Nl = own.Nl, De = own.De, En = own.En, From = own.From, Until = own.Until, Version = own.Version };

        public string In(string language) => (language switch { "fr" => Fr, "nl" => Nl, "de" => De, _ => En })?.Trim() ?? "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Shipped).Must((c, code) => c.Id is not null || ShippedCodes.Holds(c.List, code, Moment.Day(clock.GetUtcNow()))).WithMessage(_ => Words.ChooseShipped);
            foreach (var language in Languages)
                RuleFor(c => c).Must(c => c.In(language).Length <= OwnCode.Longest && !c.In(language).Any(char.IsControl)).OverridePropertyName(FieldOf(language)).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.From).Must((c, from) => c.Id is not null || (from >= Moment.Day(clock.GetUtcNow()) && from <= Moment.Day(clock.GetUtcNow()).AddYears(2))).WithMessage(_ => Words.OfferedFromToday);
            // Yesterday ends it at once.
            RuleFor(c => c.Until).Must((c, until) => until is null || ((c.Id is not null || until >= c.From) && until <= Moment.Day(clock.GetUtcNow()).AddYears(20))).WithMessage(_ => Words.OfferedUntilLater);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Query, OwnCode>, IRequestHandler<Command, Guid>
    {
        public async Task<OwnCode> Handle(Query query, CancellationToken ct) => await zone.Set<OwnCode>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == query.Id, ct) ?? throw new RefusedException("absent", query.Id);

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (form.Once != default && await zone.Set<Dossiers.Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var (all, now) = (await zone.Set<OwnCode>().ToListAsync(ct), clock.GetUtcNow());
            var own = form.Id is { } id ? all.Find(c => c.Id == id) ?? throw new RefusedException("absent", id) : null;
            var (list, today) = (own?.List ?? form.List, Moment.Day(now));
            if (own is not null && own.Version != form.Version) throw Wrong(nameof(Command.Fr), Words.ChangedMeanwhile);
            var others = all.Where(c => c.List == list && c != own && (c.Until is null || c.Until >= today)).ToList();
            if (own is null && others.Count >= OwnCode.MostInAList) throw Wrong(nameof(Command.Shipped), Words.OwnCodesMost(OwnCode.MostInAList));
            foreach (var language in (await settings.Of(here.InZone.Id, ct)).Languages.Where(l => form.In(l).Length == 0)) throw Wrong(FieldOf(language), Words.OwnWordNeeded);
            // Two tiles of one name would be one to whoever reads them.
            foreach (var language in Languages.Where(l => form.In(l).Length > 0 && others.Exists(o => string.Equals(o.In(l), form.In(l), StringComparison.OrdinalIgnoreCase)))) throw Wrong(FieldOf(language), Words.OwnWordTaken);
            if (own is not null && form.Until is { } until && until != own.Until && (until < today.AddDays(-1) || until < own.From.AddDays(-1))) throw Wrong(nameof(Command.Until), Words.OfferedUntilLater);
            if (own is null) zone.Add(own = OwnCode.Add(list, form.Shipped, form.From!.Value, now));
            Record(own, form);
            own.Say(form.In("fr"), form.In("nl"), form.In("de"), form.In("en"), form.Until, caller.Self, now);
            if (form.Once != default) zone.Add(new Dossiers.Submission { Id = form.Once, Made = own.Id });
            return own.Id;
        }

        // The old and the new, side by side: about the house, so in words.
        private void Record(OwnCode own, Command form)
        {
            var name = $"{own.List} {own.Id}";
            if (own.Version == 0)
            {
                Turn("shipped", null, own.Shipped);
                Turn("from", null, Day(own.From));
            }
            foreach (var language in Languages) Turn(language, own.In(language), form.In(language));
            Turn("until", Day(own.Until), Day(form.Until));

            void Turn(string what, string? from, string? to)
            {
                if ((from ?? "") != (to ?? "")) trail.Turns($"{name} {what}", from, to);
            }
        }

        private static string? Day(DateOnly? day) => day?.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        private static ValidationException Wrong(string field, string say) => new([new ValidationFailure(field, say)]);
    }

    private static readonly string[] Languages = ["fr", "nl", "de", "en"];
    private static string FieldOf(string language) => char.ToUpperInvariant(language[0]) + language[1..];
}
