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
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Onboarding;

/// <summary>Step 5: all that was said, then the zone is made: record, database, keys, first people. Several durable steps; pressed again it finishes what broke off, and does nothing twice.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Check(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true, Name = "draft")] public Guid Id { get; set; }
    public ZoneDraft What { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        return What.Next == Step.Check ? Page() : RedirectToPage(Draft.PageOf(What.Next), new { draft = Id });
    }

    public async Task ShowAgain(CancellationToken ct) => What = await pipeline.Send(new Draft.Query(Id), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(Id), ct);
        TempData["Done"] = Words.WizardDone;
        return RedirectToPage();
    }

    /// <summary>Not a transaction of its own: each step is, and is recorded by itself.</summary>
    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command(Guid Draft) : IRequest<bool>, ISensitive;

    internal sealed class Handler(CatalogDatabase catalog, Provisioning provisioning, ZoneRegistry registry, IInvite invitations, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var draft = await Step("Zones.BeginZone", command.Draft, async house =>
            {
                var found = await Onboarding.Draft.Of(house, command.Draft, ct);
                if (found.Next != Onboarding.Step.Check) throw new RefusedException("incomplete", found.Id);
                if (!found.Begun && await house.Set<ZoneRecord>().AnyAsync(z => z.Code == found.Code, ct)) throw new ValidationException([new ValidationFailure("", Words.CodeTaken)]);
                found.Begin();
                return found;
            });
            if (draft.Finished is not null) return false;
            var zone = await provisioning.AddZone(draft.Code, draft.NameFr, draft.NameNl, draft.NameDe, draft.Facts.Languages, ct);
            await Step("Zones.PlaceZone", zone.Id, async house =>
            {
                var there = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id, ct);
                if (!there.Facts.Says(draft.Facts)) there.Take(draft.Facts);
                return true;
            });
            await registry.Forget(draft.Code);
            await Step("Zones.InviteFirstPeople", zone.Id, async house =>
            {
                await InviteFirst(house, zone, draft.AdministratorCoordinates ? [Role.ZoneAdministrator, Role.Coordinator] : [Role.ZoneAdministrator], draft.AdministratorName, draft.AdministratorEmail);
                await InviteFirst(house, zone, [Role.DataProtectionOfficer], draft.OfficerName, draft.OfficerEmail);
                (await Onboarding.Draft.Of(house, draft.Id, ct)).Finish(clock.GetUtcNow());
                return true;
            });
            return true;

            Task<T> Step<T>(string act, Guid about, Func<CatalogDbContext, Task<T>> work) => catalog.WriteAsPlatform(act, about, work, ct, caller.Account);

            // Only while the zone has nobody in the role and nobody is invited to it.
            async Task InviteFirst(CatalogDbContext house, ZoneRecord into, Role[] roles, string name, string email)
            {
                var now = clock.GetUtcNow();
                if (await house.Set<RoleGrant>().AnyAsync(g => g.Zone == into.Id && g.Role == roles[0], ct) || (await invitations.Of(house, into.Id, ct)).Any(i => i.Roles.Contains(roles[0]) && i.IsOpen(now))) return;
                invitations.InviteByMail(house, new Invitee(email, name, into.FirstLanguage), new Promise(into.Id, roles, null), caller.Self, now);
            }
        }
    }
}
