using VictimSupport.Statistics.Releases;

namespace VictimSupport.Tests.Statistics;

public sealed class CalendarTests
{
    [Theory]
    [InlineData("T0", "2026-04", "2026-05-08")] // 1 May is none, 2 and 3 are a weekend: 4, 5, 6, 7, 8
    [InlineData("T0", "2026-12", "2027-01-08")]
    [InlineData("P", "2026-Q1", "2026-05-15")] // 45 days after 31 March: a Friday, the day after Ascension
    [InlineData("P", "2026-Q2", "2026-08-14")]
    [InlineData("P", "2026-Q3", "2026-11-16")] // 14 November is a Saturday
    [InlineData("P", "2026-Q4", "2027-02-15")]
    [InlineData("F", "2026", "2027-03-31")]
    public void Each_edition_has_its_day(string kind, string period, string day) => Assert.Equal(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), Calendar.Opens(Edition.Parse(kind, period)!));

    [Theory]
    [InlineData("T0", "2026-Q1"), InlineData("T0", "2026-13"), InlineData("T0", "2026-00"), InlineData("F", "2026-00"), InlineData("F", "2026-Q0"), InlineData("P", "2026-05"), InlineData("P", "2026-Q5"), InlineData("P", "2026-Q0"), InlineData("F", "2026-Q1"), InlineData("F", "26"), InlineData("F", "0001"), InlineData("X", "2026"), InlineData("3", "2026"), InlineData("p", "2026-Q1"), InlineData("F", "2026\n")]
    public void What_is_no_edition_is_none(string kind, string period) => Assert.Null(Edition.Parse(kind, period));

    [Theory]
    [InlineData("T0", "2026-05", "2026-05-T0", 1, 1)]
    [InlineData("P", "2026-Q2", "2026-Q2-P", 3, 1)]
    [InlineData("F", "2026", "2026-F", 12, 4)]
    public void An_edition_has_months_and_quarters(string kind, string period, string id, int months, int quarters)
    {
        var edition = Edition.Parse(kind, period)!;
        Assert.Equal((id, period, months, quarters), (edition.Id, edition.Period, edition.Months.Count(), edition.Quarters.Count()));
        Assert.All(edition.Months, m => Assert.InRange(m, edition.From, edition.Until));
    }

    [Fact]
    public void The_ten_holidays_and_weekends_are_no_working_days()
    {
        var days = Enumerable.Range(0, 365).Select(new DateOnly(2027, 1, 1).AddDays).ToList();
        // Of the ten of 2027 three fall on a weekend: 1 May, 15 August, 25 December.
        Assert.Equal(days.Count(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) - 7, days.Count(Calendar.IsWorkingDay));
        foreach (var (month, day) in new[] { (1, 1), (3, 29), (5, 6), (5, 17), (7, 21), (11, 1), (11, 11) }) Assert.False(Calendar.IsWorkingDay(new DateOnly(2027, month, day)));
        Assert.True(Calendar.IsWorkingDay(new DateOnly(2027, 3, 26))); // Good Friday is one
    }

    [Fact]
    public void Zones_have_ten_working_days_to_answer() => Assert.Equal(new DateOnly(2027, 3, 1), Calendar.Closes(Edition.Parse("P", "2026-Q4")!));
}
