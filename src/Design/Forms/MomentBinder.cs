using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using VictimSupport.Design.Html;

namespace VictimSupport.Design.Forms;

/// <summary>
/// A moment from the boxes Date and Time, as on a Belgian wall clock. An instant knows the two odd nights of the year:
/// an hour that never comes is refused, one that comes twice is asked about (box Turn: first or second).
/// </summary>
internal sealed class MomentBinder(IModelBinder whole, bool instant) : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext context)
    {
        var date = context.Box("Date");
        var time = context.Box("Time");
        if (date is null && time is null) return whole.BindModelAsync(context);

        if (string.IsNullOrEmpty(date) && string.IsNullOrEmpty(time)) context.Nothing(Words.MomentMissing);
        else if (string.IsNullOrEmpty(date)) context.Wrong(Words.DayMissing);
        else if (string.IsNullOrEmpty(time)) context.Wrong(Words.TimeMissing);
        else if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) context.Wrong(Words.DayWrong);
        else if (!TimeOnly.TryParse(time, CultureInfo.InvariantCulture, out var clock)) context.Wrong(Words.TimeWrong);
        else Bind(context, day.ToDateTime(clock), context.Box("Turn"));
        return Task.CompletedTask;
    }

    void Bind(ModelBindingContext context, DateTime local, string? turn)
    {
        if (!instant) context.Result = ModelBindingResult.Success(local);
        else if (Moment.NeverComes(local)) context.Wrong(Words.TimeNever);
        else if (Moment.ComesTwice(local) && turn is not ("first" or "second")) context.Wrong(Words.TimeTwice);
        else context.Result = ModelBindingResult.Success(Moment.Instant(local, turn == "second"));
    }
}
