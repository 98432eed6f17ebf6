using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Certificates;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Secrets;
using Domesday.Core.Tokens;
using Domesday.Server.Federation;
using Domesday.Server.Metrics;
using Domesday.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>Everything that runs without HTTP, in the order in which it opens; closing goes the other way round.</summary>
internal sealed class ServiceCore : IAsyncDisposable
{
    private ServiceCore(ServiceSettings settings, TimeProvider time, ILoggerFactory loggers, Meter meter, MetricsRegistry metrics, StorePair storage)
    {
        (Settings, Time, Loggers, Meter, Metrics, Storage) = (settings, time, loggers, meter, metrics, storage);
        Caps = new(storage.Store, () => Ledger?.State ?? ControlState.Empty, time);
        Pipeline = new(storage.Store, settings.EventLimits, time, new AppendMetrics(meter), Caps.Refusal);
        Queue = new(Pipeline, time, meter, loggers.CreateLogger<ServiceEventQueue>());
        Uses = new(time, Queue);
        Failures = new(Queue);
        Successes = new(Queue);
        Foreign = new(settings, time);
    }

    public ServiceSettings Settings { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public Meter Meter { get; }

    public MetricsRegistry Metrics { get; }

    public StorePair Storage { get; }

    public TenantCaps Caps { get; }

    public AppendPipeline Pipeline { get; }

    public ServiceEventQueue Queue { get; }

    public KeyUses Uses { get; }

    public SignInFailures Failures { get; }

    public SealingOptions SealingOptions => new() { DataFolder = Settings.Data, Origin = Settings.Origin, KeyPassphrase = Settings.KeyPassphrase };

    public SignInSuccesses Successes { get; }

    public ForeignIssuers Foreign { get; }

    public SecretBox Secrets { get; private set; } = null!;

    public TokenKeys TokenKeys { get; private set; } = null!;

    public ClientAuthority Authority { get; private set; } = null!;

    public TokenIssuer Tokens { get; private set; } = null!;

    public Sealer Sealer { get; private set; } = null!;

    /// <summary>Null when there can be no other node.</summary>
    public SharedKeys? SharedKeys { get; private set; }

    public ControlLedger Ledger { get; private set; } = null!;

    public CredentialCheck Credentials { get; private set; } = null!;

    /// <summary>The administrator's password, when this start made one up.</summary>
    public string? MadePassword { get; private set; }

    /// <returns>The store's problem when it cannot take what a first start must write; what is wrong with the signing key or the record of checkpoints.</returns>
    public static async ValueTask<Result<ServiceCore>> OpenAsync(ServiceSettings settings, ServeParts parts, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var meter = new Meter(AppendMetrics.MeterName);
        var metrics = new MetricsRegistry(meter);
        var storage = await parts.OpenStore(new(settings, parts.Time, meter, loggers), cancellation);
        var core = new ServiceCore(settings, parts.Time, loggers, meter, metrics, storage);
        try
        {
            var problem = await core.OpenKeysAsync(cancellation) ?? await core.OpenControlAsync(cancellation);
            if (problem is null) return core;
            await core.DisposeAsync();
            return problem;
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        Credentials?.Dispose();
        Foreign.Dispose();
        Ledger?.Dispose();
        Authority?.Dispose();
        TokenKeys?.Dispose();
        Sealer?.Dispose();
        await Storage.Store.DisposeAsync();
        Metrics.Dispose();
        Meter.Dispose();
    }

    /// <summary>One node after the other: the first one makes the keys that the others take.</summary>
    private async ValueTask<Problem?> OpenKeysAsync(CancellationToken cancellation)
    {
        var alone = await Storage.Nodes.LockAsync("start", cancellation);
        if (!alone.IsOk) return alone.Problem;
        await using var held = alone.Value;
        if (Storage.Files is { } files) SharedKeys = new(files, Path.Combine(Settings.Data, "keys"), Settings.KeyPassphrase);
        if (SharedKeys is not null && await SharedKeys.FetchAsync(cancellation) is { } different) return different;
        if ((OpenSealing() ?? OpenTokens() ?? OpenSecrets()) is { } problem) return problem;
        return SharedKeys is null ? null : await SharedKeys.ShareAsync(Sealer.KeysOf(TenantName.System)[0].PublicKey.ToArray(), cancellation);
    }

    private Problem? OpenSealing()
    {
        var opened = Sealer.Open(Storage.Store, SealingOptions, new(Storage.Nodes, Storage.Checkpoints), Meter, Time, Loggers.CreateLogger<Sealer>());
        if (opened.IsOk) Sealer = opened.Value;
        return opened.Problem;
    }

    private Problem? OpenSecrets()
    {
        var opened = SecretBox.Open(Path.Combine(Settings.Data, "keys", "secrets.key"));
        if (opened.IsOk) Secrets = opened.Value;
        return opened.Problem;
    }

    private Problem? OpenTokens()
    {
        var opened = TokenKeys.Open(Path.Combine(Settings.Data, "keys", "tokens"), Settings.KeyPassphrase, Settings.TokenKeyAge, Time);
        if (!opened.IsOk) return opened.Problem;
        TokenKeys = opened.Value;
        Tokens = new(TokenKeys, Settings.Origin, Time);
        var authority = ClientAuthority.Open(Path.Combine(Settings.Data, "keys"), Settings.KeyPassphrase, Settings.TlsClientCa, Time);
        if (authority.IsOk) Authority = authority.Value;
        return authority.Problem;
    }

    private async ValueTask<Problem?> OpenControlAsync(CancellationToken cancellation)
    {
        Ledger = await ControlLedger.OpenAsync(Storage.Reader, Pipeline, Storage.Nodes, Loggers.CreateLogger<ControlLedger>(), cancellation);
        var made = await FirstStart.EnsureAsync(Ledger, Settings.AdminPassword, Settings.Retention, Time, cancellation);
        if (!made.IsOk) return made.Problem;
        MadePassword = made.Value;
        await Uses.ReadBackAsync(Storage.Reader, Ledger.State, cancellation);
        Credentials = new(Ledger, Uses, Failures, Successes, new SignInLimiter(Time), Tokens, Authority, Foreign.All, Time, Meter);
        return null;
    }
}
