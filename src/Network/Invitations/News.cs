using System.Security.Cryptography;
using System.Text.Json;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Invitations;

/// <summary>Is there a seat for whoever is registered now? In words: how many there are is the giving zone's to know.</summary>
internal enum SeatsLeft { Left = 1, WaitingList }

/// <summary>Where a registration in another zone stands. Asked: no answer has come yet. Withdrawing: taken back, and the other zone has not said so yet.</summary>
internal enum RegistrationState { Asked = 1, Placed, Waiting, Refused, Withdrawing, Withdrawn }

/// <summary>Why the giving zone takes nobody. Closed: it is not open to the other zone any more.</summary>
internal enum RefusedBecause { Over = 1, Cancelled, Closed, TooLate, Full, Known }

/// <summary>One sitting, as it travels.</summary>
/// <param name="Id">The giving zone's.</param>
internal sealed record Sitting(Guid Id, DateTimeOffset Start, DateTimeOffset End, string Place);

/// <summary>A training as other zones know it: all of it each time, so that the latest word is the whole truth.</summary>
internal sealed record Notice(string Subject, string Topic, string? OwnTopic, TrainingKind Kind, string? Audience, IReadOnlyList<string> Trainers, IReadOnlyList<Sitting> Sittings, DateOnly RegisterUntil, SeatsLeft Seats, bool IsCancelled, bool IsClosed);

/// <summary>Where a registration stands in the giving zone.</summary>
/// <param name="Attended">Sittings at which they were.</param>
internal sealed record SeatNews(Guid Registration, RegistrationState State, RefusedBecause? Why, IReadOnlyList<Guid> Attended);

/// <summary>What the giving zone tells one that it invited.</summary>
/// <param name="Notice">null: as it was.</param>
/// <param name="ToWithdrawal">It answers somebody's withdrawal.</param>
internal sealed record TrainingNews(Notice? Notice, IReadOnlyList<SeatNews> Seats, bool ToWithdrawal = false)
{
    /// <summary>Kind of the parcels in which it travels.</summary>
    public const string ParcelKind = "training-news";

    /// <summary>The same for the same news.</summary>
    public string Print() => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)));
}

/// <summary>What an invited zone asks of the giving one: to enter somebody, to put right how somebody was entered, to take somebody back.</summary>
/// <param name="Registration">Its id in both zones.</param>
/// <param name="Who">As they are to be entered, without a name where it is to be taken out; null: they withdraw.</param>
internal sealed record TrainingAsk(Guid Registration, Participant.Person? Who)
{
    /// <summary>Kind of the parcels in which it travels.</summary>
    public const string ParcelKind = "training-ask";
}
