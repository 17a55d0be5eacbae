using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Binders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VictimSupport.Design.Forms;

/// <summary>Text as every page takes it: whole characters, no control characters but tab and line break, and nothing that turns the reading direction of what
/// stands around it. What belongs to a script (the marks left-to-right and right-to-left, joiners) stays.</summary>
public sealed class PlainText(IModelBinder typed) : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext context)
    {
        await typed.BindModelAsync(context);
        if (context.Result is { IsModelSet: true, Model: string text }) context.Result = ModelBindingResult.Success(Of(text));
    }

    /// <summary>The same text without what nobody types on purpose.</summary>
    public static string Of(string text)
    {
        var at = 0;
        while (at < text.Length && Keeps(text, at)) at++;
        if (at == text.Length) return text;
        var kept = new StringBuilder(text.Length).Append(text, 0, at);
        for (; at < text.Length; at++)
        {
            if (Keeps(text, at)) kept.Append(text[at]);
        }
        return kept.ToString();
    }

    static bool Keeps(string text, int at) => text[at] switch
    {
        '\t' or '\n' or '\r' => true,
        >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' => false, // embeddings, overrides and isolates
        >= '\uFDD0' and <= '\uFDEF' or '\uFFFE' or '\uFFFF' => false, // no characters at all
        var c when char.IsHighSurrogate(c) => at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]),
        var c when char.IsLowSurrogate(c) => at > 0 && char.IsHighSurrogate(text[at - 1]),
        var c => char.GetUnicodeCategory(c) != UnicodeCategory.Control,
    };
}

internal sealed class PlainTexts : IModelBinderProvider
{
    /// <summary>Names of properties that hold a password: taken as typed, to the last odd character.</summary>
    public static readonly IReadOnlySet<string> Secrets = new HashSet<string>(StringComparer.Ordinal) { "Secret", "Again", "Present" };

    public IModelBinder? GetBinder(ModelBinderProviderContext context) => context.Metadata.ModelType == typeof(string) && !Secrets.Contains(context.Metadata.PropertyName ?? "")
        ? new PlainText(new SimpleTypeModelBinder(typeof(string), context.Services.GetRequiredService<ILoggerFactory>()))
        : null;
}
