using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>How grave an event is, where a form asks for it.</summary>
public static class EventSeverity
{
    /// <summary>Label of an alert: critical, error, warning or info.</summary>
    public const string Label = "severity";

    private const int Critical = 2;
    private const int Error = 3;
    private const int Warning = 4;
    private const int Notice = 5;
    private const int Information = 6;

    /// <summary>As syslog counts: an alert's own, else warning for a failure and notice for everything else.</summary>
    /// <remarks>Source: RFC 5424 §6.2.1.</remarks>
    public static int Of(EntryFields entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var isAlert = entry.Is(EventField.Operation, "alert.fired"u8);
        return (isAlert ? entry.Label(Label) : null) switch
        {
            "critical" => Critical,
            "error" => Error,
            "warning" => Warning,
            "info" => Information,
            _ => entry.Is(EventField.OutcomeResult, "failure"u8) ? Warning : Notice,
        };
    }
}
