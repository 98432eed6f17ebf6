using Domesday.Core.Forwarding;

namespace Domesday.Ui.Sinks;

/// <param name="Types">What can be made.</param>
public sealed record SinksModel(IReadOnlyList<SinkLine> Sinks, IReadOnlyList<ISinkType> Types, bool MayChange);

/// <summary>One sink, and how it stands.</summary>
/// <param name="Standing">Null while it is being started.</param>
public sealed record SinkLine(SinkDefinition Sink, SinkStanding? Standing, SinkLag Lag)
{
    public SinkCursor Cursor => Standing?.Cursor ?? new SinkCursor { Next = Sink.StartSequence ?? 0 };

    public int RejectedKept => Standing?.RejectedKept ?? 0;

    public string State => Standing?.State ?? (Sink.IsPaused ? SinkStates.Paused : SinkStates.Running);

    /// <summary>Of the mark beside it.</summary>
    public string? Mark => State switch
    {
        SinkStates.Running => "good",
        SinkStates.Paused => null,
        SinkStates.Retrying => "warn",
        _ => "bad",
    };
}

/// <param name="Type">Null for a type that this version does not have.</param>
/// <param name="Rejected">What the receiver refused, oldest first.</param>
/// <param name="MayChange">The reader may, and it is not kept by another API.</param>
public sealed record OneSinkModel(SinkLine Line, ISinkType? Type, IReadOnlyList<SettingForm> Settings, IReadOnlyList<DeadLetter> Rejected, bool MayChange);

/// <param name="IsChannel">It is to carry alerts.</param>
public sealed record NewSinkModel(ISinkType Type, IReadOnlyList<SettingForm> Settings, bool IsChannel);
