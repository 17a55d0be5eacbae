using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Documents;

/// <summary>Where a document is fetched, with what is to be said before.</summary>
internal sealed record DownloadLink(Guid Dossier, Guid Document, string Title, string? Warning);

/// <summary>Hands a document out, to be saved and never shown in the browser. Which one, to whom and why it was open to them is recorded durably before the first byte leaves.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Download(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Document { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var file = await pipeline.Send(new Query(Dossier, Document), ct);
        // Whatever opens it in spite of all: nothing in it runs, and it reaches nothing.
        Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        return File(file.Content, file.Mime, file.Name);
    }

    /// <param name="Name">A neutral one.</param>
    internal sealed record Answer(Guid Document, string Name, string Mime, byte[] Content) : IListDossiers
    {
        // Recorded beside the dossier: which document it was.
        IEnumerable<Guid> IListDossiers.Listed => [Document];
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Document) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var document = await zone.Set<Document>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == query.Document && d.DossierId == dossier.Id && d.Withdrawn == null, ct) ?? throw new RefusedException("absent", dossier.Id);
            await keys.Fetch([document.KeyOwner], ct);
            var head = document.Head!.Value;
            var parts = await zone.Set<DocumentPart>().AsNoTracking().Where(p => p.DocumentId == document.Id).ToDictionaryAsync(p => p.Id, ct);
            var (content, at) = (new byte[head.Length], 0);
            foreach (var part in head.Parts)
            {
                // One that is missing, or is another's, does not open under this id: nothing is handed out then.
                var piece = parts[part].Content.Value;
                piece.CopyTo(content, at);
                at += piece.Length;
            }
            return at == content.Length ? new Answer(document.Id, document.NeutralName, document.Type.Mime(), content) : throw new SealBrokenException("A document is not whole.");
        }
    }
}
