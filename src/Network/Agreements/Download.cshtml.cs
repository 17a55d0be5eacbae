using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Agreements;

/// <summary>Hands a file of an agreement out, to be saved and never shown in the browser.</summary>
[Requires(May.SeePartners)]
internal sealed class Download(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty(SupportsGet = true, Name = "file")] public Guid Wanted { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var file = await pipeline.Send(new Query(Agreement, Wanted), ct);
        // Whatever opens it in spite of all: nothing in it runs, and it reaches nothing.
        Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        return File(file.Content, file.Mime, file.Name);
    }

    /// <param name="Name">A neutral one.</param>
    internal sealed record Answer(string Name, string Mime, byte[] Content);

    [Requires(May.SeePartners)]
    internal sealed record Query(Guid Agreement, Guid File) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var file = await zone.Set<AgreementFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == query.File && f.AgreementId == query.Agreement && f.Gone == null, ct) ?? throw new RefusedException("absent", query.File);
            await keys.Fetch([file.Id], ct);
            var head = file.Head!.Value;
            var parts = await zone.Set<AgreementFilePart>().AsNoTracking().Where(p => p.FileId == file.Id).ToDictionaryAsync(p => p.Id, ct);
            var (content, at) = (new byte[head.Length], 0);
            foreach (var part in head.Parts)
            {
                // One that is missing, or is another's, does not open under this id: nothing is handed out then.
                var piece = parts[part].Content.Value;
                piece.CopyTo(content, at);
                at += piece.Length;
            }
            return at == content.Length ? new Answer(file.NeutralName, file.Type.Mime(), content) : throw new SealBrokenException("A file is not whole.");
        }
    }
}
