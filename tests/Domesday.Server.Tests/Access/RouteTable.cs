using Domesday.Core.Access;
using static Domesday.Server.Tests.Access.RouteFor;

namespace Domesday.Server.Tests.Access;

/// <summary>Every route of the service, whom it is for, and how it is called. A route that is not here fails <see cref="NegativeMatrixTests"/>.</summary>
internal static class RouteTable
{
    private const string Api = "/audit/v1";

    public static IReadOnlyList<RouteCase> All { get; } = [.. Open(), .. Access(), .. Events(), .. Log(), .. Ui(), .. Ingest(), .. UpCloud(), .. DockerUcp(), .. PlatformPcd(), .. SpectroPalette(), .. RunAi()];

    private static IEnumerable<RouteCase> Open() =>
    [
        new("GET /healthz", Everybody, Permission.None, "/healthz"),
        new("HEAD /healthz", Everybody, Permission.None, "/healthz"),
        new("GET /readyz", Everybody, Permission.None, "/readyz"),
        new("HEAD /readyz", Everybody, Permission.None, "/readyz"),
        new("GET /problems/{kind}", Everybody, Permission.None, "/problems/notfound"),
        new("GET /.well-known/jwks.json", Everybody, Permission.None, "/.well-known/jwks.json"),
        new("GET /openapi.json", Everybody, Permission.None, "/openapi.json"),
        new($"GET {Api}/openapi.json", Everybody, Permission.None, $"{Api}/openapi.json"),
        new($"POST {Api}/sign-in", Everybody, Permission.None, $"{Api}/sign-in", """{"user":"nobody","password":"wrong"}"""),
        new($"POST {Api}/sign-out", Anybody, Permission.None, $"{Api}/sign-out"),
        new($"POST {Api}/viewer-tokens", Project, Permission.AuditList, $"{Api}/viewer-tokens", """{"fields":{"project_id":"p1"}}"""),
        new($"GET {Api}/viewer-tokens", Tenant, Permission.AccessRead, $"{Api}/viewer-tokens"),
        new($"DELETE {Api}/viewer-tokens/{{id}}", Tenant, Permission.AccessWrite, $"{Api}/viewer-tokens/{{viewer}}"),
        new($"GET {Api}/me", Anybody, Permission.None, $"{Api}/me"),
        new($"PUT {Api}/me/password", Anybody, Permission.None, $"{Api}/me/password", """{"old_password":"wrong password","new_password":"another password"}"""),
        new("GET /metrics", Operator, Permission.ConfigRead, "/metrics"),
        new($"GET {Api}/backup", Operator, Rights.All, $"{Api}/backup"),
    ];

    private static IEnumerable<RouteCase> Access() =>
    [
        new($"GET {Api}/tenants", Tenant, Permission.ConfigRead, $"{Api}/tenants"),
        new($"GET {Api}/tenants/{{name}}", Tenant, Permission.ConfigRead, $"{Api}/tenants/{{tenant}}"),
        new($"POST {Api}/tenants", Operator, Permission.ConfigWrite, $"{Api}/tenants", """{"name":"made-by-matrix"}"""),
        new($"PATCH {Api}/tenants/{{name}}", Operator, Permission.ConfigWrite, $"{Api}/tenants/{{tenant}}", """{"title":"changed"}"""),
        new($"DELETE {Api}/tenants/{{name}}", Operator, Permission.ConfigWrite, $"{Api}/tenants/{{tenant}}"),
        .. Administration("users", "id", "{user}", """{"name":"somebody"}""", """{"full_name":"Changed"}"""),
        new($"POST {Api}/users/{{id}}/sign-out", Tenant, Permission.AccessWrite, $"{Api}/users/{{user}}/sign-out"),
        .. Administration("applications", "id", "{application}", """{"name":"something"}""", """{"name":"changed"}"""),
        new($"POST {Api}/applications/{{id}}/secret", Tenant, Permission.AccessWrite, $"{Api}/applications/{{application}}/secret"),
        .. Administration("keys", "id", "{key}", """{"name":"something","rights":["monitor"]}""", """{"name":"changed"}"""),
        new($"GET {Api}/certificates", Tenant, Permission.AccessRead, $"{Api}/certificates"),
        new($"GET {Api}/certificates/{{serial}}", Tenant, Permission.AccessRead, $"{Api}/certificates/{{certificate}}"),
        new($"POST {Api}/certificates", Tenant, Permission.AccessWrite, $"{Api}/certificates", """{"user":"{user}"}"""),
        new($"DELETE {Api}/certificates/{{serial}}", Tenant, Permission.AccessWrite, $"{Api}/certificates/{{certificate}}"),
        new($"GET {Api}/certificates/revocation-list", Operator, Permission.ConfigRead, $"{Api}/certificates/revocation-list"),
        .. Administration("roles", "name", "{role}", """{"name":"something","permissions":["config.read"]}""", """{"title":"changed"}"""),
        .. Administration("grants", "id", "{grant}", """{"user":"{user}","role":"writer"}""", """{"expires_at":"2199-01-01T00:00:00Z"}"""),
    ];

