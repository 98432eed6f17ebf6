using System.Diagnostics;
using Amazon.S3;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.S3Archive;

/// <summary>A real store that speaks S3 and locks objects: Ceph's gateway, with a monitor and a store in memory, on this machine alone.</summary>
internal sealed class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "DOMESDAYTESTS";
    public const string SecretKey = "a secret of the tests";

    private static readonly string[] Programs = ["ceph-authtool", "monmaptool", "ceph-mon", "ceph-osd", "radosgw", "ceph", "radosgw-admin"];

    private readonly TestFolder _folder = new();
    private readonly List<Process> _daemons = [];
    private readonly int _port = OutsideProgram.FreePort();

    private RadosGateway()
    {
    }

    public string Url => $"http://127.0.0.1:{_port}";

    private string Configuration => _folder["ceph.conf"];

    private string Keyring => _folder["keyring"];

    /// <summary>Starts it, with a user who has <see cref="AccessKey"/>; takes half a minute. The test is skipped, with the reason, where its programs are not there.</summary>
    public static async Task<RadosGateway> StartAsync()
    {
        foreach (var program in Programs) OutsideProgram.Need(program, "Debian packages ceph-mon, ceph-osd, ceph-common and radosgw");
        var gateway = new RadosGateway();
        try
        {
            await gateway.StartDaemonsAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that owns the buckets.</summary>
    public AmazonS3Client Client() => new(AccessKey, SecretKey, new AmazonS3Config { ServiceURL = Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1", RequestChecksumCalculation = Amazon.Runtime.RequestChecksumCalculation.WHEN_REQUIRED });

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons.AsEnumerable().Reverse()) await OutsideProgram.EndAsync(daemon);
        _folder.Dispose();
    }

    private async Task StartDaemonsAsync()
    {
        var (monitor, cluster) = ($"127.0.0.1:{OutsideProgram.FreePort()}", Guid.NewGuid());
        await File.WriteAllTextAsync(Configuration, $"""
            [global]
            fsid = {cluster}
            mon_host = v2:{monitor}
            mon_initial_members = a
            public_network = 127.0.0.0/8
            keyring = {Keyring}
            run_dir = {_folder["run"]}
            admin_socket = {_folder["run"]}/$name.asok
            log_file =
            osd_pool_default_size = 1
            osd_pool_default_min_size = 1
            osd_pool_default_pg_num = 1
            osd_pool_default_pg_autoscale_mode = off
            osd_crush_chooseleaf_type = 0
            osd_objectstore = memstore
            memstore_device_bytes = 1073741824
            mon_allow_pool_size_one = true
            mon_data = {_folder["mon"]}
            mon_data_avail_crit = 0
            osd_data = {_folder["osd"]}
            rgw_frontends = "beast endpoint=127.0.0.1:{_port}"
            rgw_data = {_folder["rgw"]}
            rgw_enable_usage_log = false

            """, TestContext.Current.CancellationToken);
        foreach (var made in (string[])["run", "mon", "osd", "rgw"]) Directory.CreateDirectory(_folder[made]);
        await MakeKeysAsync();
        await RunAsync("monmaptool", "--create", "--fsid", $"{cluster}", "--addv", "a", $"[v2:{monitor}]", _folder["monmap"]);
        await RunAsync("ceph-mon", "--mkfs", "-i", "a", "--monmap", _folder["monmap"], "-c", Configuration, "--keyring", Keyring);
        Start("ceph-mon", "-i", "a");
        await RunAsync("ceph", "-c", Configuration, "osd", "create", $"{cluster}");
        await RunAsync("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", $"{cluster}", "-c", Configuration);
        Start("ceph-osd", "-i", "0");
        Start("radosgw", "-n", "client.rgw.a");
        await OutsideProgram.WaitForAsync(_port, _daemons[^1]);
        await RunAsync("radosgw-admin", "-c", Configuration, "-n", "client.rgw.a", "user", "create", "--uid", "domesday", "--display-name", "Domesday", "--access-key", AccessKey, "--secret-key", SecretKey);
    }

    private async Task MakeKeysAsync()
    {
        (string Name, string[] Rights)[] keys =
        [
            ("mon.", ["--cap", "mon", "allow *"]),
            ("client.admin", ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]),
            ("osd.0", ["--cap", "mon", "allow profile osd", "--cap", "osd", "allow *"]),
            ("client.rgw.a", ["--cap", "mon", "allow rw", "--cap", "osd", "allow rwx"]),
        ];
        await RunAsync("ceph-authtool", "--create-keyring", Keyring);
        foreach (var (name, rights) in keys) await RunAsync("ceph-authtool", [Keyring, "--gen-key", "-n", name, .. rights]);
    }

    /// <summary>In the foreground, so that its end is the process's.</summary>
    private void Start(string daemon, params string[] arguments) =>
        _daemons.Add(OutsideProgram.Start(OutsideProgram.Need(daemon, "Ceph"), new Dictionary<string, string>(), ["-f", "-c", Configuration, .. arguments]));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (status, output) = await OutsideProgram.RunAsync(OutsideProgram.Need(program, "Ceph"), arguments);
        Assert.True(status == 0, $"{program}: {output}");
    }
}
