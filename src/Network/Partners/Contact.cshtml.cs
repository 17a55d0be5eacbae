using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Partners;

/// <summary>Adds somebody who works at a partner, or corrects what is known of them.</summary>
[Requires(May.KeepPartners)]
internal sealed class Contact(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Partner { get; set; }

    /// <summary>null: somebody new.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Who { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public string Organisation { get; private set; } = "";

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Organisation, Form) = await pipeline.Send(new Query(Partner, Who), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        (Organisation, var now) = await pipeline.Send(new Query(Partner, Who), ct);
        if (Who is not null && now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Partner = Partner, Who = Who, Once = Once }, ct);
        TempData["Done"] = Words.ContactSaved;
        return RedirectToPage("/Network/Partners/Show", new { Partner });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Partner, Guid? Who) : IQuery<(string Organisation, Command Form)>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Name { get; init; } = "";
        public string? Function { get; init; }
        public string? Telephone { get; init; }
        public string? Mailbox { get; init; }
        public string? Remark { get; init; }
        public int Version { get; init; }
        internal Guid Partner { get; init; }
        internal Guid? Who { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterContactName).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Function).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Telephone).Must(Edit.Rules.IsTelephone).WithMessage(_ => Words.NoTelephone).MaximumLength(40).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Mailbox).EmailAddress().When(c => !string.IsNullOrWhiteSpace(c.Mailbox)).WithMessage(_ => Words.NoMailbox).MaximumLength(254).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Remark).MaximumLength(1000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, (string Organisation, Command Form)>, IRequestHandler<Command, Guid>
    {
        public async Task<(string Organisation, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var organisation = await zone.Set<Partner>().Where(p => p.Id == query.Partner).Select(p => p.Organisation).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", query.Partner);
            if (query.Who is not { } who) return (organisation, new Command());
            var contact = await Find(zone.Set<ContactPerson>().AsNoTracking(), query.Partner, who, ct);
            await keys.Fetch([contact.Id], ct);
            var says = contact.Says!.Value;
            return (organisation, new Command { Name = says.Name, Function = says.Function, Telephone = says.Telephone, Mailbox = says.Mailbox, Remark = says.Remark, Version = contact.Version });
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (now, says) = (clock.GetUtcNow(), new ContactSays(form.Name.Trim(), Said(form.Function), Said(form.Telephone), Said(form.Mailbox), Said(form.Remark)));
            if (form.Who is { } who)
            {
                var known = await Find(zone.Set<ContactPerson>(), form.Partner, who, ct);
                if (known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Name), Words.ChangedMeanwhile)]);
                known.Change(says, caller.Self, now);
                return known.Id;
            }
            if (!await zone.Set<Partner>().AnyAsync(p => p.Id == form.Partner, ct)) throw new RefusedException("absent", form.Partner);
            // The same form sent again makes no second entry.
            if (form.Once != default && await zone.Set<ContactPerson>().AsNoTracking().SingleOrDefaultAsync(c => c.Once == form.Once, ct) is { } before) return before.Id;
            var contact = ContactPerson.Add(form.Partner, says, form.Once, caller.Self, now);
            zone.Add(contact);
            return contact.Id;
        }

        private static async Task<ContactPerson> Find(IQueryable<ContactPerson> contacts, Guid partner, Guid who, CancellationToken ct) =>
            await contacts.SingleOrDefaultAsync(c => c.Id == who && c.PartnerId == partner && c.Gone == null, ct) ?? throw new RefusedException("absent", who);

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
