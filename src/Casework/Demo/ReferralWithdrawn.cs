using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Demo;

/// <summary>A man after a hold-up accepts to be referred, takes it back two days later, and asks again after two months.</summary>
internal static class ReferralWithdrawn
{
    private static readonly SharedField[] Shares = [SharedField.Name, SharedField.Phone, SharedField.Language, SharedField.Need];

    /// <param name="partner">To whom.</param>
    public static async Task<Guid> Tell(IMediator pipeline, TimeProvider clock, string language, Guid partner, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromDays(70));
        var now = clock.GetUtcNow();
        var dossier = (await pipeline.Send(new Register.Command
        {
            Trigger = Trigger.Patrol, When = now.AddHours(-2), Municipality = "Val-Clair", SubKind = "Robbery", GivenName = "Piet", FamilyName = "Peeters", Phone = "0473 22 33 44", Safe = Rule.Safe, Language = language,
        }, ct)).Dossier;
        var person = (await pipeline.Send(new ShowView.Query(dossier), ct)).People[0].Id;
        await pipeline.Send(new Record.Command
        {
            Dossier = dossier, Persons = [person], Place = Place.Office, At = now, Minutes = 40, Services = [ServiceKind.Listening, ServiceKind.Orientation], Next = ActKind.CallBack, Due = now.AddDays(90),
            Note = Told.In(language, "Dort mal depuis le braquage. Voudrait en parler avec quelqu'un.", "Slaapt slecht sinds de overval. Wil er met iemand over praten.", "Schläft seit dem Überfall schlecht. Möchte mit jemandem darüber sprechen."),
        }, ct);
        var referral = await Accepts();
        await pipeline.Send(new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Sheet, Consent = (await pipeline.Send(new Send.Query(dossier, referral), ct)).Consent!.Id }, ct);
        stand(TimeSpan.FromDays(69));
        await pipeline.Send(new Referrals.Show.Turn { Dossier = dossier, Referral = referral, To = ReferralState.Received, SaidByPartner = true }, ct);
        stand(TimeSpan.FromDays(67));
        await pipeline.Send(new Referrals.Show.Turn { Dossier = dossier, Referral = referral, To = ReferralState.Withdrawn }, ct);
        stand(TimeSpan.FromDays(60));
        var unknown = (await pipeline.Send(new Close.Query(dossier), ct)).ToDictionary(g => g.Key, _ => (WhyUnknown?)WhyUnknown.DidNotSay);
        await pipeline.Send(new Close.Command { Dossier = dossier, Reason = ClosingReason.Declined, Outcome = Outcome.Supported, Why = unknown }, ct);
        stand(TimeSpan.FromDays(3));
        await pipeline.Send(new Reopen.Command(dossier), ct);
        await Accepts();
        return dossier;

        async Task<Guid> Accepts()
        {
            var made = (await pipeline.Send(new Offer.Command { Dossier = dossier, Persons = [person], Need = Need.Support, Partner = partner, Answer = ReferralState.Accepted }, ct))!.Value;
            var shown = await pipeline.Send(new Agree.Query(dossier, made, Shares, null), ct);
            await pipeline.Send(new Agree.Command
            {
                Dossier = dossier, Referral = made, Fields = [.. Shares], AgreedBy = AgreedBy.Person, How = AgreedHow.OnScreen, On = Design.Html.Moment.Day(clock.GetUtcNow()), Shown = Disclosing.Print(shown.Preview!),
            }, ct);
            return made;
        }
    }
}
