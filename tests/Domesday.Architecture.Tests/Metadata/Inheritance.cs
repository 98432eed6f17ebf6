using System.Reflection;

namespace Domesday.Architecture.Tests.Metadata;

/// <summary>Which classes of an assembly may be derived from.</summary>
internal static class Inheritance
{
    /// <returns>Classes that are neither sealed nor abstract, and that no class of the assembly derives from.</returns>
    public static IEnumerable<string> OpenWithoutHeirs(CompiledAssembly assembly)
    {
        var bases = assembly.Reader.TypeDefinitions.Select(handle => assembly.Reader.GetTypeDefinition(handle).BaseType).ToHashSet();
        return from handle in assembly.WrittenTypes
               let attributes = assembly.Reader.GetTypeDefinition(handle).Attributes
               where (attributes & (TypeAttributes.Sealed | TypeAttributes.Abstract | TypeAttributes.Interface)) == 0 && !bases.Contains(handle)
               select $"{assembly.NamespaceOf(handle)}.{assembly.NameOf(handle)}";
    }
}
