using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>A trainee is named to the oldest burglary and writes what a call brought; the note waits to be countersigned.</summary>
internal static class TraineesNote
{
    // The same form each time: a start that comes again adds nothing.
    private static readonly Guid Form = new("00000000-0000-0000-0000-00000000d0c3");

    public static async Task Write(IMediator pipeline, Guid dossier, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromMinutes(50));
        await pipeline.Send(new Write.Command
        {
            Once = Form, Dossier = dossier, Persons = [(await pipeline.Send(new ShowView.Query(dossier), ct)).People[0].Id], Layer = Layer.Assistance,
            Text = Told.In(language, "A rappelé pour remercier. Dort mieux. Le conseiller en prévention passe jeudi.", "Belde terug om te bedanken. Slaapt beter. De preventieadviseur komt donderdag langs.", "Rief zurück, um sich zu bedanken. Schläft besser. Die Präventionsberatung kommt am Donnerstag."),
        }, ct);
        stand(TimeSpan.Zero);
    }

    /// <summary>Names the trainee, as the page that decides who sees does; that page asks for a factor shown just now, which a story has not.</summary>
    /// <returns>The dossier; null: there is none.</returns>
    [Requires(May.DecideWhoSees)]
    internal sealed record Name(Guid Trainee) : ICommand<Guid?>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Name, Guid?>
    {
        public async Task<Guid?> Handle(Name command, CancellationToken ct)
        {
            var named = await zone.Set<Grant>().Where(g => g.Account == command.Trainee && g.Kind == GrantKind.Trainee).Select(g => (Guid?)g.DossierId).FirstOrDefaultAsync(ct);
            if (named is not null) return named;
            var burglary = await zone.Set<Dossier>().Where(d => d.SubKind == "Burglary" && d.Closed == null).OrderBy(d => d.Opened).Select(d => (Guid?)d.Id).FirstOrDefaultAsync(ct);
            if (burglary is { } dossier) zone.Add(Grant.Give(dossier, command.Trainee, GrantKind.Trainee, clock.GetUtcNow(), null, caller.Self));
            return burglary;
        }
    }
}
