namespace Domesday.Core.Alerts;

/// <summary>Rules that most want, to be made by name.</summary>
public static class StockAlerts
{
    public static IReadOnlyList<StockAlert> All { get; } =
    [
        new("capture-lowered", "Capture switched off or its level lowered", "operation=control.capture_policy.set_level_none,control.capture_policy.set_level_metadata,control.capture_policy.lower", AlertConditions.Each, "critical"),
        new("failed-logins", "Many failed sign-ins", "action=login&result=failure", AlertConditions.Count, "error") { Count = 5, WindowSeconds = 300, GroupBy = ["actor.name"] },
        new("role-granted", "A role was granted", "operation=control.grant.create", AlertConditions.Each, "warning"),
        new("erasure", "Events were erased", "operation=control.erasure.create", AlertConditions.Each, "warning"),
        new("new-address-range", "Sign-in from a range of addresses that was not seen before", "action=login&result=success", AlertConditions.FirstSeen, "warning") { GroupBy = ["actor.id", AlertConditions.SourceRange] },
        new("mass-deletion", "Many deletions by one actor", "action=delete&result=success", AlertConditions.Count, "error") { Count = 20, WindowSeconds = 60, GroupBy = ["actor.id"] },
        new("sink-behind", "A sink's receiver does not take events", "operation=sink.behind", AlertConditions.Each, "error"),
        new("producer-gap", "A producer's numbers have a gap", "operation=producer.gap", AlertConditions.Each, "error") { GroupBy = ["resource.id"] },
        new("verification-failed", "A ledger does not agree with its signed checkpoint", "operation=ledger.broken", AlertConditions.Each, "critical"),
        new("witness-failed", "A witness does not cosign a ledger's checkpoints", "operation=witness.failed", AlertConditions.Each, "critical"),
        new("disk-filling", "The disk is filling", "operation=disk.low", AlertConditions.Each, "critical"),
    ];

    public static StockAlert? Find(string name) => All.FirstOrDefault(stock => stock.Name == name);
}

/// <param name="Name">What it is made by.</param>
/// <param name="Title">What people call it.</param>
public sealed record StockAlert(string Name, string Title, string Filter, string Condition, string Severity)
{
    public int Count { get; init; }

    public int WindowSeconds { get; init; }

    public IReadOnlyList<string> GroupBy { get; init; } = [];
}