    private static IEnumerable<RouteCase> Events() =>
    [
        new($"GET {Api}/events", Project, Permission.AuditList, $"{Api}/events?total=true&limit=2"),
        new($"GET {Api}/events/{{**key}}", Project, Permission.AuditGet, $"{Api}/events/{{hidden}}"),
        new($"POST {Api}/events/{{sequence:long}}/notes", Project, Permission.AuditNote, $"{Api}/events/{{hidden}}/notes", """{"text":"a note"}"""),
        new($"GET {Api}/events/{{sequence:long}}/attachments/{{sha256}}", Project, Permission.AuditGet, $"{Api}/events/{{hidden}}/attachments/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        new($"GET {Api}/facets", Project, Permission.AuditList, $"{Api}/facets"),
        new($"GET {Api}/histogram", Project, Permission.AuditList, $"{Api}/histogram?interval=day"),
        new($"GET {Api}/export", Project, Permission.AuditExport, $"{Api}/export?manifest=true"),
        new($"GET {Api}/tail", Project, Permission.AuditList, $"{Api}/tail") { IsEndless = true },
        new($"GET {Api}/report/usage", Project, Permission.AuditList, $"{Api}/report/usage?by=day"),
        new($"GET {Api}/views", Project, Permission.AuditList, $"{Api}/views"),
        new($"GET {Api}/views/{{id}}", Project, Permission.AuditList, $"{Api}/views/{{view}}"),
        new($"POST {Api}/views", Project, Permission.AuditList, $"{Api}/views", """{"name":"something","query":"action=create"}"""),
        new($"PATCH {Api}/views/{{id}}", Project, Permission.AuditList, $"{Api}/views/{{view}}", """{"name":"changed"}"""),
        new($"DELETE {Api}/views/{{id}}", Project, Permission.AuditList, $"{Api}/views/{{view}}"),
        new($"GET {Api}/gaps", Tenant, Permission.AuditList, $"{Api}/gaps"),
        new($"GET {Api}/policies", Tenant, Permission.AuditWrite, $"{Api}/policies") { Or = Permission.ConfigRead },
        new($"PUT {Api}/policies", Tenant, Permission.ConfigWrite, $"{Api}/policies", "{}"),
        new($"GET {Api}/retention", Tenant, Permission.ConfigRead, $"{Api}/retention"),
        new($"PUT {Api}/retention", Tenant, Permission.ConfigWrite, $"{Api}/retention", """{"days":null}"""),
        new($"GET {Api}/erasures", Tenant, Permission.ConfigRead, $"{Api}/erasures"),
        new($"GET {Api}/erasures/{{id}}", Tenant, Permission.ConfigRead, $"{Api}/erasures/{{erasure}}"),
        new($"POST {Api}/erasures", Tenant, Permission.AuditErase, $"{Api}/erasures", """{"reason":"made","filter":"action=never-done"}"""),
        new($"GET {Api}/holds", Tenant, Permission.ConfigRead, $"{Api}/holds"),
        new($"GET {Api}/holds/{{id}}", Tenant, Permission.ConfigRead, $"{Api}/holds/{{hold}}"),
        new($"POST {Api}/holds", Tenant, Permission.AuditErase, $"{Api}/holds", """{"case":"made","reason":"made"}"""),
        new($"POST {Api}/holds/{{id}}/release", Tenant, Permission.AuditErase, $"{Api}/holds/{{hold}}/release", """{"reason":"over"}"""),
        new($"GET {Api}/alerts", Tenant, Permission.SinkRead, $"{Api}/alerts"),
        new($"GET {Api}/alerts/stock", Tenant, Permission.SinkRead, $"{Api}/alerts/stock"),
        new($"GET {Api}/alerts/{{id}}", Tenant, Permission.SinkRead, $"{Api}/alerts/{{alert}}"),
        new($"POST {Api}/alerts", Tenant, Permission.SinkWrite, $"{Api}/alerts", """{"name":"made","condition":"each"}"""),
        new($"PATCH {Api}/alerts/{{id}}", Tenant, Permission.SinkWrite, $"{Api}/alerts/{{alert}}", """{"severity":"error"}"""),
        new($"DELETE {Api}/alerts/{{id}}", Tenant, Permission.SinkWrite, $"{Api}/alerts/{{alert}}"),
        new($"POST {Api}/alerts/{{id}}/mute", Tenant, Permission.SinkWrite, $"{Api}/alerts/{{alert}}/mute", """{"seconds":60}"""),
        new($"POST {Api}/alerts/{{id}}/test", Tenant, Permission.SinkWrite, $"{Api}/alerts/{{alert}}/test"),
        new($"GET {Api}/reports", Tenant, Permission.SinkRead, $"{Api}/reports"),
        new($"GET {Api}/reports/{{id}}", Tenant, Permission.SinkRead, $"{Api}/reports/{{report}}"),
        new($"POST {Api}/reports", Tenant, Permission.SinkWrite | Permission.AuditList, $"{Api}/reports", """{"name":"made","channels":["for-reports"]}"""),
        new($"PATCH {Api}/reports/{{id}}", Tenant, Permission.SinkWrite | Permission.AuditList, $"{Api}/reports/{{report}}", """{"every":"day"}"""),
        new($"DELETE {Api}/reports/{{id}}", Tenant, Permission.SinkWrite, $"{Api}/reports/{{report}}"),
        new($"POST {Api}/reports/{{id}}/send", Tenant, Permission.SinkWrite | Permission.AuditList, $"{Api}/reports/{{report}}/send"),
        new($"GET {Api}/sinks", Tenant, Permission.SinkRead, $"{Api}/sinks"),
        new($"GET {Api}/sinks/types", Tenant, Permission.SinkRead, $"{Api}/sinks/types"),
        new($"GET {Api}/sinks/{{id}}", Tenant, Permission.SinkRead, $"{Api}/sinks/{{sink}}"),
        new($"POST {Api}/sinks", Tenant, Permission.SinkWrite, $"{Api}/sinks", """{"name":"made","type":"webhook","settings":{"url":"http://127.0.0.1:1/"}}"""),
        new($"PATCH {Api}/sinks/{{id}}", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}", """{"filter":"action=delete"}"""),
        new($"DELETE {Api}/sinks/{{id}}", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}"),
        new($"POST {Api}/sinks/{{id}}/test", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}/test"),
        new($"POST {Api}/sinks/{{id}}/pause", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}/pause"),
        new($"POST {Api}/sinks/{{id}}/resume", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}/resume"),
        new($"POST {Api}/sinks/{{id}}/replay", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}/replay", """{"from_sequence":0,"dry_run":true}"""),
        new($"GET {Api}/sinks/{{id}}/rejected", Tenant, Permission.SinkRead, $"{Api}/sinks/{{sink}}/rejected"),
        new($"DELETE {Api}/sinks/{{id}}/rejected", Tenant, Permission.SinkWrite, $"{Api}/sinks/{{sink}}/rejected"),
        new($"GET {Api}/quarantine", Tenant, Permission.Quarantine, $"{Api}/quarantine"),
        new($"GET {Api}/quarantine/{{sequence:long}}", Tenant, Permission.Quarantine, $"{Api}/quarantine/{{quarantined}}"),
        new($"POST {Api}/quarantine/{{sequence:long}}/replay", Tenant, Permission.Quarantine | Permission.AuditWrite, $"{Api}/quarantine/{{quarantined}}/replay"),
    ];

    private static IEnumerable<RouteCase> Log() =>
    [
        new($"GET {Api}/log/checkpoint", Tenant, Permission.ProofRead, $"{Api}/log/checkpoint"),
        new($"GET {Api}/log/checkpoint/cosigned", Tenant, Permission.ProofRead, $"{Api}/log/checkpoint/cosigned"),
        new($"GET {Api}/log/witnesses", Tenant, Permission.ProofRead, $"{Api}/log/witnesses"),
        new($"GET {Api}/log/verification", Tenant, Permission.ProofRead, $"{Api}/log/verification"),
        new($"POST {Api}/log/verification", Tenant, Permission.ProofRead, $"{Api}/log/verification"),
        new($"GET {Api}/log/key", Tenant, Permission.ProofRead, $"{Api}/log/key"),
        new($"GET {Api}/log/tile/{{level}}/{{**place}}", Tenant, Permission.ProofRead, $"{Api}/log/tile/0/000.p/1"),
        new($"GET {Api}/log/tile/kept/{{**place}}", Tenant, Permission.ProofRead | Permission.AuditExport, $"{Api}/log/tile/kept/000.p/1"),
        new($"GET {Api}/log/tile/entries/{{**place}}", Tenant, Permission.ProofRead | Permission.AuditExport, $"{Api}/log/tile/entries/000.p/1"),
        new($"GET {Api}/log/proof/inclusion", Tenant, Permission.ProofRead, $"{Api}/log/proof/inclusion?sequence=0"),
        new($"GET {Api}/log/proof/consistency", Tenant, Permission.ProofRead, $"{Api}/log/proof/consistency?from=1"),
    ];

    private static IEnumerable<RouteCase> Ui() =>
    [
        new("GET /ui/assets/{name}", Everybody, Permission.None, "/ui/assets/base.css"),
        new("GET /ui/columns.css", Everybody, Permission.None, "/ui/columns.css"),
        new("GET /ui/sign-in", Everybody, Permission.None, "/ui/sign-in"),
        new("POST /ui/sign-in", Everybody, Permission.None, "/ui/sign-in"),
        new("POST /ui/sign-out", Anybody, Permission.None, "/ui/sign-out"),
        new("GET /", Project, Permission.AuditList, "/"),
        new("GET /ui/events", Project, Permission.AuditList, "/ui/events?from=2026-01-01"),
        new("GET /ui/events/rows", Project, Permission.AuditList, "/ui/events/rows?from=2026-01-01&cursor=MSAxODk5OTA0MDAwMDAwMDAwIDEwMDAg"),
        new("GET /ui/event/{**key}", Project, Permission.AuditGet, "/ui/event/{hidden}"),
        new("GET /ui/v/{id}", Project, Permission.AuditList, "/ui/v/{view}"),
        new("GET /ui/sources", Project, Permission.AuditList, "/ui/sources"),
        new("GET /ui/usage", Project, Permission.AuditList, "/ui/usage?from=2026-01-01"),
        new("GET /ui/sinks", Tenant, Permission.SinkRead, "/ui/sinks"),
        new("GET /ui/sinks/new", Tenant, Permission.SinkWrite, "/ui/sinks/new?type=webhook"),
        new("GET /ui/sinks/{id}", Tenant, Permission.SinkRead, "/ui/sinks/{sink}"),
        new("GET /ui/alerts", Tenant, Permission.SinkRead, "/ui/alerts"),
        new("GET /ui/alerts/new", Tenant, Permission.SinkWrite, "/ui/alerts/new"),
        new("GET /ui/alerts/{id}", Tenant, Permission.SinkRead, "/ui/alerts/{alert}"),
        new("GET /ui/viewer", Everybody, Permission.None, "/ui/viewer"),
        new("GET /ui/viewer/part", Project, Permission.AuditList, "/ui/viewer/part?from=2026-01-01"),
        new("GET /ui/viewer/rows", Project, Permission.AuditList, "/ui/viewer/rows?from=2026-01-01&cursor=MSAxODk5OTA0MDAwMDAwMDAwIDEwMDAg"),
        new("GET /ui/viewer/event/{key}", Project, Permission.AuditGet, "/ui/viewer/event/{hidden}"),
        new("GET /ui/integrity", Tenant, Permission.ProofRead, "/ui/integrity"),
        new("GET /ui/me", Anybody, Permission.None, "/ui/me"),
        new("GET /ui/admin/users", Tenant, Permission.AccessRead, "/ui/admin/users"),
        new("GET /ui/admin/users/{id}", Tenant, Permission.AccessRead, "/ui/admin/users/{user}"),
        new("GET /ui/admin/applications", Tenant, Permission.AccessRead, "/ui/admin/applications"),
        new("GET /ui/admin/applications/{id}", Tenant, Permission.AccessRead, "/ui/admin/applications/{application}"),
        new("GET /ui/admin/keys", Tenant, Permission.AccessRead, "/ui/admin/keys"),
        new("GET /ui/admin/roles", Tenant, Permission.AccessRead, "/ui/admin/roles"),
        new("GET /ui/admin/grants", Tenant, Permission.AccessRead, "/ui/admin/grants"),
        new("GET /ui/admin/tenants", Tenant, Permission.ConfigRead, "/ui/admin/tenants"),
        new("GET /ui/admin/capture", Tenant, Permission.ConfigRead, "/ui/admin/capture"),
        new("GET /ui/admin/retention", Tenant, Permission.ConfigRead, "/ui/admin/retention"),
    ];

    private static IEnumerable<RouteCase> Ingest() =>
    [
        new($"POST {Api}/events", Project, Permission.AuditWrite, $"{Api}/events", """{"action":"create","scope":{"project":{"id":"p2"}}}"""),
        new($"POST {Api}/import", Tenant, Permission.AuditWrite, $"{Api}/import?from=pcd", "[]"),
        new("POST /ingest/kubernetes", Tenant, Permission.AuditWrite, "/ingest/kubernetes", """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}"""),
        new("POST /ingest/kubernetes/{key}/{cluster?}", Tenant, Permission.AuditWrite, "/ingest/kubernetes/nokey", """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}""") { TakesKeyInPath = true },
        new("POST /ingest/ucp", Tenant, Permission.AuditWrite, "/ingest/ucp", "{}"),
        new("POST /ingest/ucp/{key}", Tenant, Permission.AuditWrite, "/ingest/ucp/nokey", "{}") { TakesKeyInPath = true },
        new("POST /ingest/cadf", Tenant, Permission.AuditWrite, "/ingest/cadf", "{}"),
        new("POST /ingest/cadf/{key}/{region?}", Tenant, Permission.AuditWrite, "/ingest/cadf/nokey", "{}") { TakesKeyInPath = true },
        new("POST /ingest/journal/upload", Tenant, Permission.AuditWrite, "/ingest/journal/upload", "A=b\n\n"),
        new("POST /ingest/journal/{key}/upload", Tenant, Permission.AuditWrite, "/ingest/journal/nokey/upload", "A=b\n\n") { TakesKeyInPath = true },
        new("POST /ingest/linux-audit", Tenant, Permission.AuditWrite, "/ingest/linux-audit", "type=EOE msg=audit(1.0:1):\n"),
        new("POST /ingest/linux-audit/{key}/{host?}", Tenant, Permission.AuditWrite, "/ingest/linux-audit/nokey", "type=EOE msg=audit(1.0:1):\n") { TakesKeyInPath = true },
        new("POST /v1/logs", Tenant, Permission.AuditWrite, "/v1/logs", "{}"),
        new("POST /ingest/otlp/v1/logs", Tenant, Permission.AuditWrite, "/ingest/otlp/v1/logs", "{}"),
        new("POST /ingest/otlp/{key}/v1/logs", Tenant, Permission.AuditWrite, "/ingest/otlp/nokey/v1/logs", "{}") { TakesKeyInPath = true },
    ];

    private static IEnumerable<RouteCase> UpCloud() =>
    [
        new("GET /1.3/audit-logs", Project, Permission.AuditList, "/1.3/audit-logs"),
        new("GET /1.3/audit-logs/filter-options", Project, Permission.AuditList, "/1.3/audit-logs/filter-options"),
        new("GET /1.3/audit-logs/export", Project, Permission.AuditExport, "/1.3/audit-logs/export"),
        new("GET /1.3/audit-logs/{cloud_event_id}", Project, Permission.AuditGet, "/1.3/audit-logs/{hiddenId}"),
    ];

    private static IEnumerable<RouteCase> DockerUcp() =>
    [
        .. Engine(""),
        .. Engine("/v1.{minor}"),
        new("POST /auth/login", Everybody, Permission.None, "/auth/login", """{"username":"nobody","password":"wrong"}"""),
        new("GET /api/support", Tenant, Permission.AuditExport, "/api/support"),
        new("GET /api/ucp/config/logging", Tenant, Permission.ConfigRead, "/api/ucp/config/logging"),
        new("PUT /api/ucp/config/logging", Tenant, Permission.ConfigWrite, "/api/ucp/config/logging", """{"logLevel":"INFO","auditLevel":"metadata","supportDumpIncludeAuditLogs":false}"""),
        new("GET /api/ucp/config-toml", Tenant, Permission.ConfigRead, "/api/ucp/config-toml"),
        new("PUT /api/ucp/config-toml", Tenant, Permission.ConfigWrite, "/api/ucp/config-toml", ""),
    ];

    private static IEnumerable<RouteCase> Engine(string prefix)
    {
        var called = prefix.Replace("{minor}", "40", StringComparison.Ordinal);
        return
        [
            new($"GET {prefix}/_ping", Everybody, Permission.None, called + "/_ping"),
            new($"HEAD {prefix}/_ping", Everybody, Permission.None, called + "/_ping"),
            new($"GET {prefix}/containers/{{name}}/json", Project, Permission.AuditList, called + "/containers/ucp-controller/json"),
            new($"GET {prefix}/containers/{{name}}/logs", Project, Permission.AuditList, called + "/containers/ucp-controller/logs?stdout=1&tail=all"),
        ];
    }

    private static IEnumerable<RouteCase> PlatformPcd() =>
    [
        new("GET /keystone/v3", Everybody, Permission.None, "/keystone/v3"),
        new("POST /keystone/v3/auth/tokens", Everybody, Permission.None, "/keystone/v3/auth/tokens", "{}"),
        new("GET /keystone/v3/auth/tokens", Anybody, Permission.None, "/keystone/v3/auth/tokens"),
        new("GET /resmgr/audit/export", Tenant, Permission.AuditExport, "/resmgr/audit/export"),
        new("GET /resmgr/audit/filters", Tenant, Permission.AuditExport, "/resmgr/audit/filters"),
    ];

    private static IEnumerable<RouteCase> SpectroPalette() =>
    [
        new("POST /v1/auth/authenticate", Everybody, Permission.None, "/v1/auth/authenticate", """{"emailId":"nobody","password":"wrong"}"""),
        new("GET /v1/audits", Project, Permission.AuditList, "/v1/audits"),
        new("GET /v1/audits/export", Project, Permission.AuditExport, "/v1/audits/export"),
        new("GET /v1/audits/{uid}", Project, Permission.AuditGet, "/v1/audits/{hiddenId}"),
        new("GET /v1/audits/{uid}/sysMsg", Project, Permission.AuditGet, "/v1/audits/{hiddenId}/sysMsg"),
        new("PATCH /v1/audits/{uid}/userMsg", Project, Permission.AuditNote, "/v1/audits/{hiddenId}/userMsg", """{"userMsg":"a note"}"""),
        new("GET /v1/tenants/{tenantUid}/assets/dataSinks", Tenant, Permission.ConfigRead, "/v1/tenants/{tenant}/assets/dataSinks"),
        new("POST /v1/tenants/{tenantUid}/assets/dataSinks", Tenant, Permission.ConfigWrite, "/v1/tenants/{tenant}/assets/dataSinks", "{}"),
        new("PUT /v1/tenants/{tenantUid}/assets/dataSinks", Tenant, Permission.ConfigWrite, "/v1/tenants/{tenant}/assets/dataSinks", "{}"),
        new("DELETE /v1/tenants/{tenantUid}/assets/dataSinks", Tenant, Permission.ConfigWrite, "/v1/tenants/{tenant}/assets/dataSinks"),
        new("POST /v1/clouds/aws/cloudwatch/validate", Tenant, Permission.ConfigRead, "/v1/clouds/aws/cloudwatch/validate", "{}"),
        new("POST /v1/datasinks/cloudwatch", Tenant, Permission.ConfigWrite, "/v1/datasinks/cloudwatch", "{}"),
    ];

    private static IEnumerable<RouteCase> RunAi() =>
    [
        new("POST /api/v1/token", Everybody, Permission.None, "/api/v1/token", "{}"),
        new("POST /api/v2/token", Everybody, Permission.None, "/api/v2/token", "{}"),
        new("POST /v1/k8s/auth/oauth/apptoken", Everybody, Permission.None, "/v1/k8s/auth/oauth/apptoken", "{}"),
        new("GET /v1/k8s/audit", Project, Permission.AuditList, "/v1/k8s/audit"),
        new("GET /api/v1/audit/log", Project, Permission.AuditList, "/api/v1/audit/log?start=2026-01-01T00:00:00Z&end=2026-12-31T00:00:00Z"),
        new("GET /api/v1/audit/log/file", Project, Permission.AuditExport, "/api/v1/audit/log/file?start=2026-01-01T00:00:00Z&end=2026-12-31T00:00:00Z"),
    ];

    private static IEnumerable<RouteCase> Administration(string group, string parameter, string id, string made, string changed) =>
    [
        new($"GET {Api}/{group}", Tenant, Permission.AccessRead, $"{Api}/{group}"),
        new($"GET {Api}/{group}/{{{parameter}}}", Tenant, Permission.AccessRead, $"{Api}/{group}/{id}"),
        new($"POST {Api}/{group}", Tenant, Permission.AccessWrite, $"{Api}/{group}", made),
        new($"PATCH {Api}/{group}/{{{parameter}}}", Tenant, Permission.AccessWrite, $"{Api}/{group}/{id}", changed),
        new($"DELETE {Api}/{group}/{{{parameter}}}", Tenant, Permission.AccessWrite, $"{Api}/{group}/{id}"),
    ];
}
