using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Trainings;

/// <summary>The page at which somebody who took part says what they thought, without an account and once. A link that was never made, one that ended, one that was taken back and one by which was answered are the same.</summary>
[Open("the link is the key; it says once what somebody thought of a training")]
internal sealed class Evaluate(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>null: the link is no longer good.</summary>
    public View? Shown { get; private set; }

    /// <summary>It was just answered.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The language of whoever was asked; the page's where the link is not good.</summary>
    public string Language { get; private set; } = "";
    public IReadOnlyList<Choice> Marks => [.. Enumerable.Range(1, Evaluation.Best).Select(m => m.ToString(CultureInfo.InvariantCulture)).Select(m => new Choice(m, Words.Of("TrainingMark_" + m)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task OnPostAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (Shown is null) return;
        // What is wrong is said in the language in which was asked.
        Speak(Language);
        IsDone = await pipeline.Send(Form with { Token = Token }, ct);
        if (!IsDone) Response.StatusCode = StatusCodes.Status404NotFound;
        Shown = null;
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Shown = who.Zone is not null && Token.Length <= 100 ? await pipeline.Send(new Query { Token = Token }, ct) : null;
        Language = Shown?.Language ?? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        if (Shown is null) Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>From here to the end of whoever calls, words are in this language.</summary>
    public static void Speak(string language) => CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language + "-BE");

    internal sealed record View(string Subject, string Language, DateTimeOffset Until);

    [Open("shows of which training was asked; it uses nothing up")]
    internal sealed record Query : IQuery<View?>
    {
        internal string Token { get; init; } = "";
    }

    [Open("the link is the key")]
    internal sealed record Command : ICommand<bool>
    {
        public int? Useful { get; init; }
        public int? Clear { get; init; }
        public int? Trainer { get; init; }
        public int? Organised { get; init; }
        public string? Remark { get; init; }
        internal string Token { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Useful).NotNull().WithMessage(_ => Words.TrainingChooseMark).InclusiveBetween(1, Evaluation.Best).WithMessage(_ => Words.TrainingChooseMark);
            RuleFor(c => c.Clear).NotNull().WithMessage(_ => Words.TrainingChooseMark).InclusiveBetween(1, Evaluation.Best).WithMessage(_ => Words.TrainingChooseMark);
            RuleFor(c => c.Trainer).NotNull().WithMessage(_ => Words.TrainingChooseMark).InclusiveBetween(1, Evaluation.Best).WithMessage(_ => Words.TrainingChooseMark);
            RuleFor(c => c.Organised).NotNull().WithMessage(_ => Words.TrainingChooseMark).InclusiveBetween(1, Evaluation.Best).WithMessage(_ => Words.TrainingChooseMark);
            RuleFor(c => c.Remark).MaximumLength(Evaluation.Longest).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, View?>, IRequestHandler<Command, bool>
    {
        public async Task<View?> Handle(Query query, CancellationToken ct)
        {
            if (await Alive(query.Token, ct) is not { } link || await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == link.About, ct) is not { } one) return null;
            var subject = await zone.Set<Training>().AsNoTracking().Where(t => t.Id == one.TrainingId).Select(t => t.Subject).SingleAsync(ct);
            return new View(subject, one.Language, link.Expires);
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            // Two presses at once: the second waits, and finds the link used up.
            if (await Alive(form.Token, ct) is not { } found || !await Training.TakeTurn(zone, found.DossierId, now, ct)) return false;
            if (await Alive(form.Token, ct) is not { } link || await zone.Set<Participant>().SingleOrDefaultAsync(p => p.Id == link.About, ct) is not { HasEvaluated: false } one) return false;
            one.Evaluates();
            link.Revoke(now);
            var given = Evaluation.Of(one.TrainingId, form.Useful!.Value, form.Clear!.Value, form.Trainer!.Value, form.Organised!.Value, form.Remark, Moment.Day(now));
            zone.Add(given);
            if (await Asking.AreEnough(zone, one.TrainingId, await zone.Set<Evaluation>().CountAsync(e => e.TrainingId == one.TrainingId && e.IsShown, ct), ct))
                Evaluation.Show([.. await zone.Set<Evaluation>().Where(e => e.TrainingId == one.TrainingId && !e.IsShown).ToListAsync(ct), given]);
            return true;
        }

        private async Task<Link?> Alive(string token, CancellationToken ct)
        {
            var hash = Link.Hash(token);
            if (await zone.Set<Link>().AsNoTracking().SingleOrDefaultAsync(l => l.TokenHash == hash && Asking.Purposes.Contains(l.Purpose), ct) is not { } link || !link.IsAlive(clock.GetUtcNow())) return null;
            return await zone.Set<Link>().SingleAsync(l => l.Id == link.Id, ct);
        }
    }
}
