using System.Globalization;
using System.Text;
using Domesday.Capture.Recording;
using Domesday.Client.Spool;
using Domesday.Proxy.Counting;

namespace Domesday.Proxy.Hosting;

/// <summary>The counters in Prometheus' text form.</summary>
/// <remarks>Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.</remarks>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(ProxyCounters proxy, RecorderCounters recorder, SpoolCounters spool, PolicySource policy)
    {
        var text = new StringBuilder(4_096);
        (string Name, string Type, string Help, long Value)[] samples =
        [
            ("connections_total", "counter", "Connections that were taken.", proxy.Connections),
            ("connections_open", "gauge", "Connections now.", proxy.ConnectionsOpen),
            ("requests_total", "counter", "Requests.", proxy.Requests),
            ("tunnels_total", "counter", "Connections that changed their protocol.", proxy.Tunnels),
            ("tunnels_open", "gauge", "Connections that have changed their protocol and are open.", proxy.TunnelsOpen),
            ("bytes_up_total", "counter", "Bytes of bodies and tunnels towards the upstream.", proxy.BytesUp),
            ("bytes_down_total", "counter", "Bytes of bodies and tunnels towards clients.", proxy.BytesDown),
            ("malformed_total", "counter", "Requests that were refused because they are no HTTP, or could be read in two ways.", proxy.Malformed),
            ("upstream_failures_total", "counter", "The upstream could not be reached, broke off, or was not understood.", proxy.UpstreamFailures),
            ("client_failures_total", "counter", "Clients that broke off.", proxy.ClientFailures),
            ("handshake_failures_total", "counter", "TLS handshakes that failed.", proxy.HandshakeFailures),
            ("captured_metadata_total", "counter", "Requests recorded at level metadata.", recorder.Metadata),
            ("captured_request_total", "counter", "Requests recorded at level request.", recorder.Request),
            ("skipped_total", "counter", "Requests that the policy leaves out.", recorder.Skipped),
            ("unrecorded_total", "counter", "Requests that were served although they could not be recorded.", recorder.Unrecorded),
            ("refused_total", "counter", "Requests that were refused because they could not be recorded.", recorder.Refused),
            ("spool_kept_total", "counter", "Events that the spool took.", spool.Kept),
            ("spool_sent_total", "counter", "Events that the service acknowledged.", spool.Sent),
            ("spool_duplicates_total", "counter", "Events that the service had already.", spool.Duplicates),
            ("spool_quarantined_total", "counter", "Events that the service put into its quarantine.", spool.Quarantined),
            ("spool_refused_total", "counter", "Events that the service will never take.", spool.Refused),
            ("spool_orphans_total", "counter", "Acts whose end was not seen because the proxy had ended.", spool.Orphans),
            ("spool_retries_total", "counter", "Attempts to send that failed.", spool.Retries),
            ("spool_full_total", "counter", "Events that were not taken because the spool was full.", spool.Full),
            ("spool_failed_total", "counter", "Events that the disk did not take.", spool.Failed),
            ("spool_waiting", "gauge", "Events that the service does not have yet.", spool.Waiting),
            ("spool_bytes", "gauge", "Bytes of the spool's files.", spool.BytesOnDisk),
            ("spool_torn_bytes", "gauge", "Bytes that were cut off at the start.", spool.TornBytes),
            ("spool_damaged_bytes", "gauge", "Bytes behind damaged records at the start.", spool.DamagedBytes),
            ("policy_version", "gauge", "Version of the service's policy; 0 while nobody has set one, -1 while none was seen.", policy.Version ?? -1),
        ];
        foreach (var (name, type, help, value) in samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP domesday_proxy_{name} {help}\n# TYPE domesday_proxy_{name} {type}\ndomesday_proxy_{name} {value}\n");
        }
        return text.ToString();
    }
}
