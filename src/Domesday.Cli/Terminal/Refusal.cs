using Domesday.Client;

namespace Domesday.Cli.Terminal;

/// <summary>A refusal for people: what the service said, every fault on a line, and what may help.</summary>
internal static class Refusal
{
    public static async Task WriteAsync(TextWriter error, ProblemException problem)
    {
        await error.WriteLineAsync(PlainText.Of(problem.Message));
        foreach (var fault in problem.Errors.Where(fault => fault.Reason != problem.Message)) await error.WriteLineAsync($"  {PlainText.Of(fault.ToString())}");
        if (Hint(problem) is { } hint) await error.WriteLineAsync(hint);
    }

    private static string? Hint(ProblemException problem) => problem switch
    {
        { Status: 401 } => "Check --key (DOMESDAY_KEY), or --user and --password, and --server.",
        { RetryAfter: { } wait } => $"Come again in {Math.Ceiling(wait.TotalSeconds)} s.",
        { Type: null, Status: 404 or 405 } => "Is --server the address of a Domesday service?",
        { Type: null } => $"Status {problem.Status}, not from the service itself: something between here and there?",
        _ => null,
    };
}
