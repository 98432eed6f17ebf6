using System.Text;
using Domesday.Events;

namespace Domesday.Cli.Connection;

/// <summary>Times as people type them.</summary>
internal static class TypedTime
{
    /// <summary>A time, or a date, which is the day's beginning in UTC.</summary>
    /// <param name="option">Where it was typed.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public static Timestamp? Read(string? text, string option)
    {
        if (text is null) return null;
        var whole = DateOnly.TryParseExact(text, "yyyy-MM-dd", out _) ? text + "T00:00:00Z" : text;
        return Timestamp.TryParse(Encoding.UTF8.GetBytes(whole), out var time, out var reason) ? time : throw new UsageException($"{option} {reason}.");
    }
}
