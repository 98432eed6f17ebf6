using Domesday.Core.Problems;

namespace Domesday.Core.Control;

/// <summary>A sink, as those see it who send things by it.</summary>
/// <param name="IsChannel">It gets nothing by itself.</param>
/// <param name="TakesFiles">Its receiver takes whole files, too.</param>
public sealed record SinkChannel(string Id, bool IsChannel, bool TakesFiles)
{
    /// <summary>The ids of the sinks that something is to be sent by; what is wrong with them is added to the faults.</summary>
    /// <param name="find">A sink by id or name; null for none.</param>
    /// <param name="files">What is sent are files.</param>
    internal static List<string> IdsOf(IReadOnlyList<string> wanted, Func<string, SinkChannel?> find, bool files, List<ProblemFault> faults)
    {
        var ids = new List<string>();
        for (var i = 0; i < wanted.Count; i++)
        {
            var sink = find(wanted[i]);
            var fault = sink switch
            {
                null => "is no sink of the tenant",
                { IsChannel: false } => "is a sink that gets events; make one with \"channel\": true",
                { TakesFiles: false } when files => "is of a type that takes no files: use mail or webhook",
                _ => null,
            };
            if (fault is null) ids.Add(sink!.Id);
            else faults.Add(new(null, $"channels[{i}]", fault));
        }
        return ids;
    }
}
