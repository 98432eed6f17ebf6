using Domesday.Events.Merkle;

namespace Domesday.Core.Witnesses;

/// <summary>Somebody outside who remembers what this service signed, and cosigns what continues it.</summary>
/// <param name="Url">Where <c>add-checkpoint</c> lies below.</param>
public sealed record Witness(Uri Url, WitnessKey Key);

/// <summary>What a witness answered.</summary>
/// <param name="Status">HTTP status code; 0 when it could not be reached.</param>
/// <param name="Body">Its words, or why it could not be reached.</param>
public readonly record struct WitnessReply(int Status, string Body);

/// <summary>Sends a request to <c>add-checkpoint</c> of a witness.</summary>
public delegate ValueTask<WitnessReply> AskWitness(Witness witness, string body, CancellationToken cancellation);
