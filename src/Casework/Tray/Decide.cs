using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Tray;

/// <summary>Says no to a message, and why.</summary>
internal static class Decline
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command : ICommand<bool>
    {
        public string Reason { get; init; } = "";
        internal Guid Entry { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Reason).Must(r => !string.IsNullOrWhiteSpace(r)).WithMessage(_ => Words.EnterReason).MaximumLength(1000).WithMessage(_ => Words.TooLong);
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == form.Entry && e.State != TrayState.Taken, ct) ?? throw new RefusedException("absent", form.Entry);
            trail.Concerns(entry.Id, "tray");
            if (entry.State == TrayState.Declined) return false; // pressed twice: the first reason stands
            entry.Decline(form.Reason.Trim(), caller.Self, clock.GetUtcNow());
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
