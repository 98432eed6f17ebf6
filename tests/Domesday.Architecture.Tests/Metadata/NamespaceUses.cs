using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Domesday.Architecture.Tests.Metadata;

/// <summary>Which namespace of an assembly uses which other one of it, in signatures, attributes and method bodies.</summary>
internal sealed class NamespaceUses
{
    private readonly CompiledAssembly _assembly;
    private readonly Dictionary<(string From, string To), string> _uses = [];

    private NamespaceUses(CompiledAssembly assembly) => _assembly = assembly;

    /// <returns>Each use with one example of it.</returns>
    public static IReadOnlyDictionary<(string From, string To), string> Of(CompiledAssembly assembly)
    {
        var uses = new NamespaceUses(assembly);
        foreach (var handle in assembly.Reader.TypeDefinitions) uses.AddType(handle);
        return uses._uses;
    }

    private MetadataReader Reader => _assembly.Reader;

    private void AddType(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        var used = new UsedTypes(Reader);
        used.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations()) used.Add(Reader.GetInterfaceImplementation(implemented).Interface);
        AddAttributes(used, type.GetCustomAttributes());
        AddConstraints(used, type.GetGenericParameters());
        foreach (var fieldHandle in type.GetFields())
        {
            var field = Reader.GetFieldDefinition(fieldHandle);
            used.Add(field);
            AddAttributes(used, field.GetCustomAttributes());
        }
        foreach (var property in type.GetProperties()) AddAttributes(used, Reader.GetPropertyDefinition(property).GetCustomAttributes());
        foreach (var method in type.GetMethods()) AddMethod(used, Reader.GetMethodDefinition(method));
        foreach (var other in used.Types) AddUse(handle, other);
    }

    private void AddMethod(UsedTypes used, MethodDefinition method)
    {
        used.Add(method);
        AddAttributes(used, method.GetCustomAttributes());
        AddConstraints(used, method.GetGenericParameters());
        if (_assembly.Body(method) is not { } body) return;
        if (!body.LocalSignature.IsNil) used.Add(Reader.GetStandaloneSignature(body.LocalSignature));
        foreach (var token in IntermediateLanguage.Tokens(body.GetILReader())) used.Add((EntityHandle)MetadataTokens.Handle(token));
    }

    private void AddAttributes(UsedTypes used, CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes) used.Add(Reader.GetCustomAttribute(attribute).Constructor);
    }

    private void AddConstraints(UsedTypes used, GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => Reader.GetGenericParameter(parameter).GetConstraints()))
        {
            used.Add(Reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void AddUse(TypeDefinitionHandle from, TypeDefinitionHandle to)
    {
        var use = (_assembly.NamespaceOf(from), _assembly.NamespaceOf(to));
        if (use.Item1 != use.Item2 && IsOurs(use.Item1) && IsOurs(use.Item2)) _uses.TryAdd(use, $"{_assembly.NameOf(from)} uses {_assembly.NameOf(to)}");
    }

    private bool IsOurs(string space) => space == _assembly.Project || space.StartsWith(_assembly.Project + ".", StringComparison.Ordinal);
}
