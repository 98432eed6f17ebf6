using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;

namespace Domesday.Core.Erasures;

/// <summary>Tells by which erasure an event went.</summary>
public sealed class GoneEvents(ControlLedger ledger)
{
    /// <summary>Says of an event that is gone when and by which erasure it went, to those who see the whole tenant; any other problem as it is.</summary>
    /// <param name="key">What was asked for: a sequence, or an id, of which that is not known any more.</param>
    public Problem Explain(AccessScope scope, string key, Problem problem)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(problem);
        if (problem.Kind != ProblemKind.Gone || !scope.IsWholeTenant || scope.Tenant is not { } tenant || !long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return problem;
        return Of(tenant, sequence) is { } erasure ? new(ProblemKind.Gone, $"Event {key} was erased at {erasure.CompletedAt}, by the erasure {erasure.Id}. Its place and its leaf hash stay.") : problem;
    }

    /// <returns>Null when the event did not go by an erasure, or by one so large that its list is not at hand.</returns>
    private ErasureRecord? Of(string tenant, long sequence) => ledger.State.Erasures.Values
        .Where(erasure => erasure.Tenant == tenant && erasure.CompletedAt is not null && sequence >= erasure.First && sequence <= erasure.Last && erasure.Sequences is { } list && SequenceRanges.Contains(list, sequence))
        .MinBy(erasure => erasure.CompletedAt);
}
