using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Absences;

/// <summary>Somebody will be away, from a day to a day.</summary>
internal static class Plan
{
    private const int LongestDays = 366;

    [Requires(May.BelongToTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        /// <summary>null: oneself.</summary>
        public Guid? Account { get; init; }
        public DateOnly? First { get; init; }
        public DateOnly? Last { get; init; }

        /// <summary>null: the coordinators.</summary>
        public Guid? Replacement { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.First).NotNull().WithMessage(_ => Words.EnterDay).Must(d => d is null || d >= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.DayHasPassed)
                .Must(d => d is null || d <= Moment.Day(clock.GetUtcNow()).AddDays(LongestDays)).WithMessage(_ => Words.TooFarAway);
            RuleFor(c => c.Last).NotNull().WithMessage(_ => Words.EnterDay).Must((c, d) => d is null || c.First is null || d >= c.First).WithMessage(_ => Words.LastBeforeFirst)
                .Must((c, d) => d is null || c.First is null || d.Value.DayNumber - c.First.Value.DayNumber < LongestDays).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, StandsIn standsIn, IStaff staff, IAccounts accounts, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (zone, now, account) = (here.InZone.Id, clock.GetUtcNow(), form.Account ?? caller.Self);
            if (account != caller.Account && (!await standsIn.MaySpeakForOthers(zone, ct) || !(await staff.Holding(zone, RoleTemplates.Given, ct)).Contains(account))) throw new RefusedException("absent", account);
            if (form.Replacement == account) throw Wrong(nameof(Command.Replacement), Words.NotReplacedByOneself);
            if (form.Replacement is { } by && !(await staff.Holding(zone, Absence.MayReplace, ct)).Contains(by)) throw Wrong(nameof(Command.Replacement), Words.CannotReplace);
            var planned = Absence.Plan(zone, account, form.First!.Value, form.Last!.Value, form.Replacement, caller.Self, now);
            foreach (var other in (await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.To > now).ToListAsync(ct)).Where(planned.Overlaps))
            {
                if (other.Account == account) throw Wrong(nameof(Command.First), Words.AwayAlready(Moment.Show(other.From), Moment.Show(other.To)));
                if (other.Account == form.Replacement) throw Wrong(nameof(Command.Replacement), Words.ReplacementAway(Moment.Show(other.From), Moment.Show(other.To)));
                if (other.Replacement == account) throw Wrong(nameof(Command.First), Words.ReplacesThen(await Name(other.Account, ct), Moment.Show(other.From), Moment.Show(other.To)));
            }
            house.Add(planned);
            return true;
        }

        private async Task<string> Name(Guid account, CancellationToken ct) => (await accounts.Named([account], ct)).TryGetValue(account, out var colleague) ? colleague.DisplayName : "–";
        private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
    }
}
