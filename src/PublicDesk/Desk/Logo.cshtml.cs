using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The picture beside the service's name: put there, changed, taken away.</summary>
[Requires(May.SetUpTheZone), TakesFiles]
internal sealed class Logo(IMediator pipeline, PublicPages pages, WhereAndWho who) : PageModel, IShowAgain
{
    public const string Path = "/logo/{version?}";

    [BindProperty] public Upload Form { get; set; } = new();
    public bool HasOne { get; private set; }

    /// <summary>Before the zone is live its picture is not served.</summary>
    public bool IsLive { get; private set; }

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, [Open("the picture on the zone's page for anybody")] async (WhereAndWho who, PublicPages pages, CatalogDatabase catalog, CancellationToken ct) =>
    {
        if ((await pages.Of(who.Zone, ct))?.Content.Logo is not { } id) return Results.NotFound();
        await using var house = catalog.Lease();
        return await house.Set<PublicLogo>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == id && l.Zone == who.Zone!.Id, ct) is { } logo ? Results.Bytes(logo.Picture, logo.Type) : Results.NotFound();
    });

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(), ct);
        (HasOne, IsLive, Form) = (now.Logo is not null, await pages.Of(who.Zone, ct) is not null, Form with { File = null, Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        byte[] picture = [];
        if (Form.File is { Length: > 0 and <= PublicLogo.Largest } file)
        {
            using var read = new MemoryStream();
            await file.CopyToAsync(read, ct);
            picture = read.ToArray();
        }
        else if (Form.File is { Length: > 0 } || HttpContext.Features.Get<FileTooLarge>() is not null)
        {
            throw new ValidationException([new ValidationFailure(nameof(Upload.File), Words.LogoTooLarge(PublicLogo.Largest / 1024))]);
        }
        await pipeline.Send(new Command(picture, Form.Version), ct);
        return Published();
    }

    public async Task<IActionResult> OnPostAwayAsync(CancellationToken ct)
    {
        await pipeline.Send(new Away(Form.Version), ct);
        return Published();
    }

    private RedirectToPageResult Published()
    {
        pages.Forget(who.Zone!.Id);
        TempData["Done"] = Words.PagePublished;
        return RedirectToPage("/PublicDesk/Desk/Edit");
    }

    internal sealed record Upload
    {
        public int Version { get; init; }
        public IFormFile? File { get; init; }
    }

    internal sealed record View(Guid? Logo, int Version);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command(byte[] File, int Version) : ICatalogCommand<bool>, ISensitive;

    [Requires(May.SetUpTheZone)]
    internal sealed record Away(int Version) : ICatalogCommand<bool>, ISensitive;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.File).Must(f => PublicLogo.IsPngOf(f) is not null).WithMessage(_ => Words.LogoWrongType).Must(f => f.Length <= PublicLogo.Largest).WithMessage(_ => Words.LogoTooLarge(PublicLogo.Largest / 1024));
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, View>, IRequestHandler<Command, bool>, IRequestHandler<Away, bool>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var last = await PublishedPage.Last(house, here.InZone.Id, ct);
            return new View(last?.Content.Logo, last?.Version ?? 0);
        }

        public Task<bool> Handle(Command form, CancellationToken ct)
        {
            var logo = new PublicLogo { Id = Guid.CreateVersion7(clock.GetUtcNow()), Zone = here.InZone.Id, IsPng = PublicLogo.IsPngOf(form.File) == true, Picture = form.File };
            house.Add(logo);
            return Publish.Next(house, trail, here.InZone.Id, form.Version, content => content with { Logo = logo.Id }, "logo", caller.Self, clock.GetUtcNow(), ct);
        }

        public Task<bool> Handle(Away form, CancellationToken ct) =>
            Publish.Next(house, trail, here.InZone.Id, form.Version, content => content with { Logo = null }, "logo", caller.Self, clock.GetUtcNow(), ct);
    }
}
