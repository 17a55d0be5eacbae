using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Requests;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>Anybody says what is wrong with these pages, without a name. What was said is never shown here again.</summary>
[Open("anybody may say what is wrong with these pages"), OwnSite]
internal sealed class Feedback(IMediator pipeline, PublicPages pages, WhereAndWho who, Turnstile turnstile) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    [BindProperty(SupportsGet = true)] public bool Done { get; set; }
    public PublicPage Shown { get; private set; } = null!;
    public IReadOnlyList<Choice> Pages => Choice.All<FeedbackOn>(Words.Of);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Shown = page;
        return Page();
    }

    /// <exception cref="RefusedException">There is no such page.</exception>
    public async Task ShowAgain(CancellationToken ct) => Shown = await pages.Of(who.Zone, ct) ?? throw new RefusedException("absent");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        // Nobody sees that field; a browser that fills it in by itself costs nobody what they wrote: the next press counts.
        if (!string.IsNullOrEmpty(Form.Website))
        {
            ModelState.Remove("Form.Website");
            Form = Form with { Website = null };
            ModelState.AddModelError("", Words.AskQuick);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        if (!turnstile.LetsSay(who.Zone!.Id, HttpContext.Connection.RemoteIpAddress))
        {
            ModelState.AddModelError("", Words.AskMany);
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Page();
        }
        await pipeline.Send(Form with { Language = Show.Language, Once = Once }, ct);
        return RedirectToPage(new { language = Show.Language, done = true });
    }

    [Open("anybody may say what is wrong with these pages")]
    internal sealed record Command : ICommand<bool>
    {
        public string? Text { get; init; }
        public FeedbackOn? On { get; init; }

        /// <summary>A trap for machines.</summary>
        public string? Website { get; init; }
        internal string Language { get; init; } = "";
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(_ => Words.WriteSomething).MaximumLength(FeedbackNote.Longest).WithMessage(_ => Words.TooLong(FeedbackNote.Longest));
            RuleFor(c => c.On).IsInEnum().WithMessage(_ => Words.ChooseFromTheList);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            if (form.Once != default && await zone.Set<FeedbackNote>().AnyAsync(n => n.Once == form.Once, ct)) return false;
            zone.Add(FeedbackNote.Leave(form.Text!, form.On, form.Language, form.Once, clock.GetUtcNow()));
            return true;
        }
    }
}
