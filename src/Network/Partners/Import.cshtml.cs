using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Network.Partners;

/// <summary>A list of partners, pasted or as a file: shown first, line by line, with what is wrong and what stands in the directory already; taken whole, without what is known, or not at all.</summary>
[Requires(May.KeepPartners)]
internal sealed class Import(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Input Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Print of the list that was shown: another one is shown first.</summary>
    [BindProperty] public string? Seen { get; set; }
    public Answer View { get; private set; } = new([], null, []);

    /// <summary>It was looked at, nothing is wrong with it, and something in it is new.</summary>
    public bool MayTake => View.New > 0 && View.Rows.All(r => r.Line.Faults.Count == 0);

    public void OnGet()
    {
        // Nothing was pasted yet.
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Form.Text ?? ""), ct);

    /// <summary>Shows what would be taken; nothing is saved.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await Read(ct);
        await ShowAgain(ct);
        if (View.Unread is { } why) ModelState.AddModelError("Form.Text", Words.Of(why));
        foreach (var row in View.Rows)
        {
            foreach (var fault in row.Line.Faults) ModelState.AddModelError("Form.Text", Words.PartnerLineFault(row.Line.Number, fault));
        }
        if (!ModelState.IsValid) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken ct)
    {
        await Read(ct);
        TempData["Done"] = Words.PartnersTaken(await pipeline.Send(new Command(Form.Text ?? "", Once) { Seen = Seen ?? "" }, ct));
        return RedirectToPage("/Network/Partners/List");
    }

    // What was in the file stands in the box from now on, to be mended there.
    private async Task Read(CancellationToken ct)
    {
        if (Form.File is not { Length: > 0 } upload) return;
        await using var stream = upload.OpenReadStream();
        Form = Form with { Text = Design.Forms.PlainText.Of(await CellText.Read(stream, PartnerSheet.LargestBytes, ct)), File = null };
        ModelState.SetModelValue("Form.Text", new ValueProviderResult(Form.Text));
    }

    internal sealed record Input
    {
        public string? Text { get; init; }
        public IFormFile? File { get; init; }
    }

    /// <param name="Known">The partner of the directory that it may be; null: none.</param>
    /// <param name="Twin">Number of an earlier line of the same; 0: none.</param>
    internal sealed record Row(PartnerLine Line, Guid? Known, int Twin)
    {
        public bool IsNew => Line.Faults.Count == 0 && Known is null && Twin == 0;
    }

    /// <param name="Left">Columns that are not taken.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, PartnerUnread? Unread, IReadOnlyList<string> Left)
    {
        public int New => Rows.Count(r => r.IsNew);

        /// <summary>The same for the same lines.</summary>
        public string Print => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Rows.Select(r => r.Line.Print)))));
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(string Text) : IQuery<Answer>;

    /// <returns>How many partners there are more.</returns>
    [Requires(May.KeepPartners)]
    internal sealed record Command(string Text, Guid Once) : ICommand<int>
    {
        /// <summary>Print of the list as it was shown; null: it was shown to nobody.</summary>
        public string? Seen { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, int>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (lines, unread, left) = PartnerSheet.Read(query.Text);
            return new Answer(lines.Count == 0 ? [] : await Rows(lines, ct), unread, left);
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var (lines, unread, _) = PartnerSheet.Read(command.Text);
            if (unread is { } why) throw Wrong(Words.Of(why));
            if (lines.FirstOrDefault(l => l.Faults.Count > 0) is { } bad) throw Wrong(Words.PartnerLineFault(bad.Number, bad.Faults[0]));
            var rows = await Rows(lines, ct);
            // A file that was put in since, or a page that the browser brought back: it is shown before it is taken.
            if (command.Seen is { } seen && seen != new Answer(rows, null, []).Print) throw Wrong(Words.ListOtherThanShown);
            var (now, form) = (clock.GetUtcNow(), command.Once == default ? Guid.CreateVersion7(clock.GetUtcNow()) : command.Once);
            List<(PartnerLine Line, Guid Once)> fresh = [.. rows.Where(r => r.IsNew).Select(r => (r.Line, OnceOf(form, r.Line)))];
            // The same form with the same line makes nothing more, whatever the partner is called by now.
            var onces = fresh.ConvertAll(f => f.Once);
            var made = (await zone.Set<Partner>().AsNoTracking().Where(p => onces.Contains(p.Once)).Select(p => p.Once).ToListAsync(ct)).ToHashSet();
            fresh.RemoveAll(f => made.Contains(f.Once));
            foreach (var (line, once) in fresh) zone.Add(Partner.Add(line.Form.Says(), once, caller.Self, now));
            return fresh.Count;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Input.Text), said)]);
        }

        // Known by name and municipality, offered or not: what the zone ended on purpose does not come back by a list.
        private async Task<IReadOnlyList<Row>> Rows(IReadOnlyList<PartnerLine> lines, CancellationToken ct)
        {
            var known = (await zone.Set<Partner>().AsNoTracking().Select(p => new { p.Id, p.Organisation, p.Municipalities }).ToListAsync(ct)).Select(p => (p.Id, Like: Likeness.Of(p.Organisation, p.Municipalities))).ToLookup(p => p.Like.Name);
            var (rows, earlier) = (new List<Row>(), new List<(int Number, Likeness Like)>());
            foreach (var line in lines)
            {
                var like = Likeness.Of(line.Form.Organisation, Edit.Command.Places(line.Form.Municipalities));
                rows.Add(new Row(line, known[like.Name].Where(k => k.Like.Is(like)).Select(k => (Guid?)k.Id).FirstOrDefault(), earlier.Find(e => e.Like.Is(like)).Number));
                if (line.Faults.Count == 0) earlier.Add((line.Number, like));
            }
            return rows;
        }

        /// <summary>By what two entries of one partner are known: one name, however it is spelled, and a municipality in common. One that names no municipality serves every one.</summary>
        private sealed record Likeness(string Name, IReadOnlySet<string> Places)
        {
            public static Likeness Of(string organisation, IEnumerable<string> municipalities) => new(NameForms.Fold(organisation), municipalities.Select(NameForms.Fold).ToHashSet(StringComparer.Ordinal));
            public bool Is(Likeness other) => Name == other.Name && (Places.Count == 0 || other.Places.Count == 0 || Places.Overlaps(other.Places));
        }

        // Sent twice at once, a line makes one partner. What is in it is part of it: another list in the same form is another.
        private static Guid OnceOf(Guid form, PartnerLine line) => new(SHA256.HashData([.. form.ToByteArray(), .. BitConverter.GetBytes(line.Number), .. Encoding.UTF8.GetBytes(line.Print)]).AsSpan(0, 16));
    }
}
