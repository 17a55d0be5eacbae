using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace VictimSupport.Design.Forms;

/// <summary>A day from three boxes (Day, Month, Year) or from one, and never a guess: a year has four figures.</summary>
internal sealed class DayBinder : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext context)
    {
        var day = context.Box("Day");
        var month = context.Box("Month");
        var year = context.Box("Year");
        if (day is null && month is null && year is null) Whole(context);
        else Three(context, day ?? "", month ?? "", year ?? "");
        return Task.CompletedTask;
    }

    static void Three(ModelBindingContext context, string day, string month, string year)
    {
        if (day.Length + month.Length + year.Length == 0) context.Nothing(Words.DayMissing);
        else if (day.Length == 0 || month.Length == 0 || year.Length == 0) context.Wrong(Words.DayIncomplete);
        else if (year.Length != 4) context.Wrong(Words.YearInFour);
        else if (TryDay(day, month, year, out var date)) context.Result = ModelBindingResult.Success(date);
        else context.Wrong(Words.DayWrong);
    }

    static void Whole(ModelBindingContext context)
    {
        var typed = context.ValueProvider.GetValue(context.ModelName);
        if (typed == ValueProviderResult.None) return;
        context.ModelState.SetModelValue(context.ModelName, typed);
        var text = typed.FirstValue?.Trim() ?? "";
        if (text.Length == 0) context.Nothing(Words.DayMissing);
        else if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || DateOnly.TryParse(text, CultureInfo.CurrentCulture, out date)) context.Result = ModelBindingResult.Success(date);
        else context.Wrong(Words.DayWrong);
    }

    static bool TryDay(string day, string month, string year, out DateOnly date)
    {
        date = default;
        if (!Number(day, out var d) || !Number(month, out var m) || !Number(year, out var y)) return false;
        if (y < 1 || m is < 1 or > 12 || d < 1 || d > DateTime.DaysInMonth(y, m)) return false;
        date = new DateOnly(y, m, d);
        return true;
    }

    static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
