using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>Says no to a message, and why.</summary>
internal static class Decline
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command : ICommand<bool>
    {
        public string Reason { get; init; } = "";

        /// <summary>Needed for a request from the public page, where the reason may then stay empty.</summary>
        public DeclineCause? Cause { get; init; }
        internal Guid Entry { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Reason).Must((c, r) => c.Cause is not null || !string.IsNullOrWhiteSpace(r)).WithMessage(_ => Words.EnterReason).MaximumLength(1000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Cause).IsInEnum().WithMessage(_ => Words.ChooseDeclineCause);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, IRequests requests, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == form.Entry && e.State != TrayState.Taken, ct) ?? throw new RefusedException("absent", form.Entry);
            trail.Concerns(entry.Id, "tray");
            if (entry.State == TrayState.Declined) return false; // pressed twice: the first reason stands
            if (entry.FromPublic ? form.Cause is null : string.IsNullOrWhiteSpace(form.Reason))
                throw new ValidationException([entry.FromPublic ? new ValidationFailure(nameof(Command.Cause), Words.ChooseDeclineCause) : new ValidationFailure(nameof(Command.Reason), Words.EnterReason)]);
            entry.Decline(form.Reason.Trim(), entry.FromPublic ? form.Cause : null, caller.Self, clock.GetUtcNow());
            if (entry.FromPublic) await requests.Answered(entry.Id, Ending.OtherWay, (await settings.Of(here.InZone.Id, ct)).RequestKept, ct);
            return true;
        }
    }
}

/// <summary>The person of a request from the public page was reached, and nothing more is asked for: it is answered without a dossier.</summary>
internal static class Contacted
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid Entry) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, IRequests requests, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == command.Entry && e.FromPublic && (e.State == TrayState.Waiting || e.State == TrayState.Contacted), ct) ?? throw new RefusedException("absent", command.Entry);
            trail.Concerns(entry.Id, "tray");
            if (entry.State == TrayState.Contacted) return false;
            entry.Contacted(caller.Self, clock.GetUtcNow());
            await requests.Answered(entry.Id, Ending.WeReach, (await settings.Of(here.InZone.Id, ct)).RequestKept, ct);
            return true;
        }
    }
}

/// <summary>Puts a message to one colleague, who is told; or to anybody again.</summary>
internal static class PutTo
{
    /// <summary>Who may be asked to take a message.</summary>
    public static readonly IReadOnlyList<Role> Workers = AccessMatrix.All.Single(row => row.Deed == May.OpenCallOuts).Roles;

    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid Entry, Guid? To) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Colleagues colleagues, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == command.Entry && e.State == TrayState.Waiting, ct) ?? throw new RefusedException("absent", command.Entry);
            if (command.To is { } colleague && colleague != caller.Account && !(await colleagues.WhoMayTake(entry.Id, ct)).Contains(colleague)) throw new RefusedException("absent", entry.Id);
            trail.Concerns(entry.Id, "tray");
            if (entry.For == command.To) return false;
            entry.PutTo(command.To);
            if (command.To is { } to && to != caller.Account) zone.Add(OutboxMessage.New($"tray-put {entry.Id} {entry.Version}", TrayPutMail.KindName, entry.Id, to, clock.GetUtcNow()));
            return true;
        }
    }
}
