using Hangfire.AspNetCore;
using Hangfire.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace VictimSupport.Portal;

/// <summary>The job engine keeps one log provider for the whole process; a host that has ended (a test run has many) must not take the others' away.</summary>
internal sealed class LogsOfJobs(ILoggerFactory loggers) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new AspNetCoreLogProvider(loggers).GetLogger(name);
        }
        catch (ObjectDisposedException)
        {
            return new AspNetCoreLogProvider(NullLoggerFactory.Instance).GetLogger(name);
        }
    }
}
