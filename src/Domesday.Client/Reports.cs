using System.Text.Json;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>Who causes how much, and the reports about it that are sent by themselves.</summary>
public sealed class Reports
{
    private readonly ApiTransport _transport;

    internal Reports(ApiTransport transport) => _transport = transport;

    /// <summary>Events, failures and different resources of what matches.</summary>
    /// <param name="by">project, actor, service or day.</param>
    /// <param name="withResources">False: resources are not counted, which takes no longer however many events there are.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public Task<UsageAnswer> UsageAsync(EventSelection selection, string by, bool withResources, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var asked = selection.With("by", by);
        return _transport.GetAsync("report/usage", (withResources ? asked : asked.With("resources", "false")).ToString(), ClientJson.Default.UsageAnswer, cancellation);
    }

    /// <summary>The same with resources, telling how far it is. Cancelling stops the service's work.</summary>
    /// <param name="progress">Gets how many events were read, and how many match.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    /// <exception cref="IOException">The service could not read its events, or the answer was cut off.</exception>
    public async Task<UsageAnswer> UsageAsync(EventSelection selection, string by, Action<long, long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(progress);
        using var answer = await _transport.SendAsync(new(HttpMethod.Get, "report/usage") { Query = selection.With("by", by).With("format", "ndjson").ToString() }, cancellation);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } text)
        {
            var line = JsonSerializer.Deserialize(text, ClientJson.Default.UsageProgress);
            if (line?.Report is { } report) return report;
            if (line?.Problem is { } problem) throw new IOException(problem);
            progress(line?.Read ?? 0, line?.Total ?? 0);
        }
        throw new IOException("The answer was cut off.");
    }

    /// <summary>The same as a table for spreadsheets.</summary>
    /// <param name="by">project, actor, service or day.</param>
    /// <param name="withResources">False: resources are not counted.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<byte[]> UsageCsvAsync(EventSelection selection, string by, bool withResources, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var asked = selection.With("by", by).With("format", "csv");
        using var answer = await _transport.SendAsync(new(HttpMethod.Get, "report/usage") { Query = (withResources ? asked : asked.With("resources", "false")).ToString() }, cancellation);
        return await answer.Content.ReadAsByteArrayAsync(cancellation);
    }

    /// <summary>All reports of the tenant that are sent by themselves, oldest first.</summary>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<ReportInfo>> ListAsync(CancellationToken cancellation) => (await _transport.GetAsync("reports", "", ClientJson.Default.ReportList, cancellation)).Reports;

    /// <param name="report">Id or name.</param>
    /// <inheritdoc cref="ListAsync"/>
    public Task<ReportInfo> GetAsync(string report, CancellationToken cancellation) => _transport.GetAsync(PathOf(report), "", ClientJson.Default.ReportInfo, cancellation);

    /// <inheritdoc cref="ListAsync"/>
    public Task<ReportInfo> CreateAsync(ReportWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "reports") { Content = () => JsonBody.Of(wish, ClientJson.Default.ReportWish) }, ClientJson.Default.ReportInfo, cancellation);

    /// <param name="wish">Null leaves a member as it is.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<ReportInfo> ChangeAsync(string report, ReportWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Patch, PathOf(report)) { Content = () => JsonBody.Of(wish, ClientJson.Default.ReportWish) }, ClientJson.Default.ReportInfo, cancellation);

    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(string report, CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(new(HttpMethod.Delete, PathOf(report)), cancellation);
    }

    /// <summary>Sends the report of the last period now.</summary>
    /// <returns>What each channel answered.</returns>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<IReadOnlyList<ReportAnswer>> SendAsync(string report, CancellationToken cancellation) =>
        (await _transport.AskAsync(new(HttpMethod.Post, PathOf(report) + "/send"), ClientJson.Default.ReportSent, cancellation)).Answers;

    private static string PathOf(string report) => $"reports/{Uri.EscapeDataString(report)}";
}

/// <param name="By">project, actor, service or day.</param>
/// <param name="Cut">How many values there are, when there are more than rows.</param>
public sealed record UsageAnswer(string By, IReadOnlyList<UsageLine> Rows, UsageLine Total, int? Cut, Timestamp CompleteThrough);

/// <param name="Key">The project, actor, service or day; null of the total.</param>
/// <param name="Resources">Different resource ids; null when they were not counted.</param>
/// <param name="Estimated">There are so many resources that a sample of them was counted.</param>
public sealed record UsageLine(string? Key, long Events, long Failures, long? Resources, bool? Estimated = null);

internal sealed record UsageProgress(long? Read, long? Total, UsageAnswer? Report, string? Problem);

/// <param name="Every">day, week or month: how long a time each report is about.</param>
/// <param name="Hour">Hours after its end, in UTC, when it is sent.</param>
/// <param name="Channels">Ids of sinks.</param>
/// <param name="NextAt">When the next one is due; null for a disabled one.</param>
public sealed record ReportInfo(
    string Id,
    string Tenant,
    string Name,
    string By,
    string? Filter,
    string Every,
    int Hour,
    IReadOnlyList<string> Channels,
    bool Disabled,
    long Version,
    Timestamp CreatedAt,
    Timestamp UpdatedAt,
    Timestamp? NextAt);

/// <summary>What a report shall be, or what shall be different about it.</summary>
public sealed record ReportWish
{
    public string? Name { get; init; }

    public string? By { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    public string? Every { get; init; }

    public int? Hour { get; init; }

    /// <summary>Ids or names of sinks.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    public bool? Disabled { get; init; }
}

/// <param name="Channel">Id of a sink.</param>
/// <param name="Accepted">Whether its receiver took the report.</param>
/// <param name="Answer">What it said.</param>
public sealed record ReportAnswer(string Channel, bool Accepted, string Answer);

internal sealed record ReportList(IReadOnlyList<ReportInfo> Reports);

internal sealed record ReportSent(IReadOnlyList<ReportAnswer> Answers);
