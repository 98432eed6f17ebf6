namespace Domesday.Dialects.RunAi;

/// <summary>What may differ between installations.</summary>
internal sealed record RunAiOptions
{
    /// <summary>The <c>tenantId</c> of records on the old route that were not imported with one.</summary>
    public int TenantNumber { get; init; } = 1;
}
