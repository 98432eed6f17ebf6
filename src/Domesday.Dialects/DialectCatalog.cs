using Domesday.Dialects.UpCloud;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects;

/// <summary>The vendors' APIs that the service answers to.</summary>
public static class DialectCatalog
{
    public static IReadOnlyList<IDialect> Dialects { get; } = [new UpCloudDialect(new UpCloudOptions())];
}
