using System.Globalization;
using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Parameters;

namespace Domesday.Ingest.UcpAudit;

/// <summary>The lines of a controller's log, sorted: audit lines as native events, those that should be some and are not, and all others.</summary>
/// <param name="Origins">For each event, the line that it was made of.</param>
/// <param name="Skipped">Lines that are no audit lines.</param>
internal sealed record UcpAuditLines(List<ReadOnlyMemory<byte>> Events, List<ReadOnlyMemory<byte>> Origins, List<RefusedInput> Refused, int Skipped)
{
    /// <returns><see cref="ProblemKind.TooLarge"/> for more audit lines than one request may have.</returns>
    public static Result<UcpAuditLines> Read(ReadOnlyMemory<byte> log, int linesMax)
    {
        var lines = new UcpAuditLines([], [], [], 0);
        var skipped = 0;
        while (!log.IsEmpty)
        {
            var end = log.Span.IndexOf((byte)'\n');
            var line = WithoutPrefix(end < 0 ? log : log[..end]);
            log = end < 0 ? default : log[(end + 1)..];
            // By the same mark UCP's support dump leaves them out.
            if (line.Span.IndexOf("auditID"u8) < 0)
            {
                if (!line.IsEmpty) skipped++;
                continue;
            }
            if (lines.Events.Count + lines.Refused.Count == linesMax)
                return new Problem(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body has more than the {linesMax} events that one request may have."));
            var mapped = UcpAuditMapping.Read(line);
            if (mapped.IsOk)
            {
                lines.Events.Add(mapped.Value);
                lines.Origins.Add(line);
            }
            else lines.Refused.Add(new(line, mapped.Problem.Faults));
        }
        return lines with { Skipped = skipped };
    }

    /// <summary><c>docker logs --timestamps</c> puts a time and a space before each line, <c>--details</c> a space.</summary>
    private static ReadOnlyMemory<byte> WithoutPrefix(ReadOnlyMemory<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        var space = line.Span.IndexOf((byte)' ');
        var isTime = space is >= 20 and <= 40 && LenientTime.TryParse(Encoding.UTF8.GetString(line.Span[..space]), out _, out _);
        return isTime ? line[(space + 1)..].Trim(" "u8) : line;
    }
}
