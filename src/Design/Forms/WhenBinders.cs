using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Binders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VictimSupport.Design.Forms;

/// <summary>Days and moments arrive in several boxes; a value in one piece still binds as it always did.</summary>
internal sealed class WhenBinders : IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context)
    {
        var type = context.Metadata.UnderlyingOrModelType;
        if (type == typeof(DateOnly)) return new DayBinder();
        if (type != typeof(DateTime) && type != typeof(DateTimeOffset)) return null;
        var logs = context.Services.GetRequiredService<ILoggerFactory>();
        return type == typeof(DateTime)
            ? new MomentBinder(new DateTimeModelBinder(DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, logs), instant: false)
            : new MomentBinder(new SimpleTypeModelBinder(context.Metadata.ModelType, logs), instant: true);
    }
}

/// <summary>The boxes a binder reads, kept in ModelState so that what was typed stays.</summary>
internal static class Boxes
{
    /// <summary>What was typed in one box; null where the form has no such box.</summary>
    public static string? Box(this ModelBindingContext context, string part)
    {
        var name = context.ModelName + "." + part;
        var typed = context.ValueProvider.GetValue(name);
        if (typed == ValueProviderResult.None) return null;
        context.ModelState.SetModelValue(name, typed);
        context.ModelState.MarkFieldValid(name);
        return typed.FirstValue?.Trim() ?? "";
    }

    /// <summary>Nothing was filled in: right for a type that can be empty, else something to say.</summary>
    public static void Nothing(this ModelBindingContext context, string say)
    {
        if (context.ModelMetadata.IsReferenceOrNullableType) context.Result = ModelBindingResult.Success(null);
        else context.Wrong(say);
    }

    public static void Wrong(this ModelBindingContext context, string say)
    {
        context.ModelState.TryAddModelError(context.ModelName, say);
        context.Result = ModelBindingResult.Failed();
    }
}
