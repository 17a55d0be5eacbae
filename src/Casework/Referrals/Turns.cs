using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;

namespace VictimSupport.Casework.Referrals;

/// <summary>Turns of a referral or a sharing in words: on the timeline and in its own history.</summary>
internal static class Turns
{
    public static bool IsOne(Milestone turn) => turn.Kind is >= MilestoneKind.Referral and <= MilestoneKind.RulesAged;

    public static string Say(Milestone turn) => turn switch
    {
        { Kind: MilestoneKind.Referral or MilestoneKind.PartnerAnswered, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((ReferralState)code)}",
        { Kind: MilestoneKind.ConsentGiven, Code: { } version } => $"{Words.Of(turn.Kind)} ({version})",
        { Kind: MilestoneKind.SharedOutside, Code: { } ground } => $"{Words.Of(turn.Kind)}: {Words.Of((SharingGround)ground)}",
        _ => Words.Of(turn.Kind),
    };
}
