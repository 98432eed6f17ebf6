namespace Domesday.Server.OpenApi;

/// <summary>What there is to say about the routes: one line for each surface.</summary>
internal static class RouteTexts
{
    public static IReadOnlyList<SurfaceText> All { get; } =
    [
        EventTexts.Surface, LedgerTexts.Surface, SettingTexts.Surface, AccessTexts.Surface, OperationTexts.Surface, SourceTexts.Surface, SinkTexts.Surface, AlertTexts.Surface, ReportTexts.Surface, HoldTexts.Surface, ErasureTexts.Surface,
        DockerUcpTexts.Surface, PlatformPcdTexts.Surface, UpCloudTexts.Surface, SpectroPaletteTexts.Surface, RunAiTexts.Surface,
    ];
}
