using System.Text.RegularExpressions;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Onboarding;

/// <summary>Step 2: where the zone lies.</summary>
[Requires(May.RunThePlatform)]
internal sealed partial class Place(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "draft")] public Guid Id { get; set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var draft = await pipeline.Send(new Draft.Query(Id), ct);
        Form = new Command { Province = draft.Province ?? "", Arrondissement = draft.Arrondissement ?? "", Municipalities = draft.Municipalities.Replace(';', '\n'), Postcodes = draft.Places.Replace(';', '\n') };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Draft = Id }, ct);
        return RedirectToPage(Onboarding.Draft.PageOf(Step.People), new { draft = Id });
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Province { get; init; } = "";
        public string Arrondissement { get; init; } = "";
        public string Municipalities { get; init; } = "";

        /// <summary>One on a line, with the name of the place.</summary>
        public string? Postcodes { get; init; }
        internal Guid Draft { get; init; }
        internal IReadOnlyList<string> Found => [.. (Postcodes ?? "").Split([';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(p => p.Normalize()).Distinct(StringComparer.Ordinal)];
        internal IReadOnlyList<string> Places => Municipalities.Split([';', ',', '\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
    }

    internal sealed partial class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Province).Must(p => Short().IsMatch(p.Trim())).WithMessage(_ => Words.WrongShortCode);
            RuleFor(c => c.Arrondissement).Must(p => Short().IsMatch(p.Trim())).WithMessage(_ => Words.WrongShortCode);
            RuleFor(c => c.Municipalities).Must((c, _) => c.Places.Count is > 0 and <= 100).WithMessage(_ => Words.NoMunicipality);
            RuleFor(c => c.Municipalities).Must((c, _) => c.Places.All(p => Five().IsMatch(p))).WithMessage(_ => Words.FiveDigitsEach);
            RuleFor(c => c.Postcodes).Must((c, _) => c.Found.Count <= 300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Postcodes).Must((c, _) => c.Found.All(Operator.ZoneFile.IsPlace)).WithMessage(c => Words.WrongPlace(c.Found.First(p => !Operator.ZoneFile.IsPlace(p))));
        }

        [GeneratedRegex(@"\A[A-Z]{2,4}\z", RegexOptions.None, 1000)]
        private static partial Regex Short();

        [GeneratedRegex(@"\A[0-9]{5}\z", RegexOptions.None, 1000)]
        private static partial Regex Five();
    }

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            (await Onboarding.Draft.Of(house, form.Draft, ct)).Lie(form.Province.Trim(), form.Arrondissement.Trim(), form.Places, form.Found);
            return true;
        }
    }
}
