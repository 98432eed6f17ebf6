using System.Text.Json;

namespace Domesday.Core.Control;

/// <summary>What a vendor's client configured for a tenant over the vendor's own API, and reads back there.</summary>
public sealed record DialectSettingsRecord : ControlRecord
{
    public required string Tenant { get; init; }

    /// <summary>Name of the dialect.</summary>
    public required string Dialect { get; init; }

    /// <summary>An object of the dialect's own; no secrets.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>A text in the vendor's form, sealed because it may hold secrets; tenants' ledgers are not told of it.</summary>
    public string? Document { get; init; }

    public override string Key => KeyOf(Dialect, Tenant);

    public override string Label => Dialect;

    public override string? Concerns => Tenant;

    public static string KeyOf(string dialect, string tenant) => $"{dialect}/{tenant}";
}
