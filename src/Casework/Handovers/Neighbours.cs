using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Casework.Handovers;

/// <summary>The zones of the platform, by code, as people call them. About the house, not about people.</summary>
internal static class Neighbours
{
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : ICatalogQuery<IReadOnlyDictionary<string, string>>;

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Query, IReadOnlyDictionary<string, string>>
    {
        public async Task<IReadOnlyDictionary<string, string>> Handle(Query query, CancellationToken ct)
        {
            var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
            return (await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Active).ToListAsync(ct)).ToDictionary(z => z.Code, z => z.NameIn(language), StringComparer.Ordinal);
        }
    }

    /// <summary>Name and code; of a zone that takes part no more, the code.</summary>
    public static string Say(this IReadOnlyDictionary<string, string> zones, string code) => zones.TryGetValue(code, out var name) && !name.Contains(code, StringComparison.Ordinal) ? $"{name} ({code})" : name ?? code;

    public static IReadOnlyList<Choice> But(this IReadOnlyDictionary<string, string> zones, string own) =>
        [.. zones.Keys.Where(c => c != own).Select(c => new Choice(c, zones.Say(c))).OrderBy(c => c.Text, StringComparer.CurrentCulture)];
}
