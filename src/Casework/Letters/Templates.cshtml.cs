using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Letters;

/// <summary>The texts of the zone's letters, and what all of them have in common. Texts are about nobody: whoever sets the zone up may change them without seeing a dossier.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Templates(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>Which kinds the zone says in its own words, and in which languages.</summary>
    public IReadOnlyList<(LetterKind Kind, string Language)> Own { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => (Own, Form) = await pipeline.Send(new Query(), ct);

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task ShowAgain(CancellationToken ct)
    {
        (Own, var now) = await pipeline.Send(new Query(), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.LetterTextSaved;
        return RedirectToPage();
    }

    internal sealed record View(IReadOnlyList<(LetterKind Kind, string Language)> Own, Command Form);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : IQuery<View>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICommand<bool>, ISensitive
    {
        public string? ServicePhone { get; init; }
        public string? ReturnLine { get; init; }

        /// <summary>Of the zone's head when the form was shown.</summary>
        public int Version { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.ServicePhone).MaximumLength(40).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ReturnLine).MaximumLength(200).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Wording wording, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>, IRequestHandler<Command, bool>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (head, own) = (await wording.Head(ct), await zone.Set<LetterTemplate>().AsNoTracking().Select(t => new { t.Kind, t.Language }).ToListAsync(ct));
            return new View([.. own.Select(t => (t.Kind, t.Language))], new Command { ServicePhone = head.ServicePhone, ReturnLine = head.ReturnLine, Version = head.Version });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var head = await zone.Set<LetterHead>().SingleOrDefaultAsync(ct);
            if (form.Version != (head?.Version ?? 0)) throw new ValidationException([new ValidationFailure(nameof(Command.ServicePhone), Words.ChangedMeanwhile)]);
            var line = form.ReturnLine?.Trim() ?? "";
            // It stands on the envelope, before the eyes of whoever empties the box.
            if (await wording.Telling(line, ct) is { } telling) throw new ValidationException([new ValidationFailure(nameof(Command.ReturnLine), Words.NotNeutral(telling))]);
            if (head is null) zone.Add(head = new LetterHead());
            head.Say(form.ServicePhone?.Trim() ?? "", line, caller.Self, clock.GetUtcNow());
            return true;
        }
    }
}
