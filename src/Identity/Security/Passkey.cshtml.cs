using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.Passkeys;

namespace VictimSupport.Identity.Security;

/// <summary>Another name for a passkey, or none of it any more.</summary>
[Requires(May.HoldAnAccount), FreshFactor]
internal sealed class Passkey(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true)] public string Key { get; set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new Query { Key = Key }, ct) is not { } name) return NotFound();
        Form = new Command { Name = name };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Key = Key }, ct);
        return RedirectToPage("/Identity/Security/Show");
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        await pipeline.Send(new RemoveCommand { Key = Key }, ct);
        TempData["Done"] = Words.PasskeyRemoved;
        return RedirectToPage("/Identity/Security/Show");
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Query : ICatalogQuery<string?>
    {
        internal string Key { get; init; } = "";
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>
    {
        public string Name { get; init; } = "";
        internal string Key { get; init; } = "";
    }

    [Requires(May.HoldAnAccount), FreshFactor]
    internal sealed record RemoveCommand : ICatalogCommand<bool>, ISensitive
    {
        internal string Key { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterPasskeyName).MaximumLength(Names.Longest).WithMessage(_ => Words.TooLong);
    }

    private static async Task<IdentityUserPasskey<Guid>?> Own(CatalogDbContext house, Guid self, string key, CancellationToken ct) =>
        (await house.Set<IdentityUserPasskey<Guid>>().Where(p => p.UserId == self).ToListAsync(ct)).SingleOrDefault(p => Names.Of(p.CredentialId) == key);

    internal sealed class QueryHandler(CatalogDbContext house, Caller caller) : IRequestHandler<Query, string?>
    {
        public async Task<string?> Handle(Query query, CancellationToken ct) => await Own(house, caller.Self, query.Key, ct) is { } own ? own.Data.Name ?? "" : null;
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            (await Own(house, caller.Self, form.Key, ct) ?? throw new RefusedException("absent")).Data.Name = form.Name.Trim();
            return true;
        }
    }

    internal sealed class RemoveHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<RemoveCommand, bool>
    {
        public async Task<bool> Handle(RemoveCommand command, CancellationToken ct)
        {
            house.Remove(await Own(house, caller.Self, command.Key, ct) ?? throw new RefusedException("absent"));
            house.Add(Notice.To(caller.Self, NoticeKind.PasskeyRemoved, clock.GetUtcNow()));
            return true;
        }
    }
}
