using Domesday.Core.Export;
using Domesday.Events.Json;

namespace Domesday.Dialects.DockerUcp;

/// <summary>One event as the line that <c>ucp-controller</c> prints, as Go writes it; sinks have the same form, see <see cref="UcpRecord"/>.</summary>
internal static class DockerUcpRecord
{
    /// <summary>Appends the line, without its end.</summary>
    /// <param name="json">Room for one event, that is used again.</param>
    public static void Append(EntryFields entry, RecordJson json, ByteBuffer output)
    {
        json.Clear();
        UcpRecord.Write(entry, json);
        AppendAsGo(json, output);
    }

    /// <summary>Appends JSON as Go's encoder escapes it.</summary>
    public static void AppendAsGo(RecordJson json, ByteBuffer output) => UcpRecord.AppendAsGo(json.Written, output);
}
