using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Walls;

/// <summary>Builds a wall between a colleague and a dossier, or a person. Somebody may wall themselves off; from then on it is not there for them, and taking it down is for others.</summary>
internal static class Build
{
    [Requires(May.BuildWalls)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public Guid? Colleague { get; init; }
        public Round? Round { get; init; }
        public string Number { get; init; } = "";
        public string GivenName { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public string? Phone { get; init; }
        public DateOnly? BirthDate { get; init; }
        public string? Reason { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Colleague).NotNull().WithMessage(_ => Words.ChooseColleague);
            RuleFor(c => c.Round).NotNull().WithMessage(_ => Words.ChooseRound).IsInEnum().WithMessage(_ => Words.ChooseRound);
            RuleFor(c => c.Number).Must(n => DossierNumber.TryParse(n, out _)).When(c => c.Round == Walls.Round.Dossier).WithMessage(_ => Words.NoDossierNumber);
            When(c => c.Round == Walls.Round.Person, () =>
            {
                RuleFor(c => c.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong).Must((c, _) => IsSomebody(c)).WithMessage(_ => Words.BothNamesOrPhone);
                RuleFor(c => c.FamilyName).MaximumLength(200).WithMessage(_ => Words.TooLong);
                RuleFor(c => c.Phone).Must(p => string.IsNullOrWhiteSpace(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            });
            RuleFor(c => c.Reason).MaximumLength(2000).WithMessage(_ => Words.TooLong);
        }

        // A given name alone would wall off half of the town.
        private static bool IsSomebody(Command c) => (c.GivenName.Trim().Length > 0 && c.FamilyName.Trim().Length > 1) || PhoneNumber.ToE164(c.Phone) is not null;
    }

    internal sealed class Handler(ZoneDbContext zone, Masonry masonry, Reach reach, Colleagues colleagues, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (now, account) = (clock.GetUtcNow(), form.Colleague!.Value);
            if (!(await colleagues.Holding(Enum.GetValues<Role>(), ct)).ContainsKey(account)) throw new ValidationException([new ValidationFailure(nameof(Command.Colleague), Words.ChooseColleague)]);
            await DossierCounter.TakeTurns(zone, now, ct);
            if (form.Round == Walls.Round.Person)
            {
                var person = new Particulars(form.FamilyName.Trim(), form.GivenName.Trim(), string.IsNullOrWhiteSpace(form.Phone) ? null : form.Phone.Trim(), BirthDate: form.BirthDate);
                var round = Wall.Round(person, account, form.Reason, caller.Self, now);
                trail.Concerns(round.Id, "wall");
                await masonry.Build(round, ct);
                return round.Id;
            }
            _ = DossierNumber.TryParse(form.Number, out var typed);
            var (number, may) = (typed.Text, await reach.Of(ct));
            var dossier = await zone.Set<Dossier>().SingleOrDefaultAsync(d => d.Number == number, ct);
            if (dossier is null || !may.Knows(dossier.Id)) throw new ValidationException([new ValidationFailure(nameof(Command.Number), Words.NoSuchDossier)]);
            trail.Concerns(dossier.Id, "wall");
            if (await zone.Set<Wall>().AsNoTracking().FirstOrDefaultAsync(w => w.Account == account && w.DossierId == dossier.Id && w.Lifted == null, ct) is { } standing) return standing.Id;
            var wall = Wall.Round(dossier.Id, account, form.Reason, caller.Self, now);
            await masonry.Build(wall, dossier, ct);
            return wall.Id;
        }
    }
}

/// <summary>Takes a wall down: never by whom it keeps away; one about a coordinator only by the data-protection officer or the stand-in.</summary>
internal static class Lift
{
    [Requires(May.BuildWalls), FreshFactor]
    internal sealed record Command(Guid Wall) : ICommand<bool>, ISensitive;

    public static bool IsFor(Wall wall, Caller caller, IReadOnlyDictionary<Guid, IReadOnlySet<Role>> staff) => wall.Account != caller.Account
        && (caller.Is(Role.DataProtectionOfficer) || caller.Is(Role.OutsideStandIn) || !staff.TryGetValue(wall.Account, out var roles) || !roles.Contains(Role.Coordinator));

    internal sealed class Handler(ZoneDbContext zone, Reach reach, LastResort lastResort, Colleagues colleagues, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            await DossierCounter.TakeTurns(zone, now, ct);
            var wall = await zone.Set<Wall>().SingleOrDefaultAsync(w => w.Id == command.Wall && w.Lifted == null, ct);
            var rows = await zone.Set<WalledOff>().Where(w => w.Wall == command.Wall).ToListAsync(ct);
            if (wall is null || !(await reach.Of(ct)).Knows(wall, rows.Select(r => r.DossierId))) throw new RefusedException("absent", command.Wall);
            if (!IsFor(wall, caller, await colleagues.Holding([Role.Coordinator], ct))) throw new RefusedException("own", wall.Id);
            trail.Concerns(wall.DossierId ?? wall.Id, "wall");
            wall.Lift(caller.Self, now);
            zone.RemoveRange(rows);
            foreach (var id in rows.Select(r => r.DossierId).Distinct()) await lastResort.Return(id, wall, ct);
            return true;
        }
    }
}
