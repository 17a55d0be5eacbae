using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Bodies;

/// <summary>Where a project stands.</summary>
internal enum ProjectState { Planned = 1, Running = 2, Finished = 3, Stopped = 4 }

/// <summary>Something that is built together: with a body, with partners, or alone.</summary>
internal sealed class Project : IHoldSealed
{
    public Guid Id { get; private set; }
    public string Title { get; private set; } = "";

    /// <summary>What it is for and how it goes.</summary>
    public Sealed<string>? About { get; private set; }

    /// <summary>The body it comes from; null: none.</summary>
    public Guid? BodyId { get; private set; }
    public List<Guid> Partners { get; private set; } = [];
    public ProjectState State { get; private set; }
    public DateOnly Begins { get; private set; }

    /// <summary>The day on which it was finished or stopped; null: it was not.</summary>
    public DateOnly? EndedOn { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public Guid Once { get; private set; }
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public bool IsOpen => EndedOn is null;

    public static Project Add(Particulars what, Guid once, DateOnly today, DateTimeOffset now)
    {
        var project = new Project { Id = Guid.CreateVersion7(now), Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        project.Change(what, today);
        return project;
    }

    public void Change(Particulars what, DateOnly today)
    {
        (Title, About, BodyId, Begins, State) = (what.Title.Trim(), Lines.Sealed(what.About), what.Body, what.Begins, what.State);
        Partners = [.. what.Partners.Distinct()];
        EndedOn = State is ProjectState.Finished or ProjectState.Stopped ? what.Ended ?? today : null;
        Version++;
    }

    /// <summary>One of its milestones changed: whoever changes another part of it at the same time is told.</summary>
    public void Turn() => Version++;

    /// <param name="Ended">When it was finished or stopped; null: today, where it was.</param>
    internal sealed record Particulars(string Title, string? About, Guid? Body, IReadOnlyList<Guid> Partners, ProjectState State, DateOnly Begins, DateOnly? Ended);

    internal sealed class Mapping : IZoneMapping<Project>
    {
        public void Configure(EntityTypeBuilder<Project> b)
        {
            b.ToTable("project");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Title).HasMaxLength(160);
            b.Sealed(p => p.About, "project.about");
            b.PrimitiveCollection(p => p.Partners).HasMaxLength(3000);
            b.Property(p => p.Version).IsConcurrencyToken();
            b.HasIndex(p => p.Once).IsUnique();
            b.HasIndex(p => p.BodyId);
            b.Ignore(p => p.KeyOwner);
            b.Ignore(p => p.IsOpen);
        }
    }
}

/// <summary>What a project is to reach, and by when.</summary>
internal sealed class ProjectMilestone
{
    public const int Most = 40;

    public Guid Id { get; private set; }
    public Guid ProjectId { get; private set; }
    public string Title { get; private set; } = "";
    public DateOnly DueOn { get; private set; }
    public DateOnly? DoneOn { get; private set; }
    public Guid Once { get; private set; }

    public static ProjectMilestone Of(Guid project, string title, DateOnly due, Guid once, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), ProjectId = project, Title = title.Trim(), DueOn = due, Once = once == default ? Guid.CreateVersion7(now) : once };

    public void Reach(DateOnly today) => DoneOn ??= today;

    /// <summary>Puts right what it is, until when, and on which day it was reached; null: it was not.</summary>
    public void Correct(string title, DateOnly due, DateOnly? done) => (Title, DueOn, DoneOn) = (title.Trim(), due, done);
    public void Reopen() => DoneOn = null;

    internal sealed class Mapping : IZoneMapping<ProjectMilestone>
    {
        public void Configure(EntityTypeBuilder<ProjectMilestone> b)
        {
            b.ToTable("project_milestone");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Property(m => m.Title).HasMaxLength(160);
            b.HasIndex(m => m.Once).IsUnique();
            b.HasIndex(m => new { m.ProjectId, m.DueOn });
        }
    }
}
