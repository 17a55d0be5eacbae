using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Report;

namespace VictimSupport.Statistics.Demo;

/// <summary>A fictitious zone's own words in its report, and what it counted in the years before the platform.</summary>
internal sealed class StoryReport(TimeProvider clock) : ITellReport
{
    public async Task AskToLook(IMediator pipeline, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var year = Moment.Day(now).Year;
        await pipeline.Send(new Campaign.Ask.Command(year, Programme.TableProgramme.Shipped.Hash, now, new DateOnly(year + 1, 3, 1), new DateOnly(year, 1, 1), new DateOnly(year, 12, 31)), ct);
    }

    public async Task Tell(IMediator pipeline, string language, CancellationToken ct)
    {
        var year = Moment.Day(clock.GetUtcNow()).Year;
        if ((await pipeline.Send(new Earlier.Query(), ct)).Years.Count > 0) return;
        for (var back = 4; back > 0; back--)
        {
            var more = 4 - back;
            await pipeline.Send(new Earlier.Command { Year = year - back, Cases = 61 + (7 * more), Dossiers = 52 + (6 * more), Closed = 48 + (5 * more), Contacts = 214 + (31 * more), CallOuts = 17 + (2 * more), Referrals = 23 + (4 * more), Trainings = 2 + more, Meetings = 9 + more }, ct);
        }
        string Said(string fr, string nl, string de) => language == "nl" ? nl : language == "de" ? de : fr;
        await pipeline.Send(new Write.Command
        {
            Year = year - 1, Language = language,
            Foreword = Said("Être là dans les heures qui suivent, expliquer ce qui va se passer, passer le relais quand c’est utile : c’est ce que notre service fait, chaque jour de l’année.\n\nCe rapport dit combien de personnes nous avons aidées et comment. Merci aux collègues de l’intervention, qui nous appellent à temps.",
                "Er zijn in de eerste uren, uitleggen wat er komt, doorverwijzen waar het helpt: dat doet onze dienst, elke dag van het jaar.\n\nDit verslag zegt hoeveel mensen we geholpen hebben en hoe. Met dank aan de collega’s van de interventie, die ons op tijd bellen.",
                "In den ersten Stunden da sein, erklären, was kommt, weitervermitteln, wo es hilft: Das tut unser Dienst, an jedem Tag des Jahres.\n\nDieser Bericht sagt, wie vielen Menschen wir geholfen haben und wie. Dank an die Kolleginnen und Kollegen im Einsatz, die uns rechtzeitig anrufen."),
            Done = Said("Une première prise de contact dans les deux jours reste notre engagement. La permanence a été assurée sans interruption avec les zones voisines.", "Een eerste contact binnen twee dagen blijft onze belofte. De wachtdienst liep zonder onderbreking, samen met de buurzones.", "Ein erster Kontakt innerhalb von zwei Tagen bleibt unser Versprechen. Der Bereitschaftsdienst lief ohne Unterbrechung, gemeinsam mit den Nachbarzonen."),
            Together = Said("Nous travaillons avec les services d’aide aux victimes, les maisons de justice et les hôpitaux de la région.", "We werken samen met de centra voor slachtofferhulp, de justitiehuizen en de ziekenhuizen van de streek.", "Wir arbeiten mit den Diensten der Opferhilfe, den Justizhäusern und den Krankenhäusern der Region zusammen."),
            Plans = Said("L’année prochaine : deux formations sur l’annonce d’un décès, et un local d’accueil plus discret.", "Volgend jaar: twee opleidingen over het melden van een overlijden, en een rustiger onthaallokaal.", "Nächstes Jahr: zwei Fortbildungen zur Überbringung von Todesnachrichten und ein ruhigerer Empfangsraum."),
        }, ct);
    }
}
