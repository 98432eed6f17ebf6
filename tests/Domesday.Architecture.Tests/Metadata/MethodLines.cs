using System.Reflection.Metadata;

namespace Domesday.Architecture.Tests.Metadata;

/// <summary>How many source lines each method spans, from its first statement to its closing brace.</summary>
internal static class MethodLines
{
    /// <returns>Type.Method → lines. Constructors are left out: they also hold the initial values of fields.</returns>
    public static IReadOnlyDictionary<string, int> Of(CompiledAssembly assembly)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var handle in assembly.Reader.TypeDefinitions)
        {
            foreach (var method in assembly.Reader.GetTypeDefinition(handle).GetMethods())
            {
                var name = NameOf(assembly, handle, method);
                var span = Span(assembly.Symbols, method);
                if (!name.Contains(".ctor", StringComparison.Ordinal) && !name.Contains(".cctor", StringComparison.Ordinal) && span > lines.GetValueOrDefault(name)) lines[name] = span;
            }
        }
        return lines;
    }

    private static int Span(MetadataReader symbols, MethodDefinitionHandle method)
    {
        var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
        var points = information.GetSequencePoints().Where(point => !point.IsHidden && IsWritten(symbols, point.Document)).ToList();
        return points.Count == 0 ? 0 : points.Max(point => point.EndLine) - points.Min(point => point.StartLine) + 1;
    }

    private static bool IsWritten(MetadataReader symbols, DocumentHandle document) =>
        !symbols.GetString(symbols.GetDocument(document).Name).EndsWith(".g.cs", StringComparison.Ordinal);

    /// <summary>A state machine or a closure bears its method's name between angle brackets.</summary>
    private static string NameOf(CompiledAssembly assembly, TypeDefinitionHandle type, MethodDefinitionHandle method)
    {
        var name = $"{assembly.NameOf(type)}.{assembly.Reader.GetString(assembly.Reader.GetMethodDefinition(method).Name)}";
        var (open, close) = (name.IndexOf('<', StringComparison.Ordinal), name.IndexOf('>', StringComparison.Ordinal));
        return open < 0 || close < open + 2 ? name : name[..open] + name[(open + 1)..close];
    }
}
