using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>How one line stands to another.</summary>
internal enum Relation
{
    Seeks = 1, SoughtBy = 2,

    /// <summary>The other is the same person, and stands under this line from now on.</summary>
    Same = 3, NotSeeking = 4, NotTheSame = 5,
}

/// <summary>Says how two lines of an event stand to each other. Nothing is written over by it, and all of it can be taken back.</summary>
internal static class Relate
{
    [Requires(May.WorkOnEvents)]
    internal sealed record Command : ICommand<bool>
    {
        /// <summary>How the line of the page stands to the other.</summary>
        public Relation? How { get; init; }

        /// <summary>Number of the other line, where it was typed.</summary>
        public int? Number { get; init; }
        internal Guid? Other { get; init; }
        internal Guid Event { get; init; }
        internal Guid Line { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.How).Must(h => h is { } how && Enum.IsDefined(how)).WithMessage(_ => Words.EventChooseRelation);
            RuleFor(c => c.Number).NotNull().When(c => c.Other is null).WithMessage(_ => Words.EventNoSuchNumber);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Masonry masonry, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            // Walls are built in turns with this: none is missed.
            if (command.How == Relation.Same) await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (ev, _) = await at.Write(command.Event, 0, ct);
            var line = await at.Line(ev.Id, command.Line, ct);
            var other = command.Other is { } id ? await at.Line(ev.Id, id, ct) : (await at.Lines(ev.Id, ct)).FirstOrDefault(l => l.Number == command.Number) is { } numbered ? await at.Line(ev.Id, numbered.Id, ct) : throw Wrong(nameof(Command.Number), Words.EventNoSuchNumber);
            if (line.Id == other.Id) throw Wrong(nameof(Command.Number), Words.EventSameNumber);
            switch (command.How)
            {
                case Relation.Seeks: await Link(line, other, EventLinkKind.Seeks, ct); break;
                case Relation.SoughtBy: await Link(other, line, EventLinkKind.Seeks, ct); break;
                case Relation.NotSeeking: await Link(line, other, EventLinkKind.NotSought, ct); break;
                case Relation.NotTheSame: await Link(line.Number < other.Number ? line : other, line.Number < other.Number ? other : line, EventLinkKind.NotTheSame, ct); break;
                default:
                    // Who has a dossier of their own stays a line of their own; and nobody stands under a line that stands under another.
                    if (other.Home is not null || other.SameAs is not null || line.SameAs is not null) throw Wrong(nameof(Command.Number), Words.EventCannotJoin);
                    await masonry.Joined(line, other, ct);
                    other.Joins(line.Id);
                    break;
            }
            return true;
        }

        // Two lines have one word between them in each direction: the later one holds.
        private async Task Link(EventLine one, EventLine two, EventLinkKind kind, CancellationToken ct)
        {
            var known = await zone.Set<EventLink>().SingleOrDefaultAsync(l => l.EventId == one.EventId && l.One == one.Id && l.Other == two.Id, ct);
            if (known is not null) known.Turn(kind, caller.Self, clock.GetUtcNow());
            else zone.Add(EventLink.Of(one.EventId, one.Id, two.Id, kind, caller.Self, clock.GetUtcNow()));
        }

        private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
    }
}

/// <summary>Takes back what was said of two lines: they are parted, or the link between them goes.</summary>
internal static class Unrelate
{
    [Requires(May.WorkOnEvents)]
    internal sealed record Command(Guid Event, Guid Line, Guid Other) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, AtEvent at) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (ev, _) = await at.Write(command.Event, 0, ct);
            var (line, other) = (await at.Line(ev.Id, command.Line, ct), await at.Line(ev.Id, command.Other, ct));
            // Said of any line of the one and any of the other, it is shown at those that stand, and goes from there.
            var standing = LineRow.Standing(await at.Lines(ev.Id, ct));
            var (one, two) = (standing[line.Id], standing[other.Id]);
            if (other.SameAs == line.Id) other.Joins(null);
            zone.RemoveRange((await zone.Set<EventLink>().Where(l => l.EventId == ev.Id).ToListAsync(ct)).Where(l => (l.One == line.Id && l.Other == other.Id) || (l.One == other.Id && l.Other == line.Id) || (one != two && standing.TryGetValue(l.One, out var from) && standing.TryGetValue(l.Other, out var to) && ((from == one && to == two) || (from == two && to == one)))));
            return true;
        }
    }
}
