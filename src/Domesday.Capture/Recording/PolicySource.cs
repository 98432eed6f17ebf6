using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Domesday.Client;
using Domesday.Events.Capture;
using Domesday.Events.Json;

namespace Domesday.Capture.Recording;

/// <summary>The policy that is in force: the service's, as soon as somebody has set one there; else the capturer's own. Kept in a file, so that a start without the service knows it.</summary>
public sealed class PolicySource : IAsyncDisposable
{
    private const int WaitSeconds = 60;

    private readonly CompiledPolicy _own;
    private readonly bool _ignoresNothing;
    private readonly string? _file;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private volatile CompiledPolicy _current;
    private Task _run = Task.CompletedTask;
    private long? _version;

    /// <param name="own">In force while nobody has set a policy at the service.</param>
    /// <param name="file">Where the service's policy is kept; null: nowhere.</param>
    /// <param name="ignoresNothing">A service's policy without an ignore list of its own ignores nothing, where Docker's endpoints have no meaning.</param>
    public PolicySource(CompiledPolicy own, string? file, bool ignoresNothing, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(own);
        _ignoresNothing = ignoresNothing;
        (_own, _current, _file, _time) = (own, own, file, time);
        if (file is not null && File.Exists(file)) Load(file);
    }

    public CompiledPolicy Current => _current;

    /// <summary>Version of the service's policy that is known; null: none was seen yet, 0: nobody has set one.</summary>
    public long? Version => _version;

    /// <summary>Why the service could not be asked the last time; null after it could.</summary>
    public string? LastError { get; private set; }

    /// <summary>Called with each new policy; from any thread.</summary>
    public Action? Changed { get; set; }

    /// <summary>Begins to follow the service's policy.</summary>
    public void Follow(DomesdayClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _run = Task.Run(() => FollowAsync(client));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task FollowAsync(DomesdayClient client)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var answer = await client.CapturePolicies.GetAsync(_version, WaitSeconds, _stop.Token);
                LastError = null;
                if (answer is not null && answer.Version != _version) Take(answer, isNew: true);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is, such as a folder that may not be written any more, it must not end the following.
                LastError = exception.Message;
                await PauseAsync(exception is ProblemException { Status: (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden });
            }
        }
    }

    /// <summary>Short enough that a change arrives within 5 s of the service's return; at random, so that many do not come at once.</summary>
    private async Task PauseAsync(bool isRefused)
    {
        var least = isRefused ? 4_000 : 500;
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(least + RandomNumberGenerator.GetInt32(1_000)), _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    private void Load(string file)
    {
        try
        {
            Take(PolicyAnswer.Read(File.ReadAllBytes(file)), isNew: false);
        }
        catch (JsonException exception)
        {
            LastError = $"{file}: {exception.Message}";
        }
    }

    private void Take(PolicyAnswer answer, bool isNew)
    {
        var faults = new List<Fault>();
        var compiled = answer.Version == 0 ? _own : CompiledPolicy.TryCompile(_ignoresNothing ? answer.Policy with { Ignore = answer.Policy.Ignore ?? [] } : answer.Policy, faults);
        if (compiled is null)
        {
            // What is in force stays; the version is noted, so that the next change is waited for.
            LastError = $"The service's policy cannot be used: {faults[0].Field} {faults[0].Reason}.";
            _version = answer.Version;
            return;
        }
        // In force at once, also where it cannot be kept for the next start.
        (_current, _version) = (compiled, answer.Version);
        Changed?.Invoke();
        if (!isNew || _file is null) return;
        File.WriteAllBytes(_file + ".new", answer.Write());
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
