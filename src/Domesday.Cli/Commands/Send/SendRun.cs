using System.Runtime.CompilerServices;
using System.Text.Json;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Send;

/// <summary>Sends a file, several batches at the same time; the first failure lets what is under way end, and sends nothing further.</summary>
internal sealed class SendRun(CliConsole console, SendSettings settings)
{
    /// <summary>Bad events that are told one by one.</summary>
    private const int ToldMax = 100;

    private readonly Lock _lock = new();
    private readonly SendOutcome _outcome = new();
    private long _failedBatch = long.MaxValue;

    private bool HasFailed => Volatile.Read(ref _failedBatch) != long.MaxValue;

    public async Task<SendOutcome> RunAsync(EventFile events, CancellationToken cancellation)
    {
        await using var receipts = settings.ReceiptsFile is { } file ? new StreamWriter(file) { NewLine = "\n" } : null;
        using var progress = new ProgressLine(console, "events sent");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Connections, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(BatchesAsync(events, cancellation), parallel, async (batch, _) => await SendAsync(batch, receipts, progress, cancellation));
        }
        catch (InvalidDataException exception)
        {
            _outcome.Fail(exception, null);
        }
        return _outcome;
    }

    private async IAsyncEnumerable<SendBatch> BatchesAsync(EventFile events, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long number = 0; !HasFailed; number++)
        {
            var batch = new SendBatch(number, settings.FirstLine, settings.IsExport);
            while (batch.Count < settings.BatchEvents && !batch.IsLarge && await events.ReadAsync(batch, cancellation))
            {
            }
            if (batch.Count == 0) yield break;
            yield return batch;
        }
    }

    private async Task SendAsync(SendBatch batch, StreamWriter? receipts, ProgressLine progress, CancellationToken cancellation)
    {
        try
        {
            var answer = await settings.Send(batch.Body, cancellation);
            lock (_lock)
            {
                foreach (var receipt in answer.Receipts) receipts?.WriteLine(JsonSerializer.Serialize(receipt, SendJson.Plain.AppendReceipt));
                Count(batch, answer);
                progress.Report(_outcome.Stored + _outcome.Duplicates);
            }
        }
        catch (Exception exception) when (exception is ProblemException or HttpRequestException or TimeoutException or IOException)
        {
            lock (_lock)
            {
                if (batch.Number >= _failedBatch) return;
                _failedBatch = batch.Number;
                _outcome.Fail(exception, batch);
            }
        }
    }

    private void Count(SendBatch batch, SendAnswer answer)
    {
        _outcome.Stored += answer.Stored;
        _outcome.Duplicates += answer.Duplicates;
        _outcome.Quarantined += answer.Quarantined;
        _outcome.Skipped += answer.Skipped;
        foreach (var rejected in answer.Rejected)
        {
            if (_outcome.RejectedCount++ < ToldMax) _outcome.Rejected.Add(new(batch.LineOf(rejected.Index), [.. rejected.Errors]));
        }
    }
}
