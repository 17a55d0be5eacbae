namespace VictimSupport.OnCall.Contracts;

/// <summary>Gives the story zones one pool with a rota around today.</summary>
public interface ITellRota
{
    /// <summary>Makes what is missing; may be repeated. The zones and their people are there already.</summary>
    Task Tell(CancellationToken ct);
}
