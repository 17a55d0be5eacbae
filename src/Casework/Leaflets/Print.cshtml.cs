using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Letters;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Leaflets;

/// <summary>A leaflet to hand over, in any of the four languages: about nobody, so that whoever finds it learns nothing of anybody.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Print(IMediator pipeline, WhereAndWho who) : PageModel
{
    public Answer? Shown { get; private set; }
    public bool MaySetUp => who.Caller.May(May.SetUpTheZone);

    public async Task<IActionResult> OnGetAsync(string? language, string? kind, CancellationToken ct)
    {
        // What was asked for and is not there is not answered with something else.
        var of = kind is null ? LetterKind.ServiceLeaflet : LetterKinds.Leaflets.Where(k => string.Equals(k.ToString(), kind, StringComparison.OrdinalIgnoreCase)).Select(k => (LetterKind?)k).FirstOrDefault();
        if (of is not { } leaflet || (language is not null && !Wording.Languages.Contains(language))) return NotFound();
        Shown = await pipeline.Send(new Query(leaflet, language), ct);
        return Page();
    }

    /// <param name="HasPhone">A telephone of the service is set; without one a leaflet names none.</param>
    internal sealed record Answer(LetterKind Kind, string Language, IReadOnlyList<Block> Blocks, bool HasPhone);

    /// <param name="Language">null: the zone's first.</param>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(LetterKind Kind, string? Language) : IQuery<Answer>;

    internal sealed class Handler(Wording wording, UseCase here) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var language = query.Language ?? here.InZone.Record.FirstLanguage;
            return new Answer(query.Kind, language, Block.Read(await wording.Compose(query.Kind, language, "", ct)), (await wording.Head(ct)).ServicePhone.Length > 0);
        }
    }
}
