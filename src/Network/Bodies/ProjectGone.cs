using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Network.Bodies;

/// <summary>Destroys the key of a project that was taken out, once its row is durably gone.</summary>
internal sealed class ProjectGone(IMediator pipeline) : IDeliver
{
    public const string KindName = "project-gone";
    public string Kind => KindName;

    public Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => pipeline.Send(new Command(message.About!.Value), ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Project) : ICommand<bool>;

    internal sealed class Handler(Keyring keys) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            await keys.Destroy([command.Project], ct);
            return true;
        }
    }
}
