using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Query;

/// <summary>Fetches pages, and shows each when it comes.</summary>
internal sealed class QueryRun(DomesdayClient client, CliConsole console, bool asJson)
{
    public async Task RunAsync(EventSelection selection, PageRequest first, long wanted, CancellationToken cancellation)
    {
        // Events that scroll by are progress enough.
        using var progress = asJson && !console.IsTerminal ? new ProgressLine(console, "events") : null;
        long shown = 0;
        long? total = null;
        for (var next = first; next is not null;)
        {
            var page = await client.ListAsync(selection, next with { Limit = (int)Math.Min(first.Limit, wanted - shown) }, cancellation);
            total ??= page.Total;
            Show(page.Events);
            shown += page.Events.Count;
            progress?.Report(shown, total);
            next = page.NextCursor is { } cursor && shown < wanted ? first with { Cursor = cursor, Offset = 0, Total = false } : null;
            if (next is null) await TellAsync(shown, total, page.NextCursor is not null);
        }
    }

    private void Show(IReadOnlyList<StoredEvent> events)
    {
        if (asJson)
        {
            foreach (var one in events) console.WriteLine(one.Bytes.Span);
            return;
        }
        if (events.Count == 0) return;
        var table = EventTable.Create();
        foreach (var one in events) EventTable.Add(table, one.Event);
        table.Write(console);
    }

    private Task TellAsync(long shown, long? total, bool hasMore)
    {
        if (total is { } all) return console.Error.WriteLineAsync($"{PlainText.Of(shown)} of {PlainText.Of(all)} events");
        if (shown == 0 && !asJson) return console.Error.WriteLineAsync("Nothing matches.");
        return hasMore && console.IsTerminal ? console.Error.WriteLineAsync($"The first {PlainText.Of(shown)}; there are more: --limit, or --all.") : Task.CompletedTask;
    }
}
