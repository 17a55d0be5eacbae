using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Operator;

/// <summary>The forum asked in writing for an analyst: under which reference, until when, and which operator acted on it.</summary>
internal sealed class ForumRequest
{
    public Guid Id { get; init; }

    /// <summary>Reference of the written request, as the forum numbers it.</summary>
    public string Reference { get; init; } = "";

    /// <summary>In capitals: how the account is found that it is about.</summary>
    public string Email { get; init; } = "";
    public DateOnly Until { get; init; }
    public Guid By { get; init; }
    public DateTimeOffset At { get; init; }

    internal sealed class Mapping : ICatalogMapping<ForumRequest>
    {
        public void Configure(EntityTypeBuilder<ForumRequest> b)
        {
            b.ToTable("forum_request");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Property(r => r.Reference).HasMaxLength(100);
            b.Property(r => r.Email).HasMaxLength(256);
            b.HasIndex(r => r.Email);
        }
    }
}
