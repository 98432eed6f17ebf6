using Domesday.Core.Export;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>A kind of receiver: one folder in Domesday.Sinks, one line in its catalogue.</summary>
public interface ISinkType
{
    /// <summary>Such as <c>webhook</c>.</summary>
    string Name { get; }

    /// <summary>What people call the receiver, such as <c>AWS CloudWatch Logs</c>.</summary>
    string Title { get; }

    /// <summary>What people are told about each setting, in the order of the form.</summary>
    IReadOnlyList<SettingText> Settings { get; }

    /// <summary>Names of the settings that are kept encrypted and shown masked.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>Names of the settings that decide who is given the secrets: who changes one of them has to give those again, or could send them to a receiver of their own without knowing them.</summary>
    IReadOnlyList<string> Destination => [];

    /// <summary>It reaches into the machine that the service runs on: only those who run the service may make one.</summary>
    bool IsForOperators => false;

    /// <summary>Its sinks are <see cref="IFileReceiver"/>.</summary>
    bool TakesFiles => false;

    /// <summary>The form that events have there when nothing else is said: one of <see cref="EventFormats"/>.</summary>
    string FormatDefault => EventFormats.Json;

    /// <summary>Checks the settings and makes a sink of them; nothing is connected yet.</summary>
    /// <returns><see cref="Problems.ProblemKind.Invalid"/> with every fault.</returns>
    Problems.Result<ISink> Open(SinkSettings settings, SinkContext context);
}

/// <summary>One receiver. It may be given the same event twice, and says what the receiver took, refused and did not take yet.</summary>
/// <remarks>Used by one caller at a time.</remarks>
public interface ISink : IAsyncDisposable
{
    SinkLimits Limits { get; }

    /// <summary>Writes an event as the receiver wants it; the result is the event's <see cref="SinkEvent.Payload"/>.</summary>
    RecordWriter Write { get; }

    /// <summary>Hands events over, in their order, and waits for the receiver's answer.</summary>
    /// <exception cref="Exception">The receiver could not be reached, or broke off: nothing is known of the batch, and it is sent again.</exception>
    ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation);
}

/// <summary>What a sink gets from the service.</summary>
/// <param name="Format">Writes an event in the form that was asked for.</param>
public sealed record SinkContext(string Id, string Tenant, string Name, RecordWriter Format, string FormatName, SinkEnvironment Environment, TimeProvider Time, ILogger Logger);

/// <summary>What the service's settings say to all sinks.</summary>
/// <param name="FilesFolder">Where sinks may write files.</param>
/// <param name="Output">Standard output.</param>
public sealed record SinkEnvironment(string FilesFolder, Stream Output)
{
    /// <summary>Every call to AWS goes there; null: to AWS.</summary>
    public Uri? AwsEndpoint { get; init; }

    /// <summary>What sealed archives carry beside their events; null: nothing.</summary>
    public ICheckpointSource? Checkpoints { get; init; }
}

/// <summary>One event on its way.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Payload">As the sink wrote it.</param>
public sealed record SinkEvent(long Sequence, string Id, Events.Timestamp Time, ReadOnlyMemory<byte> Payload);

/// <summary>What the receiver takes at once.</summary>
/// <param name="EventsMax">Events of a batch.</param>
/// <param name="BytesMax">Payloads of a batch together, what the receiver adds to each included.</param>
/// <param name="EventBytesMax">One payload; a larger one is rejected here.</param>
public sealed record SinkLimits(int EventsMax, int BytesMax, int EventBytesMax)
{
    /// <summary>What the receiver adds to each event when it counts bytes.</summary>
    public int OverheadBytes { get; init; }

    /// <summary>How long a batch that is not full waits for more.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the receiver has to answer.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How old an event may become before the receiver refuses it; null: it takes any.</summary>
    public TimeSpan? AgeMax { get; init; }
}
