using Domesday.Core.Access;
using static Domesday.Server.Tests.Access.RouteFor;

namespace Domesday.Server.Tests.Access;

/// <summary>Every route of the service, whom it is for, and how it is called. A route that is not here fails <see cref="NegativeMatrixTests"/>.</summary>
internal static class RouteTable
{
    private const string Api = "/audit/v1";

    public static IReadOnlyList<RouteCase> All { get; } = [.. Open(), .. Access(), .. Events(), .. Log(), .. Ingest(), .. UpCloud()];

    private static IEnumerable<RouteCase> Open() =>
    [
        new("GET /healthz", Everybody, Permission.None, "/healthz"),
        new("GET /readyz", Everybody, Permission.None, "/readyz"),
        new("GET /problems/{kind}", Everybody, Permission.None, "/problems/notfound"),
        new("GET /.well-known/jwks.json", Everybody, Permission.None, "/.well-known/jwks.json"),
        new($"POST {Api}/sign-in", Everybody, Permission.None, $"{Api}/sign-in", """{"user":"nobody","password":"wrong"}"""),
        new($"POST {Api}/sign-out", Anybody, Permission.None, $"{Api}/sign-out"),
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
        new($"GET {Api}/quarantine", Tenant, Permission.Quarantine, $"{Api}/quarantine"),
        new($"GET {Api}/quarantine/{{sequence:long}}", Tenant, Permission.Quarantine, $"{Api}/quarantine/{{quarantined}}"),
        new($"POST {Api}/quarantine/{{sequence:long}}/replay", Tenant, Permission.Quarantine | Permission.AuditWrite, $"{Api}/quarantine/{{quarantined}}/replay"),
    ];

    private static IEnumerable<RouteCase> Log() =>
    [
        new($"GET {Api}/log/checkpoint", Tenant, Permission.ProofRead, $"{Api}/log/checkpoint"),
        new($"GET {Api}/log/key", Tenant, Permission.ProofRead, $"{Api}/log/key"),
        new($"GET {Api}/log/tile/{{level}}/{{**place}}", Tenant, Permission.ProofRead, $"{Api}/log/tile/0/000.p/1"),
        new($"GET {Api}/log/tile/entries/{{**place}}", Tenant, Permission.ProofRead | Permission.AuditExport, $"{Api}/log/tile/entries/000.p/1"),
        new($"GET {Api}/log/proof/inclusion", Tenant, Permission.ProofRead, $"{Api}/log/proof/inclusion?sequence=0"),
        new($"GET {Api}/log/proof/consistency", Tenant, Permission.ProofRead, $"{Api}/log/proof/consistency?from=1"),
    ];

    private static IEnumerable<RouteCase> Ingest() =>
    [
        new($"POST {Api}/events", Project, Permission.AuditWrite, $"{Api}/events", """{"action":"create","scope":{"project":{"id":"p2"}}}"""),
        new("POST /ingest/kubernetes", Tenant, Permission.AuditWrite, "/ingest/kubernetes", """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}"""),
        new("POST /ingest/kubernetes/{key}/{cluster?}", Tenant, Permission.AuditWrite, "/ingest/kubernetes/nokey", """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}""") { TakesKeyInPath = true },
    ];

    private static IEnumerable<RouteCase> UpCloud() =>
    [
        new("GET /1.3/audit-logs", Project, Permission.AuditList, "/1.3/audit-logs"),
        new("GET /1.3/audit-logs/filter-options", Project, Permission.AuditList, "/1.3/audit-logs/filter-options"),
        new("GET /1.3/audit-logs/export", Project, Permission.AuditExport, "/1.3/audit-logs/export"),
        new("GET /1.3/audit-logs/{cloud_event_id}", Project, Permission.AuditGet, "/1.3/audit-logs/{hiddenId}"),
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
