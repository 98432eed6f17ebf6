using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>What each kind of condition means. The differential suite finds what these examples leave out.</summary>
public abstract class FilterConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static readonly AuditEvent[] Sample =
    [
        Event("0", "create") with
        {
            Time = Second(0),
            Service = "network",
            Actor = new() { Name = "Alice", Id = "u-1", Groups = ["ops", "admins"] },
            Resource = new() { Type = "router", Id = "r-1", Name = "edge \"1\"" },
            Outcome = new() { Result = OutcomeResult.Success, Status = 201 },
        },
        Event("1", "delete") with
        {
            Time = Second(10),
            Service = "network",
            Actor = new() { Name = "bob", Id = "u-2", Groups = ["ops"] },
            Resource = new() { Type = "router", Id = "r-2" },
            Outcome = new() { Result = OutcomeResult.Failure, Status = 403, Reason = "forbidden" },
        },
        Event("2", "login") with { Time = Second(20), Actor = new() { Name = "ALICE", Id = "u-3" }, Source = new() { Ip = "10.0.0.1" } },
        Event("3", "create") with { Time = Second(5), Service = "compute", Actor = new() { Name = "ünïcode 😀 \\ \n" }, Request = new() { Id = "q-1" }, RefersTo = 1 },
    ];

    [Fact]
    public async Task Equality_takes_any_of_several_values()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 1], await SequencesAsync(FieldCondition.Is(EventField.Service, "network")));
        Assert.Equal([0, 1, 3], await SequencesAsync(FieldCondition.Is(EventField.Service, "network", "compute", "absent")));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.Action, "create", "delete", "login")));
        Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Service, "Network")));
        Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Service)));
    }

    [Fact]
    public async Task Several_conditions_must_all_hold()
    {
        await AppendAsync(Sample);
        Assert.Equal([0], await SequencesAsync(FieldCondition.Is(EventField.Service, "network"), FieldCondition.Is(EventField.Action, "create")));
        Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Service, "compute"), FieldCondition.Is(EventField.Action, "delete")));
        Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Action, "create"), FieldCondition.Is(EventField.Action, "delete")));
    }

    [Fact]
    public async Task A_negated_condition_takes_events_without_the_field_too()
    {
        await AppendAsync(Sample);
        Assert.Equal([2, 3], await SequencesAsync(FieldCondition.Is(EventField.Service, "network") with { Not = true }));
        Assert.Equal([2], await SequencesAsync(FieldCondition.Is(EventField.Service, "network", "compute") with { Not = true }));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.Service, "absent") with { Not = true }));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.Service) with { Not = true }));
    }

    [Fact]
    public async Task Presence_and_absence_are_conditions()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 1, 3], await SequencesAsync(new FieldCondition(EventField.Service, MatchKind.Present, [])));
        Assert.Equal([2], await SequencesAsync(new FieldCondition(EventField.Service, MatchKind.Present, []) { Not = true }));
        Assert.Equal([0, 1], await SequencesAsync(new FieldCondition(EventField.ActorGroups, MatchKind.Present, [])));
    }

    [Fact]
    public async Task Parts_of_texts_are_found_at_the_beginning_at_the_end_and_anywhere()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 1], await SequencesAsync(new FieldCondition(EventField.ResourceId, MatchKind.StartsWith, ["r-"])));
        Assert.Equal([1], await SequencesAsync(new FieldCondition(EventField.ResourceId, MatchKind.EndsWith, ["2"])));
        Assert.Equal([0], await SequencesAsync(new FieldCondition(EventField.ResourceName, MatchKind.Contains, ["\"1\""])));
        Assert.Equal([3], await SequencesAsync(new FieldCondition(EventField.ActorName, MatchKind.Contains, ["😀 \\ "])));
        Assert.Equal([3], await SequencesAsync(new FieldCondition(EventField.ActorName, MatchKind.EndsWith, ["\n"])));
        Assert.Equal([0, 1], await SequencesAsync(new FieldCondition(EventField.ResourceId, MatchKind.Contains, ["1", "2"])));
        Assert.Equal([2, 3], await SequencesAsync(new FieldCondition(EventField.ResourceId, MatchKind.Contains, ["-"]) { Not = true }));
    }

    [Fact]
    public async Task Case_is_ignored_only_when_asked_and_only_for_ascii()
    {
        await AppendAsync(Sample);
        Assert.Equal([0], await SequencesAsync(FieldCondition.Is(EventField.ActorName, "Alice")));
        Assert.Equal([0, 2], await SequencesAsync(FieldCondition.Is(EventField.ActorName, "alice") with { IgnoreCase = true }));
        Assert.Equal([1, 3], await SequencesAsync(FieldCondition.Is(EventField.ActorName, "ALICE") with { IgnoreCase = true, Not = true }));
        Assert.Equal([0, 2], await SequencesAsync(new FieldCondition(EventField.ActorName, MatchKind.Contains, ["LIC"]) { IgnoreCase = true }));
        Assert.Equal([3], await SequencesAsync(new FieldCondition(EventField.ActorName, MatchKind.StartsWith, ["üNïCODE"]) { IgnoreCase = true }));
        Assert.Empty(await SequencesAsync(new FieldCondition(EventField.ActorName, MatchKind.StartsWith, ["Ünïcode"]) { IgnoreCase = true }));
    }

    [Fact]
    public async Task Lists_numbers_addresses_and_times_can_be_asked_for()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 1], await SequencesAsync(FieldCondition.Is(EventField.ActorGroups, "ops")));
        Assert.Equal([0], await SequencesAsync(FieldCondition.Is(EventField.ActorGroups, "admins", "others")));
        Assert.Equal([1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.ActorGroups, "admins") with { Not = true }));
        Assert.Equal([1], await SequencesAsync(FieldCondition.Is(EventField.OutcomeStatus, "403")));
        Assert.Equal([3], await SequencesAsync(FieldCondition.Is(EventField.RefersTo, "1")));
        Assert.Equal([2], await SequencesAsync(FieldCondition.Is(EventField.SourceIp, "10.0.0.1")));
        Assert.Equal([1], await SequencesAsync(FieldCondition.Is(EventField.Time, Second(10).ToString())));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.Tenant, Tenant)));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(FieldCondition.Is(EventField.SourceKind, "conformance")));
    }

    [Fact]
    public async Task Times_are_taken_from_the_first_moment_up_to_but_not_the_last()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 1, 3], await SequencesAsync(new EventFilter { From = Second(0), To = Second(20) }));
        Assert.Equal([1, 2, 3], await SequencesAsync(new EventFilter { From = Second(5) }));
        Assert.Equal([0], await SequencesAsync(new EventFilter { To = Second(5) }));
        Assert.Equal([1, 2], await SequencesAsync(new EventFilter { From = new(Second(5).Microseconds + 1) }));
        Assert.Empty(await SequencesAsync(new EventFilter { From = Second(5), To = Second(5) }));
        Assert.Empty(await SequencesAsync(new EventFilter { From = Second(20), To = Second(0) }));
    }

    [Fact]
    public async Task Sequences_are_taken_from_the_first_up_to_but_not_the_last()
    {
        await AppendAsync(Sample);
        Assert.Equal([1, 2], await SequencesAsync(new EventFilter { FromSequence = 1, ToSequence = 3 }));
        Assert.Equal([2, 3], await SequencesAsync(new EventFilter { FromSequence = 2 }));
        Assert.Empty(await SequencesAsync(new EventFilter { FromSequence = 4 }));
        Assert.Empty(await SequencesAsync(new EventFilter { ToSequence = 0 }));
        Assert.Equal([0, 1, 2, 3], await SequencesAsync(new EventFilter { FromSequence = -5, ToSequence = long.MaxValue }));
    }

    [Fact]
    public async Task A_keyword_is_searched_among_ids_names_and_addresses()
    {
        await AppendAsync(Sample);
        Assert.Equal([0], await SequencesAsync(new EventFilter { Search = new("r-1", SearchMode.Exact) }));
        Assert.Equal([0], await SequencesAsync(new EventFilter { Search = new("Alice", SearchMode.Exact) }));
        Assert.Equal([2], await SequencesAsync(new EventFilter { Search = new("10.0.0.1", SearchMode.Exact) }));
        Assert.Equal([3], await SequencesAsync(new EventFilter { Search = new("q-1", SearchMode.Exact) }));
        Assert.Empty(await SequencesAsync(new EventFilter { Search = new("r-", SearchMode.Exact) }));
        Assert.Empty(await SequencesAsync(new EventFilter { Search = new("network", SearchMode.Exact) }));
    }

    [Fact]
    public async Task A_part_is_searched_without_regard_to_case_in_what_people_read()
    {
        await AppendAsync(Sample);
        Assert.Equal([0, 2], await SequencesAsync(new EventFilter { Search = new("alic", SearchMode.Substring) }));
        Assert.Equal([0, 1], await SequencesAsync(new EventFilter { Search = new("OUTE", SearchMode.Substring) }));
        Assert.Equal([1], await SequencesAsync(new EventFilter { Search = new("forbid", SearchMode.Substring) }));
        Assert.Equal([0], await SequencesAsync(new EventFilter { Search = new("E", SearchMode.Substring), Conditions = [FieldCondition.Is(EventField.ActorId, "u-1")] }));
        Assert.Empty(await SequencesAsync(new EventFilter { Search = new("10.0.0", SearchMode.Substring) }));
    }

    [Fact]
    public async Task Counting_agrees_with_listing()
    {
        await AppendAsync(Sample);
        var filter = new EventFilter { Conditions = [FieldCondition.Is(EventField.Action, "create")], From = Second(1) };
        Assert.Equal(1, Value(await Reader.CountAsync(Whole, filter, Cancellation)));
        Assert.Equal(4, Value(await Reader.CountAsync(Whole, EventFilter.All, Cancellation)));
        Assert.Equal(1, (await ListAsync(new() { Filter = filter, Total = true })).Total);
    }
}
