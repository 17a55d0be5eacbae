using System.Security.Cryptography;
using System.Text;
using MediatR;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>Two requests of people who do not exist: one may be called at certain hours only and asks to be helped soon, one comes forward herself.</summary>
internal sealed class Told : ITellRequests
{
    // The same forms each time: a start that comes again adds nothing.
    private static readonly Guid First = new("00000000-0000-0000-0000-00000000d0e1"), Second = new("00000000-0000-0000-0000-00000000d0e2");

    public async Task Leave(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromMinutes(95));
        await pipeline.Send(new Ask.Command
        {
            Once = First, Secret = Secret(First), Need = Need.Appointment, Way = Way.Call, Reach = "0475 11 22 33", OnlyIf = true, Called = "Tess", Language = language, When = Haste.Soon, Parts = [nameof(DayParts.Morning)], Place = Spot.Office,
            Hours = In("en semaine, de 9 h à 11 h", "op weekdagen, van 9 tot 11 uur", "werktags von 9 bis 11 Uhr"), CodeWord = In("Tournesol", "Zonnebloem", "Sonnenblume"),
            More = In("J'aimerais venir avec ma sœur.", "Ik kom graag samen met mijn zus.", "Ich möchte mit meiner Schwester kommen."),
        }, ct);
        stand(TimeSpan.FromMinutes(20));
        await pipeline.Send(new Ask.Command { Once = Second, Secret = Secret(Second), Need = Need.Information, Way = Way.Self, Called = "Märta", Language = "ar", Interpreter = true, When = Haste.ThisWeek }, ct);
        stand(TimeSpan.Zero);

        string In(string fr, string nl, string de) => language switch { "nl" => nl, "de" => de, _ => fr };
    }

    private static byte[] Secret(Guid of) => SHA256.HashData(Encoding.UTF8.GetBytes("demo " + of));
}
