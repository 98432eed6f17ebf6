using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Domesday.Architecture.Tests.Metadata;

/// <summary>A compiled project and its debug information, read without loading it.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReaderProvider _symbols;

    private CompiledAssembly(string project, PEReader image, MetadataReaderProvider symbols) =>
        (Project, _image, _symbols, Reader, Symbols) = (project, image, symbols, image.GetMetadataReader(), symbols.GetMetadataReader());

    public string Project { get; }

    public MetadataReader Reader { get; }

    public MetadataReader Symbols { get; }

    public IReadOnlyList<string> References => [.. Reader.AssemblyReferences.Select(handle => Reader.GetString(Reader.GetAssemblyReference(handle).Name))];

    /// <summary>The types that people wrote: no closures, no state machines, nothing of source generators.</summary>
    public IEnumerable<TypeDefinitionHandle> WrittenTypes => Reader.TypeDefinitions.Where(handle => IsWritten(Reader.GetTypeDefinition(handle)));

    public static CompiledAssembly Open(string project)
    {
        var file = Repository.AssemblyFile(project);
        var image = new PEReader(File.OpenRead(file));
        return new(project, image, MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(file, ".pdb"))));
    }

    public MethodBodyBlock? Body(MethodDefinition method) => method.RelativeVirtualAddress == 0 ? null : _image.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>Name with the names of the types around it.</summary>
    public string NameOf(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        var name = Reader.GetString(type.Name);
        var generic = name.IndexOf('`', StringComparison.Ordinal);
        if (generic >= 0) name = name[..generic];
        return type.IsNested ? $"{NameOf(type.GetDeclaringType())}.{name}" : name;
    }

    /// <summary>Namespace of the outermost type; nested types share their folder.</summary>
    public string NamespaceOf(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        return type.IsNested ? NamespaceOf(type.GetDeclaringType()) : Reader.GetString(type.Namespace);
    }

    public void Dispose()
    {
        _symbols.Dispose();
        _image.Dispose();
    }

    private bool IsWritten(TypeDefinition type)
    {
        if (type.IsNested && !IsWritten(Reader.GetTypeDefinition(type.GetDeclaringType()))) return false;
        if (Reader.GetString(type.Name).Contains('<', StringComparison.Ordinal)) return false;
        return type.IsNested || Reader.GetString(type.Namespace) is { } space
            && (space == Project || space.StartsWith(Project + ".", StringComparison.Ordinal));
    }
}
