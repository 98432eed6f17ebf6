using Microsoft.Extensions.Logging;

namespace Domesday.Server.Tests.Operations;

public sealed class ServiceLoggingTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Microsoft.AspNetCore.Routing.Matching.DfaMatcher")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel")]
    public void Paths_with_keys_in_them_are_not_logged_at_any_level(string category)
    {
        using var loggers = ServiceLogging.Create(TestService.Settings("--log-level", "trace"));
        Assert.False(loggers.CreateLogger(category).IsEnabled(LogLevel.Information));
        Assert.True(loggers.CreateLogger(category).IsEnabled(LogLevel.Warning));
        Assert.True(loggers.CreateLogger("Domesday.Server").IsEnabled(LogLevel.Trace));
    }
}
