using System.Globalization;
using VictimSupport.Design.Html;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.Tests.OnCall;

/// <summary>Shifts are as long as the hours that pass, and gaps are found, in the nights of the change of time too.</summary>
public sealed class CoverTests
{
    [Theory]
    [InlineData("2026-10-24", 11)] // the clock is put back: 22:00 to 08:00 is an hour more
    [InlineData("2027-03-27", 9)] // put forward: an hour less
    [InlineData("2026-11-24", 10)]
    public void A_night_is_as_long_as_it_is(string evening, int hours)
    {
        var pattern = new Pattern(Rhythm.Days, [Day(evening).DayOfWeek], new TimeOnly(22, 0), new TimeOnly(8, 0));
        var (span, turn) = Assert.Single(pattern.Between(Day(evening), Day(evening)));
        Assert.Equal((TimeSpan.FromHours(hours), 0), (span.Length, turn));
        Assert.Equal(("22:00", "08:00"), (Moment.Clock(span.Start), Moment.Clock(span.End)));
    }

    [Theory]
    [InlineData("2026-10-19", 169), InlineData("2027-03-22", 167), InlineData("2026-11-23", 168)]
    public void A_week_is_as_long_as_it_is_and_the_next_begins_where_it_ends(string monday, int hours)
    {
        var weeks = new Pattern(Rhythm.Week, [DayOfWeek.Monday], new TimeOnly(8, 0), new TimeOnly(8, 0)).Between(Day(monday), Day(monday).AddDays(20)).ToList();
        Assert.Equal([0, 1, 2], weeks.Select(w => w.Turn));
        Assert.Equal(TimeSpan.FromHours(hours), weeks[0].Span.Length);
        Assert.Equal((weeks[0].Span.End, weeks[1].Span.End), (weeks[1].Span.Start, weeks[2].Span.Start));
    }

    [Theory]
    [InlineData("2026-10-24", 24, 25)] // Sunday at half past two comes twice, the first is meant on both sides
    [InlineData("2027-03-27", 24, 23)] // half past two never comes: the clock shows half past three
    public void Shifts_that_change_in_the_hour_of_the_change_follow_each_other_without_a_gap(string saturday, int first, int second)
    {
        var days = new Pattern(Rhythm.Days, [DayOfWeek.Saturday, DayOfWeek.Sunday], new TimeOnly(2, 30), new TimeOnly(2, 30)).Between(Day(saturday), Day(saturday).AddDays(1)).ToList();
        Assert.Equal(days[0].Span.End, days[1].Span.Start);
        Assert.Equal((TimeSpan.FromHours(first), TimeSpan.FromHours(second)), (days[0].Span.Length, days[1].Span.Length));
    }

    [Fact]
    public void Who_is_in_turn_changes_with_the_week_also_from_a_day_in_its_midst()
    {
        var nights = new Pattern(Rhythm.Days, [DayOfWeek.Friday, DayOfWeek.Saturday], new TimeOnly(18, 0), new TimeOnly(8, 0)).Between(Day("2026-11-28"), Day("2026-12-12")).ToList();
        Assert.Equal(["28", "4", "5", "11", "12"], nights.Select(n => Moment.Day(n.Span.Start).Day.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal([0, 1, 1, 2, 2], nights.Select(n => n.Turn));
        var weeks = new Pattern(Rhythm.Week, [DayOfWeek.Monday], new TimeOnly(8, 0), new TimeOnly(8, 0)).Between(Day("2026-11-25"), Day("2026-12-08")).ToList();
        Assert.Equal([0, 1], weeks.Select(n => n.Turn)); // the first whole week is the first one's
    }

    [Fact]
    public void A_gap_is_what_nobody_on_duty_covers_and_a_back_up_covers_nothing()
    {
        var (pool, from) = (new Pool { From = Day("2026-01-01") }, At("2026-12-01T00:00"));
        Assert.Equal([new Span(from, from.AddDays(2))], Cover.Gaps(pool, [], from, from.AddDays(2)));
        Shift[] rota = [Entered(pool, Rank.Duty, "2026-11-30T08:00", "2026-12-01T08:00"), Entered(pool, Rank.Duty, "2026-12-01T20:00", "2026-12-02T08:00"), Entered(pool, Rank.BackUp, "2026-12-01T00:00", "2026-12-03T00:00")];
        Assert.Equal([new Span(At("2026-12-01T08:00"), At("2026-12-01T20:00")), new Span(At("2026-12-02T08:00"), At("2026-12-03T00:00"))], Cover.Gaps(pool, rota, from, from.AddDays(2)));
        Assert.Empty(Cover.Gaps(pool, [Entered(pool, Rank.Duty, "2026-11-30T08:00", "2026-12-03T08:00")], from, from.AddDays(2)));
    }

    [Fact]
    public void Nobody_is_missed_in_office_hours_nor_before_the_pool_begins_or_after_it_ends()
    {
        var pool = new Pool { From = Day("2026-12-03"), Until = Day("2026-12-06") }; // Thursday to Sunday
        pool.Agree(null, new TimeOnly(8, 30), new TimeOnly(17, 0));
        var needed = Cover.Needed(pool, At("2026-12-01T00:00"), At("2026-12-10T00:00")).ToList();
        Assert.Equal([new Span(At("2026-12-03T00:00"), At("2026-12-03T08:30")), new Span(At("2026-12-03T17:00"), At("2026-12-04T08:30")), new Span(At("2026-12-04T17:00"), At("2026-12-07T00:00"))], needed);
        // From Friday evening to Monday morning the weekend of the change is an hour longer, or shorter.
        Assert.Equal(TimeSpan.FromHours(64.5), Weekend("2026-10-23"));
        Assert.Equal(TimeSpan.FromHours(62.5), Weekend("2027-03-26"));

        TimeSpan Weekend(string friday)
        {
            var open = new Pool { From = Day("2026-01-01") };
            open.Agree(null, new TimeOnly(8, 30), new TimeOnly(17, 0));
            return Assert.Single(Cover.Needed(open, At(friday + "T12:00"), At(friday + "T12:00").AddDays(3))).Length;
        }
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static DateTimeOffset At(string local) => Moment.Instant(DateTime.ParseExact(local, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));
    private static Shift Entered(Pool pool, Rank rank, string start, string end) => Shift.New(pool.Id, new Shift.What(rank, Guid.NewGuid(), Guid.NewGuid(), At(start), At(end), null), default, At(start));
}
