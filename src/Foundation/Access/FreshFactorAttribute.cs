namespace VictimSupport.Foundation.Access;

/// <summary>This page or use case needs a factor shown within the last five minutes: exports, sealed dossiers, changes of roles, deletion.
/// Whoever showed theirs longer ago is asked again and loses nothing that was typed.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FreshFactorAttribute : Attribute;
