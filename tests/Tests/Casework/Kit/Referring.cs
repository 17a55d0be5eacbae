using System.Net;
using AngleSharp.Html.Dom;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Referrals;
using VictimSupport.Network.Contracts;
using VictimSupport.Tests.Kit;
using Edit = VictimSupport.Network.Partners.Edit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>Partners, and referrals to them, through the same requests as people use.</summary>
internal static class Referring
{
    /// <summary>A partner that is in order; a test changes what it is about.</summary>
    public static Edit.Command Partner(string organisation = "CAW Lindeberg") => new()
    {
        Organisation = organisation, Type = "CAW", Needs = [Need.Support], Languages = ["fr", "nl"], Hours = "9-17", Channel = PartnerChannel.Phone, Telephone = "078 15 00 00", Mailbox = "onthaal@caw.example", TakesForm = true,
    };

    /// <summary>Offers the lead of a dossier a partner; accepted, unless it is said otherwise.</summary>
    public static async Task<Guid> Offers(this Person by, Guid dossier, Guid partner, ReferralState answer = ReferralState.Accepted, RefusalReason reason = RefusalReason.NotSaid) =>
        (await by.Send(new Offer.Command { Dossier = dossier, Persons = [await by.LeadOf(dossier)], Need = Need.Support, Partner = partner, Answer = answer, Reason = reason, Once = Guid.NewGuid() }))!.Value;

    /// <summary>The consent as it would be sent from the page, after what goes was shown.</summary>
    public static async Task<Agree.Command> Consent(this Person by, Guid dossier, Guid referral, string? message = null, params SharedField[] fields)
    {
        var shown = await by.Send(new Agree.Query(dossier, referral, fields, message));
        return new Agree.Command
        {
            Dossier = dossier, Referral = referral, Fields = [.. fields], Message = message, AgreedBy = AgreedBy.Person, How = AgreedHow.OnScreen, On = VictimSupport.Design.Html.Moment.Day(by.Zone.Platform.Clock.GetUtcNow()),
            Shown = shown.Preview is { } preview ? Disclosing.Print(preview) : null, Once = Guid.NewGuid(),
        };
    }

    public static async Task<Guid> Agrees(this Person by, Guid dossier, Guid referral, params SharedField[] fields) => await by.Send(await by.Consent(dossier, referral, null, fields.Length > 0 ? fields : [SharedField.Name, SharedField.Language]));

    public static async Task<Send.Sent> Sends(this Person by, Guid dossier, Guid referral, SentAs how = SentAs.Sheet) =>
        (await by.Send(new Send.Command { Dossier = dossier, Referral = referral, How = how, Consent = (await by.Send(new Send.Query(dossier, referral))).Consent!.Id, Once = Guid.NewGuid() }))!;

    /// <summary>Offered, accepted, agreed to and sent on a sheet.</summary>
    public static async Task<(Guid Referral, string Token, string Code)> Refers(this Person by, Guid dossier, Guid partner, params SharedField[] fields)
    {
        var referral = await by.Offers(dossier, partner);
        await by.Agrees(dossier, referral, fields);
        var sent = await by.Sends(dossier, referral);
        return (referral, sent.Token!, sent.Code!);
    }

    /// <summary>Something about the lead of a dossier was shared outside the team.</summary>
    public static async Task<Guid> Shares(this Person by, Guid dossier, string what = "Ce qui était nécessaire") => await by.Send(new VictimSupport.Casework.Sharings.Share.Command
    {
        Dossier = dossier, Once = Guid.NewGuid(), Persons = [await by.LeadOf(dossier)], Ground = SharingGround.Danger, Recipient = what, What = what, DecidedBy = what, Reason = what, Told = false, WhyNotTold = what, At = by.Zone.Platform.Clock.GetUtcNow(),
    });

    public static Task<bool> Turns(this Person by, Guid dossier, Guid referral, ReferralState to, bool partner = false) => by.Send(new Show.Turn { Dossier = dossier, Referral = referral, To = to, SaidByPartner = partner });

    public static async Task<ReferralState> StateOf(this Person by, Guid dossier, Guid referral) => (await by.Send(new Show.Query(dossier, referral))).Referral.State;

    /// <summary>The partner presses a button.</summary>
    public static async Task<IHtmlDocument> Answers(this Visit partner, string token, string answer) => await Visit.Read(await partner.Submit($"/partner/{token}", [KeyValuePair.Create("answer", answer)], "form[action*='handler=Answer']"));

    /// <summary>The partner types the second code.</summary>
    public static async Task<IHtmlDocument> Opens(this Visit partner, string token, string code) => await Visit.Read(await partner.Submit($"/partner/{token}", [KeyValuePair.Create("Code", code)], "form[action*='handler=Open']"));

    /// <summary>The lines that the partner reads, or that were shown before: label and value.</summary>
    public static string[] Lines(this IHtmlDocument page, string where) => [.. page.QuerySelectorAll($"{where} .govuk-summary-list__row").Select(r => string.Join('|', r.QuerySelector("dt")!.TextContent.Trim(), r.QuerySelector("dd")!.TextContent.Trim()))];

    public static async Task IsDead(this Visit partner, string token) => Assert.Equal(HttpStatusCode.NotFound, (await partner.Get($"/partner/{token}")).StatusCode);
}
