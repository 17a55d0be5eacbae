using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Drafts;

/// <summary>Throws away what one typed and does not want any more.</summary>
[Requires(May.BeSignedIn)]
internal sealed class Away(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Draft { get; set; }
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    public IActionResult OnGet() => NotFound();

    public async Task<IActionResult> OnPostAsync(string? back, CancellationToken ct)
    {
        await pipeline.Send(new Command(Draft, Once), ct);
        return Url.IsLocalUrl(back) && back.StartsWith(Request.PathBase + "/", StringComparison.Ordinal) ? LocalRedirect(back) : Redirect(Request.PathBase + "/");
    }

    /// <param name="Once">The page it was thrown away on: what it saves afterwards is not kept.</param>
    [Requires(May.BeSignedIn)]
    internal sealed record Command(Guid Draft, Guid Once) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var draft = await zone.Set<Draft>().SingleOrDefaultAsync(d => d.Id == command.Draft && d.Account == caller.Self, ct) ?? throw new RefusedException("absent", command.Draft);
            if (draft.Gone is not null) return false;
            draft.Throw(command.Once, clock.GetUtcNow());
            return true;
        }
    }
}
