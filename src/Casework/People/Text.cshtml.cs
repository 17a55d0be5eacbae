using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Letters;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>A short, neutral SMS or e-mail to somebody who is helped, by a channel they called safe and under their conditions.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Text(IMediator pipeline) : PageModel, IShowAgain
{
    public const int Longest = 480;

    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Channels => [.. View.Ways.Where(w => w.IsOpen).Select(w => new Choice(w.Channel.ToString(), Words.Of(w.Channel)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Person), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await pipeline.Send(Form with { Dossier = Dossier, Person = Person, Once = Once }, ct);
            TempData["Done"] = Words.MessageQueued;
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; the text stays on the page.
            ModelState.AddModelError("Form.Channel", Words.Of(bar));
            await ShowAgain(ct);
            return Page();
        }
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="IsReady">The platform has a provider for it.</param>
    internal sealed record Way(Channel Channel, Rule Rule, Bar Bar, bool IsReady)
    {
        public bool IsOpen => Bar == Bar.None && IsReady;
    }

    internal sealed record Answer(string Name, IReadOnlyList<Way> Ways, SafeDetails Details, bool AskAgain, int Revision);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public Channel? Channel { get; init; }
        public string Text { get; init; } = "";

        /// <summary>The revision of the rules that stood above the form.</summary>
        public int? Shown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Channel).Must(c => c is Codes.Channel.Sms or Codes.Channel.Mail).WithMessage(_ => Words.ChooseChannel);
            RuleFor(c => c.Text).Must(t => t.Trim().Length > 0).WithMessage(_ => Words.WriteAMessage).MaximumLength(Longest).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, IEnumerable<ISendText> senders, Caller caller, UseCase here, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var whom = await gate.Of(await guard.Read(query.Dossier, ct), query.Person, first: false, ct);
            var now = clock.GetUtcNow();
            var ways = new[] { Codes.Channel.Sms, Codes.Channel.Mail }.Select(c => new Way(c, whom.Of(c), Clearance.Look(whom, new Outgoing(c), now).Bar, IsReady(c))).ToList();
            return new Answer(whom.Person.Identity.Value.FullName, ways, whom.Agreed, whom.Safe.MustBeAskedAgain(now), whom.Safe.Revision);
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now, channel) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow(), form.Channel!.Value);
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var leave = await gate.Pass(dossier, form.Person, new Outgoing(channel, Read: form.Shown is not null), ct);
            if (form.Shown != (await gate.Of(dossier, form.Person, first: false, ct)).Safe.Revision) throw Wrong(nameof(Command.Channel), Words.RulesChangedRead);
            if (!IsReady(channel)) throw Wrong(nameof(Command.Channel), Words.Of("NoProvider_" + channel));
            if (Neutral.Telling(form.Text, [.. (await settings.Of(here.InZone.Id, ct)).ServiceNames.Values, dossier.Number]) is { } telling) throw Wrong(nameof(Command.Text), Words.NotNeutral(telling));
            var message = Message.Queue(leave, form.Text.Trim(), unattended: false, caller.Self, now);
            zone.AddRange(message, message.Outbox());
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = message.Id });
            return message.Id;
        }

        private bool IsReady(Channel channel) => senders.Any(s => s.Channel == channel && s.IsReady);
        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
