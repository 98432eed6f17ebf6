namespace Domesday.Cli.Connection;

/// <summary>What was typed cannot be done; the sentence says what to type instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
