using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Papers;

/// <summary>What a list shows of a file.</summary>
internal sealed record PaperRow(Guid Id, PaperHead Head, FileType Type, DateTimeOffset At);

/// <summary>A file that is handed out.</summary>
/// <param name="Name">A neutral one.</param>
internal sealed record HandedOut(string Name, string Mime, byte[] Content);

/// <summary>Something that papers are about.</summary>
internal interface IHavePapers
{
    Guid Id { get; }
}

/// <summary>Where the files of agreements and trainings lie, each under a right of its own: by the id of a training nobody comes to its files as to those of an agreement.</summary>
internal sealed class Cabinet(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock)
{
    /// <summary>The latest first; whoever asks has the thing before them.</summary>
    public async Task<IReadOnlyList<PaperRow>> Of(Guid about, CancellationToken ct)
    {
        var papers = await zone.Set<Paper>().AsNoTracking().Where(f => f.AboutId == about && f.Gone == null).OrderByDescending(f => f.At).ToListAsync(ct);
        await keys.Fetch(papers.Select(f => f.Id), ct);
        return [.. papers.Select(f => new PaperRow(f.Id, f.Head!.Value, f.Type, f.At))];
    }

    /// <summary>Keeps it; the same form sent again keeps no second one.</summary>
    /// <exception cref="RefusedException">There is no such thing to put it to.</exception>
    public async Task<Guid> Put<T>(PaperForm form, CancellationToken ct) where T : class, IHavePapers
    {
        await MustBe<T>(form.About, ct);
        if (form.Once != default && await zone.Set<Paper>().AsNoTracking().SingleOrDefaultAsync(f => f.Once == form.Once, ct) is { } before) return before.Id;
        var paper = Paper.Put(form.About, form.Title.Trim(), NameOf(form.FileName), FileTypes.Of(form.Content).Type!.Value, form.Content, form.Once, caller.Self, clock.GetUtcNow(), out var parts);
        zone.Add(paper);
        zone.AddRange(parts);
        return paper.Id;
    }

    /// <summary>Opens it.</summary>
    /// <exception cref="RefusedException">There is none of this id about that.</exception>
    /// <exception cref="SealBrokenException">A part is missing, or another's.</exception>
    public async Task<HandedOut> Open<T>(Guid about, Guid id, CancellationToken ct) where T : class, IHavePapers
    {
        await MustBe<T>(about, ct);
        var paper = await zone.Set<Paper>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id && f.AboutId == about && f.Gone == null, ct) ?? throw new RefusedException("absent", id);
        await keys.Fetch([paper.Id], ct);
        var head = paper.Head!.Value;
        var parts = await zone.Set<PaperPart>().AsNoTracking().Where(p => p.FileId == paper.Id).ToDictionaryAsync(p => p.Id, ct);
        var (content, at) = (new byte[head.Length], 0);
        foreach (var part in head.Parts)
        {
            // One that is missing, or is another's, does not open under this id: nothing is handed out then.
            var piece = parts[part].Content.Value;
            piece.CopyTo(content, at);
            at += piece.Length;
        }
        return at == content.Length ? new HandedOut(paper.NeutralName, paper.Type.Mime(), content) : throw new SealBrokenException("A file is not whole.");
    }

    /// <summary>Takes it out, its content at once; its key goes with the next visit of the zone's job.</summary>
    /// <exception cref="RefusedException">There is none of this id about that.</exception>
    public async Task TakeOut<T>(Guid about, Guid id, CancellationToken ct) where T : class, IHavePapers
    {
        await MustBe<T>(about, ct);
        var paper = await zone.Set<Paper>().SingleOrDefaultAsync(f => f.Id == id && f.AboutId == about && f.Gone == null, ct) ?? throw new RefusedException("absent", id);
        paper.TakeOut(clock.GetUtcNow());
        await zone.Set<PaperPart>().Where(p => p.FileId == paper.Id).ExecuteDeleteAsync(ct);
    }

    private async Task MustBe<T>(Guid about, CancellationToken ct) where T : class, IHavePapers
    {
        if (!await zone.Set<T>().AnyAsync(t => t.Id == about, ct)) throw new RefusedException("absent", about);
    }

    // Only to be read: the last part of a path, without what no name holds.
    private static string NameOf(string name)
    {
        const int Longest = 200;
        var last = string.Concat(name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c)));
        return last.Length > Longest ? last[..Longest] : last;
    }
}
