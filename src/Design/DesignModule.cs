using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.WebEncoders;
using VictimSupport.Design.Forms;

namespace VictimSupport.Design;

/// <summary>All that the design kit adds to the host.</summary>
public static class DesignModule
{
    /// <summary>The host also registers an <see cref="Chrome.IChrome"/> and sets RazorPagesOptions.RootDirectory to "/".</summary>
    public static IServiceCollection AddDesign(this IServiceCollection services)
    {
        services.AddSingleton<Assets>();
        // é stays é: all that HTML needs encoded still is.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.Configure<MvcOptions>(options =>
        {
            options.ModelBinderProviders.Insert(0, new WhenBinders());
            options.ModelBinderProviders.Insert(1, new PlainTexts());
            options.ModelMetadataDetailsProviders.Add(new EmptyText());
            // What must be filled in is said by the rules of the use case, in four languages.
            options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
            Speak(options.ModelBindingMessageProvider);
        });
        // Afterwards, when the framework has put them there. Names in another library's notation: no form of ours has them, and they throw on a bracket that nothing closes.
        services.PostConfigure<MvcOptions>(options =>
        {
            options.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            options.ValueProviderFactories.RemoveType<JQueryQueryStringValueProviderFactory>();
        });
        return services;
    }

    static void Speak(Microsoft.AspNetCore.Mvc.ModelBinding.Metadata.DefaultModelBindingMessageProvider say)
    {
        say.SetAttemptedValueIsInvalidAccessor((_, _) => Words.NotReadable);
        say.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => Words.NotReadable);
        say.SetUnknownValueIsInvalidAccessor(_ => Words.NotReadable);
        say.SetNonPropertyUnknownValueIsInvalidAccessor(() => Words.NotReadable);
        say.SetValueIsInvalidAccessor(_ => Words.NotReadable);
        say.SetValueMustBeANumberAccessor(_ => Words.NotANumber);
        say.SetNonPropertyValueMustBeANumberAccessor(() => Words.NotANumber);
        say.SetValueMustNotBeNullAccessor(_ => Words.FillIn);
        say.SetMissingBindRequiredValueAccessor(_ => Words.FillIn);
        say.SetMissingKeyOrValueAccessor(() => Words.FillIn);
        say.SetMissingRequestBodyRequiredValueAccessor(() => Words.FillIn);
    }
}
