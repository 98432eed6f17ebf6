using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.Stdout;

/// <param name="Prefix">Stands before each line, so that a collector can tell events from the service's own log.</param>
internal sealed record StdoutOptions(string Prefix)
{
    private const int PrefixCharsMax = 64;

    public static Result<StdoutOptions> Read(SinkSettings settings)
    {
        var prefix = settings.Text("prefix", charsMax: PrefixCharsMax) ?? "";
        if (prefix.Any(char.IsControl)) settings.Fault("prefix", "has control characters");
        return settings.Problem() is { } problem ? problem : new StdoutOptions(prefix);
    }
}
