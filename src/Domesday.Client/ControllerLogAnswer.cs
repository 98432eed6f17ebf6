namespace Domesday.Client;

/// <summary>What became of lines of Docker UCP's <c>ucp-controller</c>.</summary>
/// <param name="Stored">Audit lines that are events now.</param>
/// <param name="Duplicate">Audit lines that were stored before.</param>
/// <param name="Quarantined">Audit lines that could not be read, and are kept as they came.</param>
/// <param name="Skipped">Lines that are no audit lines.</param>
public sealed record ControllerLogAnswer(int Stored, int Duplicate, int Quarantined, int Skipped);
