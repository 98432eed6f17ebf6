using Domesday.Http.PlugIns;
using Domesday.Ingest.Cadf;
using Domesday.Ingest.Journal;
using Domesday.Ingest.KubernetesAudit;
using Domesday.Ingest.LinuxAudit;
using Domesday.Ingest.NativeJson;
using Domesday.Ingest.OtlpLogs;
using Domesday.Ingest.Syslog;
using Domesday.Ingest.UcpAudit;

namespace Domesday.Ingest;

/// <summary>The sources that hand in events.</summary>
public static class IngestCatalog
{
    public static IReadOnlyList<IIngestSource> Sources { get; } =
        [new NativeJsonSource(), new KubernetesAuditSource(), new OtlpLogsSource(), new SyslogSource(), new CadfSource(), new UcpAuditSource(), new JournalSource(), new LinuxAuditSource()];

    /// <returns>Null for a kind that no source here has.</returns>
    public static IIngestSource? Find(string kind) => Sources.FirstOrDefault(source => source.Kind == kind);
}
