using System.Runtime.CompilerServices;
using Domesday.Client.Verification;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>Sends events to a service, and reads, exports and follows what it keeps. For use by many threads at once.</summary>
/// <remarks>
/// A request that the service cannot take now (429, 503) is sent again after the wait that it asks for, within <see cref="ClientOptions.RetriesMax"/>.
/// Refusals are <see cref="ProblemException"/>, an unreachable service is <see cref="HttpRequestException"/> or <see cref="TimeoutException"/>.
/// </remarks>
public sealed class DomesdayClient : IDisposable
{
    /// <remarks>Source: RFC 7240 §4.2.</remarks>
    private static readonly (string Name, string Value)[] CountsAlone = [("Prefer", "return=minimal")];

    private readonly ApiTransport _transport;

    /// <param name="handler">Carries the requests, and stays the caller's own; null: connections of the client's own, which follow no redirects.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public DomesdayClient(ClientOptions options, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _transport = new(options, handler);
        IsLocal = options.Server.IsLoopback;
        (Tenants, Keys, Access, Quarantine) = (new(_transport), new(_transport), new(_transport), new(_transport));
        (Holds, Erasures) = (new(_transport), new(_transport));
        (Retention, CapturePolicies, Sinks, Alerts, Reports) = (new(_transport), new(_transport), new(_transport), new(_transport), new(_transport));
    }

    public Tenants Tenants { get; }

    public Keys Keys { get; }

    /// <summary>Users, applications, roles, grants and client certificates.</summary>
    public AccessControl Access { get; }

    public Quarantine Quarantine { get; }

    /// <summary>Whether the service is on this machine.</summary>
    internal bool IsLocal { get; }

    /// <summary>How long events are kept.</summary>
    public Retention Retention { get; }

    /// <summary>What keeps events beyond their retention.</summary>
    public Holds Holds { get; }

    /// <summary>Events that were erased for good.</summary>
    public Erasures Erasures { get; }

    /// <summary>Where events are forwarded to.</summary>
    public Sinks Sinks { get; }

    /// <summary>Rules that tell people when something happens.</summary>
    public Alerts Alerts { get; }

    /// <summary>Who causes how much, and the reports about it that are sent by themselves.</summary>
    public Reports Reports { get; }

    /// <summary>What proxies and middlewares record.</summary>
    public CapturePolicies CapturePolicies { get; }

    /// <summary>Which numbers are missing of producers that number their events.</summary>
    /// <param name="producer">Null: all of them.</param>
    /// <param name="onlyMissing">Only those that lack something.</param>
    public Task<GapsAnswer> GapsAsync(string? producer, bool onlyMissing, CancellationToken cancellation)
    {
        var query = producer is null ? EventSelection.All : EventSelection.All.With("producer", producer);
        return _transport.GetAsync("gaps", (onlyMissing ? query.With("missing", "true") : query).ToString(), ClientJson.Default.GapsAnswer, cancellation);
    }

    /// <summary>Stores one event; returns when it is on disk.</summary>
    public async Task<AppendReceipt> AppendAsync(AuditEvent auditEvent, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        return (await AppendAsync([auditEvent], AppendOptions.Default, cancellation)).Receipts[0];
    }

    /// <summary>Stores events as one batch. Those without an id are given one, so that the batch is stored once, however often a broken connection makes it be sent.</summary>
    public Task<AppendAnswer> AppendAsync(IReadOnlyCollection<AuditEvent> events, AppendOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(options);
        return AppendAsync(EventBatch.Write(events), options with { IsRepeatable = true }, cancellation);
    }

    /// <summary>Stores any number of events, in batches, one after another.</summary>
    /// <param name="batchEvents">1 to what the service takes, 10,000 unless it is configured otherwise.</param>
    /// <returns>An answer for each batch.</returns>
    public async IAsyncEnumerable<AppendAnswer> AppendAsync(
        IAsyncEnumerable<AuditEvent> events, int batchEvents, AppendOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchEvents, 1);
        await foreach (var batch in events.Chunk(batchEvents).WithCancellation(cancellation)) yield return await AppendAsync(batch, options, cancellation);
    }

    /// <summary>Stores events that are written already.</summary>
    /// <param name="lines">JSON, an event on each line.</param>
    public async Task<AppendAnswer> AppendAsync(ReadOnlyMemory<byte> lines, AppendOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var body = options.Compress ? EventBatch.Compress(lines.Span) : lines;
        var badEvents = options.BadEvents switch { BadEvents.Reject => "partial=true", BadEvents.Quarantine => "quarantine=true", _ => "" };
        var request = new ApiRequest(HttpMethod.Post, options.ImportFrom is null ? "events" : "import")
        {
            Query = options.ImportFrom is { } vendor ? $"from={Uri.EscapeDataString(vendor)}&{badEvents}".TrimEnd('&') : badEvents,
            Content = () => EventBatch.Content(body, options.Compress),
            Headers = options.Receipts ? [] : CountsAlone,
            IsRepeatable = options.IsRepeatable,
        };
        return await _transport.AskAsync(request, ClientJson.Default.AppendAnswer, cancellation);
    }

    /// <summary>Stores the audit lines among lines of Docker UCP's <c>ucp-controller</c>, as <c>docker logs</c> prints them; the same line again stores nothing twice.</summary>
    public Task<ControllerLogAnswer> AppendControllerLogAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        // Beside the native API's paths.
        var request = new ApiRequest(HttpMethod.Post, "../../ingest/ucp") { Content = () => EventBatch.Content(lines, isCompressed: false), IsRepeatable = true };
        return _transport.AskAsync(request, ClientJson.Default.ControllerLogAnswer, cancellation);
    }

    /// <summary>Stores lines of a log that the service knows how to read; the same line again stores nothing twice.</summary>
    /// <param name="origin">Whose log it is: the cluster's name, or the host's; null: not known.</param>
    public Task<LogAnswer> AppendLogAsync(LogKind kind, ReadOnlyMemory<byte> lines, string? origin, CancellationToken cancellation)
    {
        var (path, parameter) = kind == LogKind.Kubernetes ? ("kubernetes", "cluster") : ("linux-audit", "host");
        // Beside the native API's paths.
        var request = new ApiRequest(HttpMethod.Post, $"../../ingest/{path}")
        {
            Query = origin is null ? "" : $"{parameter}={Uri.EscapeDataString(origin)}",
            Content = () => EventBatch.Content(lines, isCompressed: false),
            IsRepeatable = true,
        };
        return _transport.AskAsync(request, ClientJson.Default.LogAnswer, cancellation);
    }

    /// <summary>A page of events.</summary>
    public async Task<EventPage> ListAsync(EventSelection selection, PageRequest page, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(page);
        return AnswerReader.Page(await _transport.BytesAsync(new(HttpMethod.Get, "events") { Query = page.AddTo(selection).ToString() }, cancellation));
    }

    /// <summary>Everything from a page on, page by page, without gap or repeat while events arrive.</summary>
    public async IAsyncEnumerable<StoredEvent> ListAllAsync(EventSelection selection, PageRequest first, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(first);
        for (var next = first; next is not null;)
        {
            var page = await ListAsync(selection, next, cancellation);
            foreach (var one in page.Events) yield return one;
            next = page.NextCursor is { } cursor ? first with { Cursor = cursor, Offset = 0, Total = false } : null;
        }
    }

    /// <summary>One event, with its notes.</summary>
    /// <param name="key">Its sequence, or its producer's id.</param>
    public async Task<EventWithNotes> GetAsync(string key, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return AnswerReader.WithNotes(await _transport.BytesAsync(new(HttpMethod.Get, $"events/{Uri.EscapeDataString(key)}"), cancellation));
    }

    /// <summary>A body that was kept beside its event because an entry has no room for it.</summary>
    /// <param name="sha256">As <see cref="AuditEvent.Attachments"/> names it.</param>
    public async Task<ReadOnlyMemory<byte>> AttachmentAsync(long sequence, string sha256, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(sha256);
        return await _transport.BytesAsync(new(HttpMethod.Get, $"events/{sequence}/attachments/{Uri.EscapeDataString(sha256)}"), cancellation);
    }

    /// <summary>Adds a note to an event: an event of its own that refers to it.</summary>
    /// <param name="text">3 to 4,000 characters.</param>
    public Task<AppendReceipt> AddNoteAsync(long sequence, string text, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, $"events/{sequence}/notes") { Content = () => JsonBody.Of(new NoteText(text), ClientJson.Default.NoteText) }, ClientJson.Default.AppendReceipt, cancellation);

    /// <summary>The values of fields, and how often each occurs.</summary>
    /// <param name="fields">Of <see cref="EventSelection.Fields"/>; empty: the common ones.</param>
    /// <param name="valuesMax">Most values of each, 1 to 1,000.</param>
    public async Task<FacetsAnswer> FacetsAsync(EventSelection selection, IReadOnlyCollection<string> fields, int valuesMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(fields);
        selection = selection.With("limit", $"{valuesMax}");
        if (fields.Count > 0) selection = selection.With("fields", string.Join(',', fields));
        return AnswerReader.Facets(await _transport.BytesAsync(new(HttpMethod.Get, "facets") { Query = selection.ToString() }, cancellation));
    }

    /// <summary>Events over time.</summary>
    /// <param name="interval">auto, minute, hour or day.</param>
    public Task<HistogramAnswer> HistogramAsync(EventSelection selection, string interval, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return _transport.GetAsync("histogram", selection.With("interval", interval).ToString(), ClientJson.Default.HistogramAnswer, cancellation);
    }

    /// <summary>Begins an export of everything that matches.</summary>
    /// <returns>To be read to its end: one that breaks off throws <see cref="IOException"/> or <see cref="InvalidDataException"/>, and is not complete.</returns>
    public async Task<ExportDownload> ExportAsync(EventSelection selection, ExportRequest export, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(export);
        var request = new ApiRequest(HttpMethod.Get, "export")
        {
            Query = export.AddTo(selection).ToString(),
            Headers = export.Transfer == ExportTransfer.Plain ? [] : [("Accept-Encoding", "gzip")],
        };
        return await ExportDownload.OpenAsync(await _transport.SendAsync(request, cancellation), export.Transfer, cancellation);
    }

    /// <summary>Begins a copy of everything that the service keeps; for system administrators.</summary>
    /// <returns>A tar archive, to be read to its end and given to <see cref="Backup.BackupArchive"/>, which knows whether it is complete.</returns>
    public async Task<ExportDownload> BackupAsync(CancellationToken cancellation) =>
        await ExportDownload.OpenAsync(await _transport.SendAsync(new(HttpMethod.Get, "backup") { IsOfTenant = false }, cancellation), ExportTransfer.Plain, cancellation);

    /// <summary>Begins a support dump as Docker UCP makes it: a .tgz with <c>ucp-controller.log</c>.</summary>
    /// <param name="selection">Parameters <c>loglines</c>, <c>since</c> and <c>until</c>, in the forms of the docker CLI.</param>
    /// <returns>To be read to its end, as an export.</returns>
    public async Task<ExportDownload> SupportDumpAsync(EventSelection selection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        // The vendor's path, beside the native API's.
        var request = new ApiRequest(HttpMethod.Get, "../../api/support") { Query = selection.ToString() };
        return await ExportDownload.OpenAsync(await _transport.SendAsync(request, cancellation), ExportTransfer.Plain, cancellation);
    }

    /// <summary>Events as they come; resumes by itself without gap or repeat when the stream ends or breaks.</summary>
    /// <param name="after">The last sequence that was seen; null: from now on.</param>
    /// <returns>Ends by an exception: cancellation, a refusal, or a service that could not be reached again after <see cref="ClientOptions.RetriesMax"/> attempts.</returns>
    public IAsyncEnumerable<StoredEvent> TailAsync(EventSelection selection, long? after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return new EventTail(_transport, selection).FollowAsync(after, cancellation);
    }

    /// <summary>What the ledger serves as a transparency log; for <see cref="LedgerVerifier"/> and <see cref="ExportVerifier"/>.</summary>
    public async Task<LogResource> FetchLogAsync(string path, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return LogResource.Found(await _transport.BytesAsync(new(HttpMethod.Get, $"log/{path}"), cancellation));
        }
        catch (ProblemException problem)
        {
            return LogResource.Refused(problem.Status, problem.Type, problem.Message);
        }
    }

    public void Dispose() => _transport.Dispose();
}
