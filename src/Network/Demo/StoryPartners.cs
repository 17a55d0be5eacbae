using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Demo;

/// <summary>Fictitious partners and what is done with them, added through the same requests as people use.</summary>
internal sealed class StoryPartners(TimeProvider clock) : ITellPartners
{
    public async Task<IReadOnlyList<Guid>> Tell(IMediator pipeline, string language, CancellationToken ct)
    {
        var known = await pipeline.Send(new Partners.List.Query(null, null, null, Ended: false), ct);
        if (known.Count > 0) return [.. known.Select(p => p.Id)];
        var (fr, nl, de) = (language is not ("nl" or "de"), language == "nl", language == "de");
        var support = new Edit.Command
        {
            Organisation = nl ? "Slachtofferhulp De Proef" : de ? "Opferhilfe Beispiel" : "Service d'aide aux victimes Exemple", Type = nl ? "CAW" : "SAV", Needs = [Need.Support, Need.PartnerViolence], Languages = [fr ? "fr" : nl ? "nl" : "de", "en"],
            Hours = "9–12, 13–17", Channel = PartnerChannel.Form, Telephone = "0800 00 001", Mailbox = "support@partner.example", TakesForm = true,
        };
        var made = new List<Guid> { await pipeline.Send(support, ct) };
        made.Add(await pipeline.Send(support with { Organisation = nl ? "Justitiehuis Voorbeeld" : de ? "Justizhaus Muster" : "Maison de justice Fictive", Type = "MJ_AV", Needs = [Need.Procedure], Telephone = "0800 00 002", Mailbox = "justice@partner.example" }, ct));
        made.Add(await pipeline.Send(support with { Organisation = nl ? "Vluchthuis Verzonnen" : de ? "Frauenhaus Erfunden" : "Refuge L'Inventé", Type = "SHELTER", Needs = [Need.Shelter, Need.PartnerViolence], Hours = "24/7", Channel = PartnerChannel.Phone, Telephone = "0800 00 003", Mailbox = null, TakesForm = false }, ct));
        made.Add(await pipeline.Send(support with { Organisation = nl ? "OCMW Twee Oevers" : de ? "ÖSHZ Hohenau" : "CPAS Deux-Rives", Type = "CPAS", Needs = [Need.Money, Need.Shelter], Municipalities = "Deux-Rives\nTwee Oevers\nHohenau", Telephone = "0800 00 004", Mailbox = null, Channel = PartnerChannel.Phone }, ct));
        await WorkTogether(pipeline, made, nl, de, ct);
        return made;
    }

    // The story lies some weeks back: one agreement is to be renewed by now, one runs on, one is a draft.
    private async Task WorkTogether(IMediator pipeline, IReadOnlyList<Guid> partners, bool nl, bool de, CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        await pipeline.Send(new Contact.Command { Partner = partners[0], Name = "Ella Exemple", Function = nl ? "coördinator slachtofferhulp" : de ? "Koordinatorin der Opferhilfe" : "coordinatrice", Telephone = "0800 00 011", Mailbox = "ella@partner.example" }, ct);
        await pipeline.Send(new Contact.Command { Partner = partners[1], Name = "Jan Voorbeeld", Function = nl ? "justitieassistent" : de ? "Justizassistent" : "assistant de justice", Telephone = "0800 00 012" }, ct);
        var agreement = new Agreements.Edit.Command
        {
            Title = nl ? "Samenwerkingsprotocol doorverwijzing" : de ? "Protokoll zur Weitervermittlung" : "Protocole d'orientation des victimes", Purpose = nl ? "Wie wat doet bij een doorverwijzing, en hoe snel." : de ? "Wer was bei einer Weitervermittlung tut, und wie schnell." : "Qui fait quoi lors d'une orientation, et dans quel délai.",
            Partners = [partners[0], partners[1]], From = today.AddDays(90).AddYears(-2), Until = today.AddDays(89), Signed = today.AddDays(60).AddYears(-2), NoticeMonths = 3,
        };
        await pipeline.Send(agreement, ct);
        await pipeline.Send(agreement with { Title = nl ? "Opvang in nood" : de ? "Aufnahme im Notfall" : "Hébergement en urgence", Purpose = null, Partners = [partners[2]], From = today.AddYears(-1), Until = null, Signed = today.AddYears(-1) }, ct);
        await pipeline.Send(agreement with { Title = nl ? "Financiële hulp" : de ? "Finanzielle Hilfe" : "Aide financière urgente", Purpose = null, Partners = [partners[3]], From = today.AddMonths(3), Until = today.AddMonths(3).AddYears(3).AddDays(-1), Signed = null }, ct);
        var meeting = new Record.Command { On = today.AddDays(-20), Kind = ActivityKind.Meeting, Partners = [partners[0], partners[1]], Subject = nl ? "Jaarlijks overleg" : de ? "Jährliches Treffen" : "Réunion annuelle", TookPart = "Ella Exemple, Jan Voorbeeld" };
        await pipeline.Send(meeting, ct);
        await pipeline.Send(meeting with { On = today.AddDays(-6), Kind = ActivityKind.Visit, Partners = [partners[2]], Subject = nl ? "Kennismaking ter plaatse" : de ? "Kennenlernen vor Ort" : "Visite des lieux", TookPart = null }, ct);
        // The year that is over is held against this one.
        await pipeline.Send(meeting with { On = new DateOnly(today.Year - 1, 4, 23) }, ct);
        await pipeline.Send(meeting with { On = new DateOnly(today.Year - 1, 10, 1), Kind = ActivityKind.Visit, Partners = [partners[3]], Subject = nl ? "Kennismaking ter plaatse" : de ? "Kennenlernen vor Ort" : "Visite des lieux", TookPart = null }, ct);
    }
}
