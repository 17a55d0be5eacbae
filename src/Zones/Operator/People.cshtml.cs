using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Operator;

/// <summary>Operators and analysts: who, until when, on whose request. A second operator confirms each.</summary>
[Requires(May.RunThePlatform)]
internal sealed class People(IMediator pipeline, IAccounts accounts, Standing standing, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public IReadOnlyList<InvitationState> Invited { get; private set; } = [];
    public IReadOnlyList<Choice> Roles => [new(nameof(Role.Analyst), Words.Of(Role.Analyst)), new(nameof(Role.Operator), Words.Of(Role.Operator))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var (grants, invited, requests) = await pipeline.Send(new Query(), ct);
        var (names, now) = (await accounts.Named(grants.Select(g => g.Account), ct), clock.GetUtcNow());
        Invited = [.. invited.Where(i => i.IsOpen(now))];
        Rows = [.. grants.Where(g => g.Lives(now)).Select(g =>
        {
            var colleague = names.GetValueOrDefault(g.Account);
            var request = requests.LastOrDefault(r => r.Email == colleague?.Email.ToUpperInvariant());
            return new Row(g.Id, colleague?.DisplayName ?? "–", g.Role, g.To, g.Role == Role.Analyst ? request?.Reference : null, g.IsUnconfirmed, g.Account != who.Caller.Account);
        })];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.PlatformInvited;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndAsync(Guid grant, CancellationToken ct)
    {
        standing.Forget(await pipeline.Send(new EndCommand(grant), ct));
        return RedirectToPage();
    }

    internal sealed record Row(Guid Id, string Name, Role Role, DateTimeOffset? To, string? Reference, bool Waiting, bool MayEnd);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<RoleGrant> Grants, IReadOnlyList<InvitationState> Invited, IReadOnlyList<ForumRequest> Requests)>;

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Name { get; init; } = "";
        public string Email { get; init; } = "";
        public Role? Role { get; init; }
        public DateOnly? Until { get; init; }
        public string Reference { get; init; } = "";
    }

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record EndCommand(Guid Grant) : ICatalogCommand<Guid>, ISensitive;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Email).EmailAddress().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Role).Must(r => r is Foundation.Access.Role.Analyst or Foundation.Access.Role.Operator).WithMessage(_ => Words.ChooseRole);
            RuleFor(c => c.Until).NotNull().When(c => c.Role == Foundation.Access.Role.Analyst).WithMessage(_ => Words.AnalystNeedsEnd);
            RuleFor(c => c.Until).Must(d => d is null || d > Design.Html.Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.UntilInPast);
            RuleFor(c => c.Reference).NotEmpty().When(c => c.Role == Foundation.Access.Role.Analyst).WithMessage(_ => Words.AnalystNeedsRequest);
            RuleFor(c => c.Reference).MaximumLength(100).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, IInvite invitations) : IRequestHandler<Query, (IReadOnlyList<RoleGrant> Grants, IReadOnlyList<InvitationState> Invited, IReadOnlyList<ForumRequest> Requests)>
    {
        public async Task<(IReadOnlyList<RoleGrant> Grants, IReadOnlyList<InvitationState> Invited, IReadOnlyList<ForumRequest> Requests)> Handle(Query query, CancellationToken ct) =>
            (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == null).OrderBy(g => g.Id).ToListAsync(ct), await invitations.Of(house, null, ct), await house.Set<ForumRequest>().AsNoTracking().OrderBy(r => r.Id).ToListAsync(ct));
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller, IInvite invitations, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public Task<bool> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (form.Role == Role.Analyst) house.Add(new ForumRequest { Id = Guid.CreateVersion7(now), Reference = form.Reference.Trim(), Email = form.Email.Trim().ToUpperInvariant(), Until = form.Until!.Value, By = caller.Self, At = now });
            invitations.InviteByMail(house, new Invitee(form.Email, form.Name, System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName), new Promise(null, form.Role!.Value, form.Until), caller.Self, now);
            return Task.FromResult(true);
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<EndCommand, Guid>
    {
        public async Task<Guid> Handle(EndCommand command, CancellationToken ct)
        {
            var grant = await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Zone == null, ct) ?? throw new RefusedException("absent", command.Grant);
            grant.End(caller.Self, clock.GetUtcNow());
            return grant.Account;
        }
    }
}
