using Domesday.Events;

namespace Domesday.Client;

/// <summary>The values of fields among the events that match.</summary>
/// <param name="CompleteThrough">Everything received until then is counted.</param>
public sealed record FacetsAnswer(IReadOnlyList<Facet> Fields, Timestamp CompleteThrough);

/// <param name="Field">One of <see cref="EventSelection.Fields"/>, or <c>tenant</c>.</param>
/// <param name="Values">Most frequent first.</param>
/// <param name="Distinct">How many values there are, which may be more than <paramref name="Values"/> has.</param>
public sealed record Facet(string Field, IReadOnlyList<FacetValue> Values, long Distinct);

public sealed record FacetValue(string Value, long Count);
