namespace Domesday.Dialects.SpectroPalette;

/// <summary>What may differ between installations.</summary>
internal sealed record SpectroPaletteOptions
{
    /// <summary>Largest page, and the page when <c>limit</c> is not given. 1 to 10,000; the vendor has 50.</summary>
    public int LimitMax { get; init; } = 50;
}
