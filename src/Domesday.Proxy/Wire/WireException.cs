namespace Domesday.Proxy.Wire;

/// <summary>What came over the wire is no HTTP, or could be read in two ways.</summary>
/// <param name="status">That a client is answered with.</param>
internal sealed class WireException(int status, string reason) : Exception(reason)
{
    public int Status { get; } = status;
}
