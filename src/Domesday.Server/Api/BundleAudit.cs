using System.Collections.Concurrent;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>Records who reads the entries of a ledger as bundles: one event an hour for each reader, not one for each bundle.</summary>
internal sealed class BundleAudit(ReadAudit audit, TimeProvider time)
{
    private const int ReadersMax = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Tenant, string Kind, string Id), DateTimeOffset> _recorded = new();

    public void Record(HttpContext http)
    {
        var principal = http.Principal();
        var reader = (http.Tenant(), principal.Kind, principal.Id);
        var now = time.GetUtcNow();
        if (_recorded.TryGetValue(reader, out var last) && now - last < Pause) return;
        if (_recorded.Count >= ReadersMax) _recorded.Clear();
        _recorded[reader] = now;
        http.RecordExport(audit, "log.entries", "");
    }
}
