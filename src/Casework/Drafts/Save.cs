using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Drafts;

/// <summary>Saves what stands in a form while it is filled in: durable when it is answered, and written over nobody's other text.</summary>
internal static class Save
{
    /// <param name="Draft">Where it is kept from now on.</param>
    internal sealed record Answer(Guid Draft, int Version, DateTimeOffset At);

    /// <summary>Leaves no record in the audit: it shows nothing of anybody, and every ten seconds of typing would drown what is worth reading. That the form was sent is recorded, with the draft that went.</summary>
    [Requires(May.BeSignedIn)]
    internal sealed record Command : ICommand<Answer>, IUnrecorded
    {
        /// <summary>Where it was kept so far, or the page's own one-time id.</summary>
        public Guid Draft { get; init; }

        /// <summary>The one-time id of the page.</summary>
        public Guid Once { get; init; }

        /// <summary>The version that the page was filled in over; 0: none.</summary>
        public int Version { get; init; }

        /// <summary>Rises with each saving of this page.</summary>
        public long Turn { get; init; }
        public string Place { get; init; } = "";
        public Guid? Dossier { get; init; }

        /// <summary>What the page of the form demands; null: nothing.</summary>
        public May? Deed { get; init; }
        public IReadOnlyDictionary<string, string[]> Boxes { get; init; } = new Dictionary<string, string[]>();
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        /// <summary>The longest text of a form is a fifth of this; characters.</summary>
        public const int Longest = 100_000;

        /// <summary>A page of a list has 25 rows of nine.</summary>
        public const int MostBoxes = 300;

        public Rules()
        {
            RuleFor(c => c.Draft).NotEmpty().WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Once).NotEmpty().WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Place).NotEmpty().MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Boxes).Must(boxes => boxes.Count <= MostBoxes && boxes.Sum(b => b.Key.Length + b.Value.Sum(v => v.Length + 1)) <= Longest).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Answer>
    {
        public async Task<Answer> Handle(Command form, CancellationToken ct)
        {
            if (form.Deed is { } deed && !caller.May(deed)) throw new RefusedException("role", form.Dossier);
            if (form.Dossier is { } about && !await guard.Sees(about, ct)) throw new RefusedException("absent", about);
            var (now, text) = (clock.GetUtcNow(), new Filled(form.Boxes));
            var draft = await zone.Set<Draft>().SingleOrDefaultAsync(d => d.Id == form.Draft, ct);
            if (draft is null) return Added(form.Draft);
            var mine = draft.Account == caller.Self;
            if (mine && draft.Gone is not null && draft.By == form.Once) throw new ValidationException([new ValidationFailure(nameof(Command.Draft), Words.ChangedMeanwhile)]);
            // Another tab wrote on from the same text, or has sent it: neither is written over.
            if (!mine || draft.Gone is not null || draft.Place != form.Place || (draft.By != form.Once && draft.Version != form.Version)) return Added(Guid.CreateVersion7(now));
            if (draft.By != form.Once || draft.Turn < form.Turn) draft.Save(form.Once, form.Turn, text, now);
            return new Answer(draft.Id, draft.Version, draft.Saved);

            Answer Added(Guid id)
            {
                var begun = Draft.Begin(id, caller.Self, form.Place, form.Dossier, form.Once, form.Turn, text, now);
                zone.Add(begun);
                return new Answer(begun.Id, begun.Version, begun.Saved);
            }
        }
    }
}
