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
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Home;

/// <summary>Where somebody may go and what waits for them there, and how the screen looks to them.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class Show(IMediator pipeline, IKnowPlaces places, IKnowColours colours, Rounds rounds, WhereAndWho who, AccountBook book) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public string Name { get; private set; } = "";
    public DateTimeOffset? LastSignIn { get; private set; }
    public IReadOnlyList<Doorstep> Places { get; private set; } = [];
    public IReadOnlyDictionary<string, ZoneColour> Colours { get; private set; } = new Dictionary<string, ZoneColour>();
    public int Invitations { get; private set; }
    public IReadOnlyList<Choice> Languages { get; } = [new("fr", "Français"), new("nl", "Nederlands"), new("de", "Deutsch"), new("en", "English")];
    public IReadOnlyList<Choice> Themes => [new("auto", Words.ThemeAuto), new("light", Words.ThemeLight), new("night", Words.ThemeNight)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        var own = await pipeline.Send(new Query(), ct);
        Form = new Command { Language = own.Language, Theme = own.Theme };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var own = await pipeline.Send(new Query(), ct);
        (Name, LastSignIn) = (own.DisplayName, own.PreviousSignIn);
        Places = await rounds.Of(await places.Of(who.Caller.Self, ct), who.Caller, ct);
        var chosen = new Dictionary<string, ZoneColour>(StringComparer.Ordinal);
        foreach (var (place, _, _) in Places)
            if (place.Code is { } code && await colours.Of(Guid.ParseExact(place.Key, "N"), ct) is { } colour) chosen[code] = colour;
        Colours = chosen;
        Invitations = (await pipeline.Send(new Identity.Invitations.Mine.Query(), ct)).Count;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        book.Forget(who.Caller.Self);
        Response.Cookies.Append("l", Form.Language, new() { Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        return RedirectToPage();
    }

    [Requires(May.HoldAnAccount)]
    internal sealed record Query : ICatalogQuery<Account>;

    [Requires(May.HoldAnAccount)]
    internal sealed record Command : ICatalogCommand<bool>
    {
        public string Language { get; init; } = "";
        public string Theme { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Language).Must(l => l is "fr" or "nl" or "de" or "en").WithMessage(_ => Words.ChooseOne);
            RuleFor(c => c.Theme).Must(t => t is "auto" or "light" or "night").WithMessage(_ => Words.ChooseOne);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, Caller caller) : IRequestHandler<Query, Account>
    {
        public Task<Account> Handle(Query query, CancellationToken ct) => house.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == caller.Self, ct);
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            (account.Language, account.Theme) = (form.Language, form.Theme);
            return true;
        }
    }
}
