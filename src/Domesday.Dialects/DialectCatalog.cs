using Domesday.Dialects.DockerUcp;
using Domesday.Dialects.PlatformPcd;
using Domesday.Dialects.RunAi;
using Domesday.Dialects.SpectroPalette;
using Domesday.Dialects.UpCloud;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects;

/// <summary>The vendors' APIs that the service answers to.</summary>
public static class DialectCatalog
{
    public static IReadOnlyList<IDialect> Dialects { get; } =
    [
        new DockerUcpDialect(new DockerUcpOptions()),
        new PlatformPcdDialect(new PlatformPcdOptions()),
        new RunAiDialect(new RunAiOptions()),
        new SpectroPaletteDialect(new SpectroPaletteOptions()),
        new UpCloudDialect(new UpCloudOptions()),
    ];
}
