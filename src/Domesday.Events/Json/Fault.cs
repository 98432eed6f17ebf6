namespace Domesday.Events.Json;

/// <summary>What is wrong with one field of an event.</summary>
/// <param name="Field">Path such as <c>actor.name</c> or <c>request.body.items[3].name</c>; empty for the event as a whole.</param>
/// <param name="Reason">Continues the field's name in a sentence: «is empty: leave it out».</param>
public readonly record struct Fault(string Field, string Reason);
