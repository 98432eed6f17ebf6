using Domesday.Cli.Terminal;
using Domesday.Events;

namespace Domesday.Cli.Commands.Query;

/// <summary>Events as rows.</summary>
internal static class EventTable
{
    public static PeopleTable Create() => new("#SEQUENCE", "TIME", "SERVICE", "ACTION", "ACTOR", "RESOURCE", "RESULT", "FROM");

    public static void Add(PeopleTable table, AuditEvent one) => table.Add(
        $"{one.Sequence}", PlainText.Of(one.Time), one.Service, one.Action, one.Actor?.Name ?? one.Actor?.Id, Resource(one), Result(one), one.Source?.Ip);

    /// <summary>What it was done to; of a note its text.</summary>
    private static string Resource(AuditEvent one)
    {
        if (one is { RefersTo: { } about, Reason.Text: { } text }) return $"on {about}: {text}";
        var name = one.Resource?.Name ?? one.Resource?.Id;
        return string.Join(' ', new[] { one.Resource?.Type, name }.OfType<string>());
    }

    private static string Result(AuditEvent one) => string.Join(' ', new[] { one.Outcome?.Result?.ToString().ToLowerInvariant(), one.Outcome?.Status?.ToString() }.OfType<string>());
}
