using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>The composer: a note, and with it the next act. Two people writing at once lose nothing: each adds.</summary>
internal static class Write
{
    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public string Text { get; init; } = "";
        public Layer Layer { get; init; }
        public List<Guid> Persons { get; init; } = [];
        public ActKind? Next { get; init; }
        public DateTimeOffset? Due { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Text).Must((c, text) => text.Trim().Length > 0 || c.Next is not null).WithMessage(_ => Words.WriteSomething);
            RuleFor(c => c.Text).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.Layer).IsInEnum().WithMessage(_ => Words.ChooseLayer);
            RuleFor(c => c.Next).IsInEnum().WithMessage(_ => Words.NextActLabel).Must((c, next) => next is not null || c.Due is null).WithMessage(_ => Words.ActForThisDate);
            RuleFor(c => c.Due).NotNull().When(c => c.Next is not null).WithMessage(_ => Words.EnterDue);
            RuleFor(c => c.Due).Must(due => due is null || due > clock.GetUtcNow().AddMinutes(-5)).When(c => c.Next is not null).WithMessage(_ => Words.DueInPast);
            RuleFor(c => c.Due).Must(due => due is null || due < clock.GetUtcNow().AddYears(3)).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return false;
            dossier.MayPlan(form.Next);
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            if (form.Text.Trim().Length > 0) zone.Add(Note.Write(dossier.Id, persons, form.Layer, form.Text.Trim(), caller.Self, now, Countersigning.Of(caller)));
            if (form.Next is { } kind)
            {
                var act = FollowUp.Plan(dossier.Id, await Reached(kind, persons, ct), kind, null, form.Due!.Value, caller.Self, now);
                zone.Add(act);
                dossier.Awaits(act.DueAt);
            }
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = dossier.Id });
            return true;
        }

        // A note may be about anybody; whoever is called, visited, written to or referred is helped. What is done at the desk reaches nobody.
        private async Task<List<Guid>> Reached(ActKind kind, List<Guid> persons, CancellationToken ct)
        {
            if (kind is ActKind.Administration or ActKind.Other) return persons;
            var helped = (await zone.Set<Person>().AsNoTracking().Where(p => persons.Contains(p.Id)).ToListAsync(ct)).Where(p => p.IsHelped).Select(p => p.Id).ToList();
            return helped.Count > 0 ? helped : throw new ValidationException([new ValidationFailure(nameof(Command.Persons), Words.Of(Bar.Mentioned))]);
        }
    }
}

/// <summary>Which persons of a dossier an entry concerns; an id from another dossier is nobody. Whoever was merged away while the form was open is the one that stayed.</summary>
internal static class Concerned
{
    /// <summary>Whom a form has ticked when it opens: the only one there is. Of several nobody, so that nothing said of a child stands with its mother.</summary>
    public static List<Guid> TheOnlyOne(IEnumerable<Guid> some) => some.Take(2).ToList() is [var only] ? [only] : [];

    /// <exception cref="RefusedException">None of them is in this dossier.</exception>
    public static async Task<List<Guid>> Of(ZoneDbContext zone, Guid dossier, IReadOnlyList<Guid> named, CancellationToken ct)
    {
        var here = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier).Select(p => p.Id).ToListAsync(ct);
        var meant = named.All(here.Contains) ? named : await WhoStayed(zone, dossier, named, ct);
        var persons = here.Where(meant.Contains).ToList();
        return persons.Count == 0 || meant.Any(id => !here.Contains(id)) ? throw new RefusedException("absent", dossier) : persons;
    }

    /// <summary>Each id, or that of the row it became by a merge in this dossier that nobody has undone.</summary>
    /// <returns>In the same order.</returns>
    public static async Task<IReadOnlyList<Guid>> WhoStayed(ZoneDbContext zone, Guid dossier, IReadOnlyList<Guid> named, CancellationToken ct)
    {
        var went = (await zone.Set<Merger>().AsNoTracking().Where(m => m.DossierId == dossier && m.Undone == null).OrderBy(m => m.Id).Select(m => new { m.Gone, m.Kept }).ToListAsync(ct)).ToLookup(m => m.Gone, m => m.Kept);
        return [.. named.Select(Last)];

        // Whoever stayed may have gone in a later merge; nobody goes twice, so this ends.
        Guid Last(Guid id)
        {
            while (went[id].Any()) id = went[id].Last();
            return id;
        }
    }
}
