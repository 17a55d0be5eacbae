using MediatR;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Demo;

/// <summary>Fictitious partners, added through the same requests as people use.</summary>
internal sealed class StoryPartners : ITellPartners
{
    public async Task<IReadOnlyList<Guid>> Tell(IMediator pipeline, string language, CancellationToken ct)
    {
        var known = await pipeline.Send(new List.Query(null, null, null, Ended: false), ct);
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
        return made;
    }
}
