using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Agreements;

namespace VictimSupport.Network.Partners;

/// <summary>One partner: its entry, who works there, what was agreed with it and what was done together.</summary>
[Requires(May.SeePartners)]
internal sealed class Show(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Partner { get; set; }
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepPartners);
    public DateTimeOffset Now => clock.GetUtcNow();

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Partner), ct);

    public Task<IActionResult> OnPostCheckedAsync(CancellationToken ct) => Turn(new List.Checked(Partner), Words.PartnerChecked, ct);
    public Task<IActionResult> OnPostTakeOutAsync(Guid who, CancellationToken ct) => Turn(new TakeOut(Partner, who), Words.ContactTakenOut, ct);

    private async Task<IActionResult> Turn(IRequest<bool> turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Partner });
    }

    internal sealed record ContactRow(Guid Id, ContactSays Says);

    /// <param name="Activities">The latest.</param>
    internal sealed record Answer(Partner Partner, IReadOnlyList<ContactRow> Contacts, IReadOnlyList<AgreementRow> Agreements, IReadOnlyList<ActivityRow> Activities);

    [Requires(May.SeePartners)]
    internal sealed record Query(Guid Partner) : IQuery<Answer>;

    /// <summary>Somebody left, or should not stand there: nothing of them is kept.</summary>
    [Requires(May.KeepPartners)]
    internal sealed record TakeOut(Guid Partner, Guid Who) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<TakeOut, bool>
    {
        private const int Latest = 10;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var partner = await zone.Set<Partner>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Partner, ct) ?? throw new RefusedException("absent", query.Partner);
            var contacts = await zone.Set<ContactPerson>().AsNoTracking().Where(c => c.PartnerId == partner.Id && c.Gone == null).ToListAsync(ct);
            await keys.Fetch(contacts.Select(c => c.Id), ct);
            return new Answer(partner, [.. contacts.Select(c => new ContactRow(c.Id, c.Says!.Value)).OrderBy(c => c.Says.Name, StringComparer.CurrentCulture)],
                await AgreementRow.Of(zone, partner.Id, Moment.Day(clock.GetUtcNow()), ct), await ActivityRow.Of(zone, keys, partner.Id, null, Latest, ct));
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            var contact = await zone.Set<ContactPerson>().SingleOrDefaultAsync(c => c.Id == command.Who && c.PartnerId == command.Partner && c.Gone == null, ct) ?? throw new RefusedException("absent", command.Who);
            contact.TakeOut(clock.GetUtcNow());
            return true;
        }
    }
}
