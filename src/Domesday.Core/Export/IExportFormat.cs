using System.Buffers;
using Domesday.Core.Query;

namespace Domesday.Core.Export;

/// <summary>A form that events leave in: one class here, one line in <see cref="ExportCatalog"/>.</summary>
public interface IExportFormat
{
    /// <summary>What <c>format=</c> says, and the ending of the file's name.</summary>
    string Name { get; }

    string MediaType { get; }

    /// <summary>Begins one export: writes what stands before the first event.</summary>
    ExportWriter Open(IBufferWriter<byte> output);
}

/// <summary>Writes one export, event after event, in constant memory.</summary>
public abstract class ExportWriter(IBufferWriter<byte> output)
{
    protected IBufferWriter<byte> Output => output;

    /// <param name="entry">Its bytes are not used after the call.</param>
    public abstract void Write(in StoredEntry entry);

    /// <summary>Writes what stands behind the last event. An export that lacks it is cut off.</summary>
    public virtual void End()
    {
    }
}
