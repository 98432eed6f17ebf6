namespace Domesday.Cli.Commands.Demo;

/// <summary>The company that the demo shows: a small cloud, those who work with it, and its machines.</summary>
internal static class DemoWorld
{
    private const int Slots = 4_096;

    private static readonly string[] Projects = ["web", "shop", "data", "mobile", "platform", "research"];
    private static readonly string[] Regions = ["eu-north", "eu-central"];

    private static readonly string[] Names =
    [
        "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim", "laura", "mallory", "nina", "oscar", "peggy",
        "quentin", "rupert", "sybil", "trent", "ursula", "victor", "walter", "xenia", "yvonne", "zoe",
    ];

    private static readonly DemoActivity[] All =
    [
        new("identity", "login", "session", "ses", "POST", "/v3/auth/tokens", 90, 45, "401 wrong password"),
        new("identity", "create", "user", "usr", "POST", "/v3/users", 2, 20, "409 the name is taken"),
        new("identity", "update", "role_assignment", "rol", "PUT", "/v3/role_assignments", 4, 60, "403 needs the role admin"),
        new("compute", "create", "server", "srv", "POST", "/v2.1/servers", 40, 35, "403 the quota of the project is used up"),
        new("compute", "delete", "server", "srv", "DELETE", "/v2.1/servers", 34, 10, "409 the server is locked"),
        new("compute", "update", "server", "srv", "PUT", "/v2.1/servers", 45, 12, "409 another task is running"),
        new("compute", "read", "console", "con", "GET", "/v2.1/consoles", 25, 8, "404 no such server"),
        new("network", "create", "port", "prt", "POST", "/v2.0/ports", 55, 15, "409 no address is free"),
        new("network", "update", "security_group", "sg", "PUT", "/v2.0/security-groups", 22, 18, "403 not in this project"),
        new("network", "create", "router", "rtr", "POST", "/v2.0/routers", 6, 25, "400 the subnet overlaps"),
        new("storage", "create", "volume", "vol", "POST", "/v3/volumes", 38, 22, "413 the quota of the project is used up"),
        new("storage", "attach", "volume", "vol", "POST", "/v3/attachments", 36, 14, "409 the volume is in use"),
        new("storage", "delete", "volume", "vol", "DELETE", "/v3/volumes", 30, 16, "409 the volume has snapshots"),
        new("storage", "read", "object", "obj", "GET", "/v1/objects", 160, 12, "404 no such object"),
        new("database", "create", "backup", "bak", "POST", "/v1/backups", 45, 9, "503 the instance does not answer"),
        new("database", "update", "instance", "dbi", "PATCH", "/v1/instances", 12, 20, "400 the version cannot go back"),
        new("kubernetes", "update", "deployment", "dep", "PUT", "/apis/apps/v1/deployments", 150, 11, "409 the object has been modified"),
        new("kubernetes", "create", "pod", "pod", "POST", "/api/v1/pods", 130, 14, "403 exceeded quota"),
        new("kubernetes", "delete", "pod", "pod", "DELETE", "/api/v1/pods", 120, 4, "404 not found"),
        new("kubernetes", "read", "secret", "sec", "GET", "/api/v1/secrets", 40, 30, "403 secrets is forbidden"),
        new("billing", "read", "invoice", "inv", "GET", "/v1/invoices", 10, 15, "403 needs the role billing"),
    ];

    /// <summary>An activity in as many places as its weight asks for.</summary>
    public static DemoActivity[] Activities { get; } = Spread();

    public static DemoActivity Login => All[0];

    public static DemoActivity VolumeDelete => All.Single(activity => activity.Head.AsSpan().IndexOf("volume.delete"u8) >= 0);

    public static DemoActor[] People { get; } =
        [.. Names.Select((name, place) => new DemoActor("user", $"u-{1001 + place}", name, place % 9 == 0 ? "admin" : place % 4 == 0 ? "operator" : "member", Projects[place % Projects.Length], Regions[place % 2], $"10.20.{place % 4}.{20 + place}", "Mozilla/5.0 (X11; Linux x86_64)"))];

    public static DemoActor[] Machines { get; } =
    [
        .. Projects.Select((project, place) => new DemoActor("application", $"app-deploy-{project}", $"deploy-{project}", "deployer", project, Regions[place % 2], $"10.30.0.{10 + place}", "terraform/1.9")),
        .. Projects.Select((project, place) => new DemoActor("service", $"svc-autoscaler-{project}", $"autoscaler-{project}", "operator", project, Regions[place % 2], $"10.40.0.{10 + place}", "autoscaler/2.4")),
        new("system", "sys-backup", "backup", "operator", "platform", Regions[0], "10.40.1.2", "backup/5.1"),
    ];

    /// <summary>Guesses passwords one night.</summary>
    public static DemoActor Stranger { get; } = new("user", "u-1001", "alice", "admin", "web", Regions[0], "203.0.113.66", "python-requests/2.32");

    /// <summary>Deletes volumes one evening.</summary>
    public static DemoActor Leaver { get; } = new("user", "u-1013", "mallory", "member", "web", Regions[0], "198.51.100.23", "Mozilla/5.0 (Macintosh)");

    private static DemoActivity[] Spread()
    {
        var total = All.Sum(activity => activity.Weight);
        var slots = new DemoActivity[Slots];
        var (place, passed) = (0, 0);
        foreach (var activity in All)
        {
            passed += activity.Weight;
            for (; place < (long)Slots * passed / total; place++) slots[place] = activity;
        }
        return slots;
    }
}
