using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The page that somebody has a word on.</summary>
internal enum FeedbackOn { Contact = 1, Appointment, Exit, Print, Other }

/// <summary>What somebody who named nobody said of the public pages. People write of themselves where they are not asked to: so it is sealed under a key of its own, and forgotten after some days.</summary>
internal sealed class FeedbackNote : IHoldSealed
{
    public const int Longest = 1000;

    public Guid Id { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>The language of the page it was written on.</summary>
    public string Language { get; private set; } = "";
    public FeedbackOn? On { get; private set; }

    /// <summary>null: it is being forgotten.</summary>
    public Sealed<string>? Text { get; private set; }

    /// <summary>When its words were thrown away; its key and the row go with the next visit.</summary>
    public DateTimeOffset? Gone { get; private set; }

    /// <summary>One-time id of the form: sent twice, it is one note. Not the row's own, which nobody outside may choose: a key hangs on it.</summary>
    public Guid Once { get; private set; }
    public Guid KeyOwner => Id;

    public static FeedbackNote Leave(string text, FeedbackOn? on, string language, Guid once, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), At = now, Text = text.Trim(), On = on, Language = language, Once = once == default ? Guid.CreateVersion7(now) : once };

    public void Forget(DateTimeOffset now) => (Text, Gone) = (null, now);

    internal sealed class Mapping : IZoneMapping<FeedbackNote>
    {
        public void Configure(EntityTypeBuilder<FeedbackNote> b)
        {
            b.ToTable("public_feedback");
            b.Property(n => n.Id).ValueGeneratedNever();
            b.Property(n => n.Language).HasMaxLength(2);
            b.Sealed(n => n.Text, "public_feedback.text");
            b.HasIndex(n => new { n.Gone, n.At });
            b.HasIndex(n => n.Once).IsUnique();
            b.Ignore(n => n.KeyOwner);
        }
    }
}

/// <summary>Forgets feedback whose days are over. In two steps: a key goes only when the words are durably gone, and a visit that was killed in between is finished by the next.</summary>
internal sealed class ForgetFeedback : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Due(), ct) == 0) return;
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    // The hourly round of every zone is early enough.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    [Requires(May.RunThePlatform)]
    internal sealed record Due : IQuery<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, Keyring keys, TimeProvider clock) : IRequestHandler<Due, int>, IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Due query, CancellationToken ct)
        {
            var since = await Since(ct);
            return await zone.Set<FeedbackNote>().CountAsync(n => n.Gone != null || n.At <= since, ct);
        }

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var since = await Since(ct);
            var old = await zone.Set<FeedbackNote>().Where(n => n.Gone == null && n.At <= since).OrderBy(n => n.At).Take(InOneGo).ToListAsync(ct);
            foreach (var note in old) note.Forget(clock.GetUtcNow());
            return old.Count;
        }

        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var gone = await zone.Set<FeedbackNote>().Where(n => n.Gone != null).OrderBy(n => n.Gone).Take(InOneGo).ToListAsync(ct);
            if (gone.Count > 0) await keys.Destroy([.. gone.Select(n => n.Id)], ct);
            zone.RemoveRange(gone);
            return gone.Count;
        }

        private async Task<DateTimeOffset> Since(CancellationToken ct) => clock.GetUtcNow() - (await settings.Of(here.InZone.Id, ct)).FeedbackKept;
    }
}
