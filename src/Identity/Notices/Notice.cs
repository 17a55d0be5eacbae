using VictimSupport.Foundation.Jobs;

namespace VictimSupport.Identity.Notices;

/// <summary>What an account is told about itself or about a recovery.</summary>
internal enum NoticeKind { PasskeyAdded = 1, PasskeyRemoved, PasswordChanged, AppChanged, CodesRenewed, RecoveryAsked, RecoveryBegun, RecoveryLink, Recovered, ProviderLinked, ProviderUnlinked }

/// <summary>A mail about an account, put into the catalogue's outbox in the same transaction as its cause. Ids and codes only.</summary>
internal static class Notice
{
    public static string NameOf(NoticeKind kind) => "account-" + kind;

    /// <param name="about">The recovery it is about, where it is about one: of the same recovery nobody is told the same twice.</param>
    public static OutboxMessage To(Guid account, NoticeKind kind, DateTimeOffset notBefore, Guid? about = null) =>
        OutboxMessage.New(about is null ? $"{kind} {Guid.NewGuid():N}" : $"{kind} {about:N} {account:N}", NameOf(kind), about, account, notBefore);
}
