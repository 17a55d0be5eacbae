using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Lists;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Drafts;

/// <summary>The boxes of a form as they were filled in: a name, and what stands in it; none where nothing was ticked.</summary>
internal sealed record Filled(IReadOnlyDictionary<string, string[]> Boxes);

/// <summary>What somebody has typed in a form and not sent yet. Theirs alone: nobody else ever reads it. Sealed under the key of the dossier the form belongs to; where it belongs to none,
/// under a key of its own that is destroyed with it.</summary>
internal sealed class Draft : IHoldSealed
{
    /// <summary>Nothing is kept longer than this after it was last typed in.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>How long what is typed in this place is kept.</summary>
    public static TimeSpan KeptIn(string place) => place.StartsWith(PvList.Pages, StringComparison.Ordinal) ? PvList.Kept : Kept;

    /// <summary>How long it is remembered that it was sent: a saving that was under way meanwhile must not bring it back.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>Which form of which page, with the ids in its address.</summary>
    public string Place { get; private set; } = "";

    /// <summary>null: the form belongs to no dossier.</summary>
    public Guid? DossierId { get; private set; }

    /// <summary>The page (by its one-time id) that saved last, or that sent it.</summary>
    public Guid By { get; private set; }

    /// <summary>Orders the savings of that page, so that one which was overtaken does not undo a later one.</summary>
    public long Turn { get; private set; }

    /// <summary>Rises with every saving: of two tabs that write on from one text, the second gets a text of its own.</summary>
    public int Version { get; private set; }
    public DateTimeOffset Saved { get; private set; }

    /// <summary>When it was sent, thrown away or ran out; nothing of its text is kept then.</summary>
    public DateTimeOffset? Gone { get; private set; }

    /// <summary>Its own key has been destroyed.</summary>
    public bool KeyIsGone { get; private set; }
    public Sealed<Filled>? Text { get; private set; }
    public Guid KeyOwner => DossierId ?? Id;

    public static Draft Begin(Guid id, Guid account, string place, Guid? dossier, Guid by, long turn, Filled text, DateTimeOffset now) =>
        new() { Id = id, Account = account, Place = place, DossierId = dossier, By = by, Turn = turn, Version = 1, Text = text, Saved = now };

    public void Save(Guid by, long turn, Filled text, DateTimeOffset now)
    {
        (By, Turn, Text, Saved) = (by, turn, text, now);
        Version++;
    }

    /// <summary>Its text is forgotten; that it was sent is remembered for a day.</summary>
    /// <param name="by">The page that sent it.</param>
    /// <summary>Throws away what was typed in forms that were filled in from a message of the tray.</summary>
    public static async Task ForgetAbout(ZoneDbContext zone, Guid message, DateTimeOffset now, CancellationToken ct)
    {
        var name = message.ToString();
        foreach (var draft in await zone.Set<Draft>().Where(d => d.Gone == null && d.Place.Contains(name)).ToListAsync(ct)) draft.Throw(Guid.Empty, now);
    }

    public void Throw(Guid by, DateTimeOffset now)
    {
        (By, Text, Gone) = (by, null, now);
        Version++;
    }

    public void KeyWasDestroyed()
    {
        KeyIsGone = true;
        Version++;
    }

    /// <summary>The form was sent: its draft goes in the same transaction. Where a saving is still on its way, it finds that there is nothing left to save.</summary>
    public static async Task End(ZoneDbContext zone, SentForm sent, Guid account, DateTimeOffset now, CancellationToken ct)
    {
        var draft = await zone.Set<Draft>().SingleOrDefaultAsync(d => d.Id == sent.Draft, ct);
        if (draft is null)
        {
            draft = Begin(sent.Draft, account, "", null, sent.Once, 0, new Filled(new Dictionary<string, string[]>()), now);
            draft.Throw(sent.Once, now);
            draft.KeyWasDestroyed(); // it never had one
            zone.Add(draft);
        }
        else if (draft.Account == account && draft.Gone is null)
        {
            draft.Throw(sent.Once, now);
        }
    }

    internal sealed class Mapping : IZoneMapping<Draft>
    {
        public void Configure(EntityTypeBuilder<Draft> b)
        {
            b.ToTable("draft");
            b.Property(d => d.Id).ValueGeneratedNever();
            b.Property(d => d.Place).HasMaxLength(300);
            b.Sealed(d => d.Text, "draft.text");
            b.Property(d => d.Version).IsConcurrencyToken();
            b.HasIndex(d => new { d.Account, d.Place });
            b.HasIndex(d => d.Saved);
            b.HasIndex(d => d.Gone);
            b.Ignore(d => d.KeyOwner);
        }
    }
}
