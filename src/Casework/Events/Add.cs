using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>One more line in the list of an event. However many write at once, each line is a row of its own and gets the next number.</summary>
internal static class Add
{
    /// <returns>The number of the line.</returns>
    [Requires(May.WorkOnEvents)]
    internal sealed record Command : LineForm, ICommand<int>
    {
        /// <summary>One-time id of the form: sent twice, it makes one line.</summary>
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => LineRules.Apply(this);
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Masonry masonry, Caller caller, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            // Walls are built in turns with this: none is missed.
            await DossierCounter.TakeTurns(zone, now, ct);
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before)
                return await zone.Set<EventLine>().AsNoTracking().Where(l => l.Id == before.Made && l.EventId == form.Event && l.By == caller.Self).Select(l => l.Number).SingleOrDefaultAsync(ct) is > 0 and var earlier ? earlier : throw new RefusedException("absent", form.Event);
            var (ev, number) = await at.Write(form.Event, 1, ct);
            if (form.Place is not null && ev.Says.Value.Place(form.Place) is null) throw new ValidationException([new ValidationFailure(nameof(LineForm.Place), Words.EventChoosePlace)]);
            var line = EventLine.Add(ev.Id, number, form.Says(), form.Role, form.State, form.Place, string.IsNullOrEmpty(form.Language) ? null : form.Language, caller.Self, now);
            zone.Add(line);
            await masonry.Meets(line, ct);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = line.Id });
            return number;
        }
    }
}
