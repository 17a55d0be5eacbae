using System.Security.Cryptography;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Partners;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Invitations;

/// <summary>Puts right how a colleague was registered for another zone's training: name, unit, rank group, address, language. The other zone is told; seat and attendance there stay as they are.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Correct(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Invited { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Registration { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string Subject { get; private set; } = "";
    public IReadOnlyList<Choice> Languages => [.. PartnerLanguages.Written.Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public IReadOnlyList<Choice> Ranks => Choice.All<RankGroup>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct) => (Subject, Form) = await pipeline.Send(new Query(Invited, Registration), ct);

    // What was typed stays; over what stands there now it may be saved.
    public async Task ShowAgain(CancellationToken ct)
    {
        var (subject, now) = await pipeline.Send(new Query(Invited, Registration), ct);
        (Subject, Form) = (subject, Form with { Seen = now.Seen });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Invited = Invited, Registration = Registration }, ct);
        TempData["Done"] = Words.TrainingCorrectionSent;
        return RedirectToPage("/Network/Invitations/Show", new { Invited });
    }

    /// <summary>As it stands, to be put right.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Invited, Guid Registration) : IQuery<(string Subject, Command Form)>;

    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<bool>
    {
        public string FullName { get; init; } = "";
        public string Unit { get; init; } = "";
        public RankGroup? Rank { get; init; }
        public string? Mailbox { get; init; }
        public string Language { get; init; } = "";

        /// <summary>Print of the entry as it was looked at.</summary>
        public string Seen { get; init; } = "";
        internal Guid Invited { get; init; }
        internal Guid Registration { get; init; }
        internal Participant.Person Person => new(FullName, Unit, Mailbox, Language, Rank);
    }

    // The rules of the form by which somebody is registered hold here too.
    internal sealed class Rules : AbstractValidator<Command>
    {
        private static readonly Show.Rules Registering = new();

        public Rules() => RuleFor(c => c).Custom((c, context) =>
        {
            foreach (var failure in Registering.Validate(new Show.Command { FullName = c.FullName, Unit = c.Unit, Rank = c.Rank, Mailbox = c.Mailbox, Language = c.Language }).Errors) context.AddFailure(new ValidationFailure(failure.PropertyName, failure.ErrorMessage));
        });
    }

    internal sealed class Handler(ZoneDbContext zone, Post post) : IRequestHandler<Query, (string Subject, Command Form)>, IRequestHandler<Command, bool>
    {
        public async Task<(string Subject, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var (invitation, one, _) = await Found(query.Invited, query.Registration, ct);
            return (invitation.Subject, new Command { FullName = one.FullName, Unit = one.Unit, Rank = one.Rank, Mailbox = one.Mailbox, Language = one.Language, Seen = Print(one) });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            // Whoever saves at the same time waits here until the one before has finished.
            await zone.Set<Registration>().Where(r => r.Id == form.Registration).ExecuteUpdateAsync(set => set.SetProperty(r => r.Unit, r => r.Unit), ct);
            var (invitation, one, others) = await Found(form.Invited, form.Registration, ct);
            if (form.Seen != Print(one)) throw Wrong(Words.ChangedMeanwhile);
            if (others.Exists(r => r.IsLive && r.Is(form.Person))) throw Wrong(Words.TrainingKnownAlready);
            one.Correct(form.Person);
            await post.Send(invitation.From, TrainingAsk.ParcelKind, invitation.Id, new TrainingAsk(one.Id, one.Person), ct);
            return true;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.FullName), said)]);
        }

        private static string Print(Registration one) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(one.Person)));

        // Who was refused or withdrew stands on no list there.
        private async Task<(Invitation, Registration, List<Registration> Others)> Found(Guid invited, Guid registration, CancellationToken ct)
        {
            var invitation = await zone.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == invited, ct) ?? throw new RefusedException("absent", invited);
            var ours = await zone.Set<Registration>().Where(r => r.InvitationId == invited).ToListAsync(ct);
            var one = ours.Find(r => r.Id == registration && r is { IsLive: true, IsNameless: false }) ?? throw new RefusedException("absent", registration);
            return (invitation, one, [.. ours.Where(r => r != one)]);
        }
    }
}
