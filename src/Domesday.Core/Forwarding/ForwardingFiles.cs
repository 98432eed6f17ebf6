using Domesday.Core.Nodes;

namespace Domesday.Core.Forwarding;

/// <summary>Where forwarding keeps its files.</summary>
/// <param name="Cursors">How far sinks are, and what their receivers rejected; changed by the node that forwards alone.</param>
/// <param name="Asked">Where other nodes leave what people ask of sinks; null when there can be no other node.</param>
public sealed record ForwardingFiles(IKeptFiles Cursors, IKeptFiles? Asked = null);
