using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Send;

/// <summary>What became of a file.</summary>
internal sealed class SendOutcome
{
    public long Stored { get; set; }

    public long Duplicates { get; set; }

    public long RejectedCount { get; set; }

    public long Quarantined { get; set; }

    /// <summary>Lines that are not meant to be events.</summary>
    public long Skipped { get; set; }

    /// <summary>The first ones, by their lines.</summary>
    public List<RejectedLine> Rejected { get; } = [];

    /// <summary>Why it stopped; null: it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Everything that begins on an earlier line is stored; null when that is not known.</summary>
    public long? ResumeAtLine { get; private set; }

    /// <param name="batch">The one that was not stored; null when the file itself is at fault.</param>
    public void Fail(Exception exception, SendBatch? batch)
    {
        if (batch is null && Failure is not null) return;
        Failure = exception is HttpRequestException ? $"The service cannot be reached, or broke off: {exception.Message}" : exception.Message;
        ResumeAtLine = batch?.LineOf(0);
        if (exception is not ProblemException problem || batch is null) return;
        var faults = problem.Errors.Where(fault => fault.Index is not null).GroupBy(fault => batch.LineOf(fault.Index!.Value)).ToList();
        // A later batch may have failed before this one did.
        if (faults.Count > 0) Rejected.Clear();
        Rejected.AddRange(faults.Select(line => new RejectedLine(line.Key, [.. line])));
    }

    public void Write(CliConsole console)
    {
        foreach (var line in Rejected.OrderBy(line => line.Line))
        {
            foreach (var error in line.Errors) console.Error.WriteLine(PlainText.Of($"line {line.Line}: {(string.IsNullOrEmpty(error.Field) ? "" : error.Field + " ")}{error.Reason}"));
        }
        if (RejectedCount > Rejected.Count) console.Error.WriteLine($"… and {PlainText.Of(RejectedCount - Rejected.Count)} further events");
        if (Failure is not null) console.Error.WriteLine(PlainText.Of(Failure));
        if (ResumeAtLine is > 1 and var resume) console.Error.WriteLine($"Everything before line {resume} was sent. To go on: --from-line {resume}; events that have an id are not stored twice.");
        var parts = new List<string> { $"{PlainText.Of(Stored)} events stored" };
        if (Duplicates > 0) parts.Add($"{PlainText.Of(Duplicates)} were there already");
        if (RejectedCount > 0) parts.Add($"{PlainText.Of(RejectedCount)} rejected");
        if (Quarantined > 0) parts.Add($"{PlainText.Of(Quarantined)} kept in quarantine");
        if (Skipped > 0) parts.Add($"{PlainText.Of(Skipped)} other lines passed over");
        console.Out.WriteLine(string.Join(", ", parts));
    }

    public void WriteJson(CliConsole console) =>
        console.Out.WriteLine(JsonSerializer.Serialize(new(Stored, Duplicates, RejectedCount, Quarantined, Skipped, Rejected, Failure, ResumeAtLine), SendJson.Plain.SendReport));
}

internal sealed record RejectedLine(long Line, IReadOnlyList<FieldFault> Errors);

internal sealed record SendReport(long Stored, long Duplicates, long Rejected, long Quarantined, long Skipped, IReadOnlyList<RejectedLine> Lines, string? Failure, long? ResumeAtLine);

[JsonSerializable(typeof(SendReport))]
[JsonSerializable(typeof(AppendReceipt))]
internal sealed partial class SendJson : JsonSerializerContext
{
    /// <summary>Leaves the plus signs of base64 as they are.</summary>
    public static SendJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
