using System.Globalization;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Files;

namespace VictimSupport.Zones.Staff;

/// <summary>A file of staff: a header and a line for each person. Roles are names of templates, separated by <c>;</c>.</summary>
internal static class StaffFile
{
    public const int LargestBytes = 512 * 1024;
    public static readonly IReadOnlyList<string> Columns = ["name", "email", "roles", "until", "language"];
    private static readonly string[] Languages = ["fr", "nl", "de", "en"];

    /// <param name="language">Of the mail where the line says none.</param>
    public static (IReadOnlyList<Newcomer> People, IReadOnlyList<LineFault> Faults) Read(byte[] file, string language, DateOnly today)
    {
        var known = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        return CsvFile.Read(file, LargestBytes, Columns, Words.NobodyInFile, (fields, line, faults) => Person(fields, line, language, today, known, faults));
    }

    // null: the line has a fault.
    private static Newcomer? Person(string[] fields, int line, string language, DateOnly today, Dictionary<string, int> known, List<LineFault> faults)
    {
        var (before, name, email, codes) = (faults.Count, fields[0].Normalize(), fields[1], CsvFile.Listed(fields[2]));
        if (StaffRules.WrongName(name) is { } wrongName) Fault("name", wrongName);
        if (StaffRules.WrongEmail(email) is { } wrongEmail) Fault("email", wrongEmail);
        else if (!known.TryAdd(email, line)) Fault("email", Words.EmailTwice(known[email]));

        foreach (var code in codes.Where(c => RoleTemplates.WithCode(c) is null))
            Fault("roles", Words.UnknownRole(code.Length > 20 ? code[..20] + "…" : code, string.Join(", ", Enum.GetValues<RoleTemplate>().Select(RoleTemplates.CodeOf))));
        var roles = codes.SelectMany(c => RoleTemplates.WithCode(c) ?? []).Distinct().ToList();
        if (codes.Count == 0) Fault("roles", Words.ChooseRole);
        else if (!RoleTemplates.GoTogether(roles)) Fault("roles", Words.OfficerAlone);

        DateOnly? until = null;
        if (fields[3].Length > 0)
        {
            if (!DateOnly.TryParseExact(fields[3], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) Fault("until", Words.WrongDay);
            else if (StaffRules.WrongUntil(day, today) is { } wrongDay) Fault("until", wrongDay);
            else until = day;
        }
        if (fields[4].Length > 0 && !Languages.Contains(fields[4])) Fault("language", Words.WrongLanguage);
        return faults.Count > before ? null : new Newcomer(name, email, roles, until, fields[4].Length > 0 ? fields[4] : language, line);

        void Fault(string column, string text) => faults.Add(new LineFault(line, column, text));
    }
}
