using System.Globalization;
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

/// <summary>The code of conduct of the zone, before anything else of it. Who accepted which version, and when, is kept.</summary>
[Requires(May.BeSignedIn)]
internal sealed class Accept(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }
    public View Text { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Text = await pipeline.Send(new Query(), ct);
        ModelState.Remove("Form.Version"); // the new text carries the new version
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        // Nowhere but into this zone.
        return To is { } to && Url.IsLocalUrl(to) && to.StartsWith(Request.PathBase + "/", StringComparison.Ordinal) && !to.StartsWith(Request.PathBase + Conducts.Page, StringComparison.Ordinal) ? LocalRedirect(to) : Redirect(Request.PathBase + "/");
    }

    internal sealed record View(int Version, string Text, string Language, bool HasAccepted)
    {
        public IEnumerable<string> Paragraphs => Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    [Requires(May.BeSignedIn)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.BeSignedIn)]
    internal sealed record Command : ICatalogCommand<bool>
    {
        public int Version { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Caller caller) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, self) = (here.InZone.Record, caller.Self);
            var (version, text, language) = await Conducts.Read(house, zone, ct);
            return new View(version, text, language, await house.Set<ConductAcceptance>().AnyAsync(a => a.Zone == zone.Id && a.Account == self && a.Version == version, ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (zone, self, now) = (here.InZone.Id, caller.Self, clock.GetUtcNow());
            // Accepted is what was read: a text that was changed meanwhile is shown first.
            if (form.Version != await Conducts.VersionOf(house, zone, ct)) throw new ValidationException([new ValidationFailure("", Words.ConductChanged)]);
            if (await house.Set<ConductAcceptance>().AnyAsync(a => a.Zone == zone && a.Account == self && a.Version == form.Version, ct)) return false;
            house.Add(new ConductAcceptance { Id = Guid.CreateVersion7(now), Zone = zone, Account = self, Version = form.Version, Language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, At = now });
            return true;
        }
    }
}
