using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Operator;

/// <summary>The operator's list of zones, and one more. No content of any zone is to be had here.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Zones(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public string? Link { get; private set; }

    /// <summary>Zones that are noted and not made yet.</summary>
    public int Waiting => Rows.Count(r => r.State == ZoneState.Preparing);

    /// <summary>Only a page that nobody types into loads itself again.</summary>
    public bool Refreshes => Waiting > 0 && HttpMethods.IsGet(Request.Method);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(Form, ct) is { } path) Link = $"{Request.Scheme}://{Request.Host}{path}";
        Form = new Command();
        ModelState.Clear();
        await ShowAgain(ct);
        return Page();
    }

    internal sealed record Row(string Code, string Name, string Languages, ZoneState State);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>>;

    /// <summary>Not a transaction of its own: making a zone is several durable steps, each recorded, which a second try finishes.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Command : IRequest<string?>, ISensitive
    {
        public string Code { get; init; } = "";
        public string? NameFr { get; init; }
        public string? NameNl { get; init; }
        public string? NameDe { get; init; }
        public string Administrator { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Code).Matches(@"^\d{4}$").WithMessage(_ => Words.FourDigits);
            RuleFor(c => c.NameFr).Must((c, _) => c.NameFr is { Length: > 0 } || c.NameNl is { Length: > 0 } || c.NameDe is { Length: > 0 }).WithMessage(_ => Words.OneName);
            RuleFor(c => c.NameFr).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.NameNl).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.NameDe).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Administrator).EmailAddress().WithMessage(_ => Words.EnterEmail);
        }
    }

    internal sealed class QueryHandler(Provisioning provisioning) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
            return [.. (await provisioning.Zones(ct)).Select(z => new Row(z.Code, z.NameIn(language), z.Languages, z.State))];
        }
    }

    internal sealed class Handler(IAddZones zones) : IRequestHandler<Command, string?>
    {
        public Task<string?> Handle(Command form, CancellationToken ct) => zones.Add(form.Code, Said(form.NameFr), Said(form.NameNl), Said(form.NameDe),
            [.. new[] { (form.NameFr, "fr"), (form.NameNl, "nl"), (form.NameDe, "de") }.Where(n => Said(n.Item1) is not null).Select(n => n.Item2)], form.Administrator, ct);

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
