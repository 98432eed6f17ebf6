using System.Reflection;
using System.Reflection.Metadata;

namespace Domesday.Architecture.Tests.Metadata;

/// <summary>The interfaces that an assembly defines, and the ones that its types implement.</summary>
internal static class Implementations
{
    /// <returns>Full names.</returns>
    public static IEnumerable<string> Interfaces(CompiledAssembly assembly) => assembly.WrittenTypes
        .Where(handle => assembly.Reader.GetTypeDefinition(handle).Attributes.HasFlag(TypeAttributes.Interface))
        .Select(handle => $"{assembly.NamespaceOf(handle)}.{assembly.NameOf(handle)}");

    /// <returns>Full names, one for each class or struct that implements it.</returns>
    public static IEnumerable<string> Of(CompiledAssembly assembly) =>
        from handle in assembly.WrittenTypes
        let type = assembly.Reader.GetTypeDefinition(handle)
        where !type.Attributes.HasFlag(TypeAttributes.Interface)
        from implementation in type.GetInterfaceImplementations()
        let name = NameOf(assembly, assembly.Reader.GetInterfaceImplementation(implementation).Interface)
        where name is not null
        select name;

    private static string? NameOf(CompiledAssembly assembly, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition) return $"{assembly.NamespaceOf((TypeDefinitionHandle)handle)}.{assembly.NameOf((TypeDefinitionHandle)handle)}";
        if (handle.Kind != HandleKind.TypeReference) return null;
        var reference = assembly.Reader.GetTypeReference((TypeReferenceHandle)handle);
        return $"{assembly.Reader.GetString(reference.Namespace)}.{assembly.Reader.GetString(reference.Name)}";
    }
}
