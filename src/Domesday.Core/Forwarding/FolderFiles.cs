using Domesday.Core.Nodes;
using Domesday.Core.Sealing;

namespace Domesday.Core.Forwarding;

/// <summary>Files in a folder, for a service of one node.</summary>
public sealed class FolderFiles(string folder) : IKeptFiles
{
    public IReadOnlyList<string> Names => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];

    public byte[]? Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    public void Replace(string name, byte[] content)
    {
        DurableFile.MakeFolderOf(PathOf(name));
        DurableFile.Replace(PathOf(name), content);
    }

    public void Append(string name, byte[] content)
    {
        DurableFile.MakeFolderOf(PathOf(name));
        using var file = DurableFile.OpenToAppend(PathOf(name));
        file.Write(content);
        file.Flush();
        DurableFile.Sync(file.SafeFileHandle);
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    private string PathOf(string name) => Path.Combine(folder, name);
}
