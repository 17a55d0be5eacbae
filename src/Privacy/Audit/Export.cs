using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Privacy.Audit;

/// <summary>The audit as a file, with what its reader may see and nothing else. Recorded with its reason before a byte of it leaves.</summary>
internal static class Export
{
    public const int Most = 50_000;
    private const int InOneGo = 2_000;

    // A read: its record is durable before the file is sent, and no writer of the zone waits for it.
    [Requires(May.ReadTheAudit), FreshFactor]
    internal sealed record Command : Filter, IQuery<byte[]>, ISensitive
    {
        public ExportReason? Reason { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            Include(new FilterRules());
            RuleFor(c => c.Reason).Must(r => r is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.ChooseReason);
        }
    }

    internal sealed class Handler(Lens lens, Trail trail, IAccounts accounts) : IRequestHandler<Command, byte[]>
    {
        public async Task<byte[]> Handle(Command command, CancellationToken ct)
        {
            trail.Because(command.Reason!.Value.ToString());
            Guid? dossier = null;
            if (!string.IsNullOrWhiteSpace(command.Dossier))
            {
                dossier = await lens.Find(command.Dossier, ct) ?? throw new ValidationException([new ValidationFailure(nameof(command.Dossier), Words.NoSuchDossier)]);
                trail.Because(command.Reason!.Value.ToString(), dossier.Value);
            }
            var csv = new Csv();
            csv.Line([Words.When, Words.Who, Words.What, Words.Kind, Words.RefusedBecause, Words.WhyHeading, Words.Session, .. lens.SeesDossiers ? new[] { Words.Dossier, Words.ListedCount } : []]);
            var rows = await lens.Rows(command, dossier, ct);
            var (mark, written) = ((Mark?)null, 0);
            while (await Lens.After(rows, mark).Take(InOneGo).ToListAsync(ct) is { Count: > 0 } some)
            {
                if ((written += some.Count) > Most) throw new ValidationException([new ValidationFailure(nameof(command.To), Words.TooMany(Most))]);
                var lines = await lens.Read(some, ct);
                await Write(csv, lines, ct);
                mark = Mark.After(lines, mark);
            }
            return csv.ToBytes();
        }

        private async Task Write(Csv csv, IReadOnlyList<Line> lines, CancellationToken ct)
        {
            var names = await accounts.Named(lines.Select(l => l.Actor).OfType<Guid>(), ct);
            foreach (var row in await Log.Handler.Rows(lens, lines, ct))
            {
                var line = row.Line;
                var who = line.ByProgram ? Words.AProgram : line.Actor is not { } id ? Words.ThePlatform : names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.UnknownPerson;
                csv.Line([Moment.Show(line.At), who, Acts.InWords(line.Act), Words.Of(line.Kind), line.Refusal is { } code ? Acts.Refused(code) : "", lens.SeesDossiers && line.Why is { } why ? Acts.Why(why) : "", line.Session?.ToString("N")[..8],
                    .. lens.SeesDossiers ? new[] { row.Dossier, row.Listed > 0 ? row.Listed.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : "" } : []]);
            }
        }
    }
}
