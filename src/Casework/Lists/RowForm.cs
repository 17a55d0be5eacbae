using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.Casework.Lists;

/// <summary>A row of a list as it stands in the boxes of its page.</summary>
internal sealed record RowForm
{
    /// <summary>Counted from 1.</summary>
    public int Row { get; init; }
    public string Number { get; init; } = "";
    public string Facts { get; init; } = "";
    public string Date { get; init; } = "";
    public string GivenName { get; init; } = "";
    public string FamilyName { get; init; } = "";
    public string Address { get; init; } = "";
    public string Language { get; init; } = "";

    /// <summary>The officer asked that follow-up be offered.</summary>
    public bool FollowUp { get; init; }

    /// <summary>Name of a <see cref="PvChoice"/>, or the id of the dossier it is added to; null: not decided.</summary>
    public string? Choice { get; init; }

    /// <summary>The mark of the row as the page showed it; null: it was not shown.</summary>
    public string? Was { get; init; }

    /// <summary>Of what stands in the boxes.</summary>
    internal string Mark => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Cells, Choice)))[..8]);

    internal static RowForm Of(int number, PvCells cells, PvReading reading, PvChoice choice, Guid? addTo) => new()
    {
        Row = number, Number = cells.Number, Facts = reading.Facts ?? cells.Facts, Date = cells.Date, GivenName = cells.GivenName, FamilyName = cells.FamilyName, Address = cells.Address, FollowUp = PvReading.OffersFollowUp(cells),
        Language = reading.Faults.Any(f => f.Field == nameof(PvCells.Language)) ? cells.Language : reading.Language, Choice = choice == PvChoice.Add ? addTo?.ToString() : choice == PvChoice.Undecided ? null : choice.ToString(),
    };

    internal PvCells Cells => new(Said(Number), Said(Facts), Said(Date), Said(GivenName), Said(FamilyName), Said(Address), Said(Language), FollowUp ? "x" : "");

    private static string Said(string? text) => (text ?? "").Trim();
}
