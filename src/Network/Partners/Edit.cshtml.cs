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
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Adds a partner or corrects one; whoever does has looked at it, so it is checked by that.</summary>
[Requires(May.KeepPartners)]
internal sealed class Edit(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Partner { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Types => [.. PartnerTypes.All.Select(t => new Choice(t.Code, Words.Of("Type_" + t.Code))).OrderBy(c => c.Value == "OTHER").ThenBy(c => c.Text, StringComparer.CurrentCulture)];
    public IReadOnlyList<Choice> Needs => Choice.All<Need>(Words.Of);
    public IReadOnlyList<Choice> Levels => Choice.All<PartnerLevel>(Words.Of);
    public IReadOnlyList<Choice> Spheres => Choice.All<PartnerSphere>(Words.Of);
    public IReadOnlyList<Choice> Languages => [.. PartnerLanguages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public IReadOnlyList<Choice> Channels => Choice.All<PartnerChannel>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct) => Form = Partner is { } id ? await pipeline.Send(new Query(id), ct) : new Command { Channel = PartnerChannel.Phone };

    public async Task ShowAgain(CancellationToken ct)
    {
        if (Partner is not { } id) return;
        var now = await pipeline.Send(new Query(id), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var partner = await pipeline.Send(Form with { Partner = Partner, Once = Once }, ct);
        TempData["Done"] = Words.PartnerSaved;
        return RedirectToPage("/Network/Partners/Show", new { partner });
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid Partner) : IQuery<Command>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Organisation { get; init; } = "";
        public string Type { get; init; } = "";
        public string? OwnType { get; init; }

        /// <summary>null: as is usual for the type.</summary>
        public PartnerLevel? Level { get; init; }

        /// <inheritdoc cref="Level"/>
        public PartnerSphere? Sphere { get; init; }
        public List<Need> Needs { get; init; } = [];
        public List<string> Languages { get; init; } = [];

        /// <summary>One on a line, or parted by commas.</summary>
        public string? Municipalities { get; init; }
        public string? Hours { get; init; }
        public PartnerChannel? Channel { get; init; }
        public string? Telephone { get; init; }
        public string? Mailbox { get; init; }
        public bool TakesForm { get; init; }
        public int Version { get; init; }
        internal Guid? Partner { get; init; }

        /// <summary>What a form that is in order says of a partner.</summary>
        internal Partner.Particulars Says() => new(Organisation, Type, Level ?? PartnerTypes.Find(Type)!.UsualLevel, Sphere ?? PartnerTypes.Find(Type)!.UsualSphere, OwnType, Needs, Languages, Places(Municipalities), Hours, Channel!.Value, Telephone, Mailbox, TakesForm);

        /// <summary>The municipalities of a text, one on a line or parted by commas.</summary>
        internal static IReadOnlyList<string> Places(string? text) => text?.Split([',', ';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Organisation).NotEmpty().WithMessage(_ => Words.EnterOrganisation).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Type).Must(t => PartnerTypes.Find(t) is not null).WithMessage(_ => Words.ChooseType);
            RuleFor(c => c.OwnType).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Level).IsInEnum().WithMessage(_ => Words.ChoosePartnerLevel);
            RuleFor(c => c.Sphere).IsInEnum().WithMessage(_ => Words.ChoosePartnerSphere);
            RuleFor(c => c.Needs).NotEmpty().WithMessage(_ => Words.ChooseNeed);
            RuleForEach(c => c.Needs).IsInEnum().WithMessage(_ => Words.ChooseNeed);
            RuleFor(c => c.Languages).Must(l => l.TrueForAll(PartnerLanguages.All.Contains)).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Municipalities).MaximumLength(3000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Hours).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Channel).NotNull().WithMessage(_ => Words.ChooseChannel).IsInEnum().WithMessage(_ => Words.ChooseChannel);
            RuleFor(c => c.Telephone).Must(IsTelephone).WithMessage(_ => Words.NoTelephone).MaximumLength(40).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Mailbox).EmailAddress().When(c => !string.IsNullOrWhiteSpace(c.Mailbox)).WithMessage(_ => Words.NoMailbox).MaximumLength(254).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Telephone).NotEmpty().When(c => c.Channel == PartnerChannel.Phone).WithMessage(_ => Words.ChannelNeedsTelephone);
            RuleFor(c => c.Mailbox).NotEmpty().When(c => c.Channel == PartnerChannel.Mail).WithMessage(_ => Words.ChannelNeedsMailbox);
        }

        /// <summary>Nothing, or a number as people write it. Short ones (106, 1712) are numbers too.</summary>
        public static bool IsTelephone(string? text) => string.IsNullOrWhiteSpace(text) || (text.Count(char.IsAsciiDigit) is >= 3 and <= 15 && text.All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '/' or '.' or '-' or '(' or ')'));
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, Command>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var now = await zone.Set<Partner>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Partner, ct) ?? throw new RefusedException("absent", query.Partner);
            return new Command
            {
                Organisation = now.Organisation, Type = now.Type, Level = now.Level, Sphere = now.Sphere, OwnType = now.OwnType, Needs = now.Needs, Languages = now.Languages, Municipalities = string.Join('\n', now.Municipalities), Hours = now.Hours, Channel = now.Channel,
                Telephone = now.Telephone, Mailbox = now.Mailbox, TakesForm = now.TakesForm, Version = now.Version,
            };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var what = form.Says();
            if (form.Partner is { } id)
            {
                var known = await zone.Set<Partner>().SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw new RefusedException("absent", id);
                if (known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Organisation), Words.ChangedMeanwhile)]);
                known.Change(what, caller.Self, clock.GetUtcNow());
                return known.Id;
            }
            // The same form sent again makes no second entry.
            if (form.Once != default && await zone.Set<Partner>().AsNoTracking().SingleOrDefaultAsync(p => p.Once == form.Once, ct) is { } before) return before.Id;
            var partner = Partners.Partner.Add(what, form.Once, caller.Self, clock.GetUtcNow());
            zone.Add(partner);
            return partner.Id;
        }
    }
}
