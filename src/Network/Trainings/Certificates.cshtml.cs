using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Partners;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>Certificates for those who were there, to be printed: one, or a sheet for each, in the language of whoever gets it.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Certificates(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }

    /// <summary>null: everybody who was there.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Participant { get; set; }
    public Answer View { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Training, Participant), ct);

    /// <summary>What stands on one sheet, each line in the language of whoever gets it.</summary>
    /// <param name="Language">fr, nl, de or en.</param>
    /// <param name="Sessions">Those at which they were.</param>
    internal sealed record Certificate(Guid Id, string Language, string Title, string FullName, string Unit, string Took, string Subject, string Topic, IReadOnlyList<string> Sessions, string Lasted, string? Given, string Service, string Dated, string Signature);

    internal sealed record Answer(string Subject, IReadOnlyList<Certificate> All);

    [Requires(May.SeeTrainings)]
    internal sealed record Query(Guid Training, Guid? Participant) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            var people = (await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training.Id && (query.Participant == null || p.Id == query.Participant)).ToListAsync(ct)).Where(p => p.WasThere && !p.IsNameless).ToList();
            // Nobody who was not there gets one, nor a certificate without a name.
            if (query.Participant is { } one && people.Count == 0) throw new RefusedException("absent", one);
            var sessions = await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).OrderBy(s => s.Start).ToListAsync(ct);
            var partners = await zone.Set<Partner>().AsNoTracking().Where(p => training.Partners.Contains(p.Id)).Select(p => p.Organisation).ToListAsync(ct);
            var (names, record, today) = ((await settings.Of(here.InZone.Id, ct)).ServiceNames, here.InZone.Record, Moment.Day(clock.GetUtcNow()));
            List<string> by = [.. training.Trainers, .. partners.Order(StringComparer.CurrentCulture)];
            return new Answer(training.Subject, [.. people.OrderBy(p => p.FullName, StringComparer.CurrentCulture).ThenBy(p => p.Number).Select(p => Spoken.In(p.Language, () => Of(p)))]);

            Certificate Of(Participant p)
            {
                var seen = sessions.Where(s => p.Attended.Contains(s.Id)).ToList();
                var hours = (seen.Sum(s => s.Minutes) / 60m).ToString("0.##", CultureInfo.CurrentCulture);
                return new Certificate(p.Id, p.Language, Words.TrainingCertificateTitle, p.FullName, p.UnitAndZone, training.Kind == TrainingKind.Training ? Words.TrainingTookPart : Words.TrainingTookPartAwareness, training.Subject, training.TopicInWords,
                    [.. seen.Select(s => $"{s.When()}, {s.Place}")], Words.TrainingLasted(hours), by.Count == 0 ? null : Words.TrainingGivenBy(string.Join(", ", by)),
                    $"{names.GetValueOrDefault(p.Language) ?? names.Values.FirstOrDefault() ?? Words.TrainingService}, {record.NameIn(p.Language)}", Words.TrainingDated(Moment.ShowLong(today)), Words.TrainingSignature);
            }
        }
    }
}
