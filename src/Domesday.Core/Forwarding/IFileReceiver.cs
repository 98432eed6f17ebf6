namespace Domesday.Core.Forwarding;

/// <summary>A sink whose receiver also takes whole files, such as a report.</summary>
public interface IFileReceiver
{
    /// <summary>Hands a file over, and waits for the receiver's answer.</summary>
    /// <exception cref="Exception">The receiver could not be reached, or broke off: nothing is known of the file.</exception>
    ValueTask<Delivery> DeliverFileAsync(SinkFile file, CancellationToken cancellation);
}

/// <summary>One file on its way.</summary>
/// <param name="Id">The same whenever the file is sent again.</param>
/// <param name="Name">Such as <c>usage.csv</c>; ASCII, without a folder.</param>
/// <param name="Title">A sentence that says what it is.</param>
public sealed record SinkFile(string Id, string Name, string MediaType, string Title, ReadOnlyMemory<byte> Content);
