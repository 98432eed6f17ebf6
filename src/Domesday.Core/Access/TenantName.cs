using System.Text.RegularExpressions;
using Domesday.Core.Problems;

namespace Domesday.Core.Access;

/// <summary>The form of a tenant's name.</summary>
public static partial class TenantName
{
    /// <summary>The service's own ledger: administration, sign-ins, configuration.</summary>
    public const string System = "system";

    /// <summary>The tenant that is there from the first start.</summary>
    public const string Default = "default";

    private const string QuarantineSuffix = "~quarantine";

    /// <summary>The ledger that keeps what a tenant's machine senders sent and no parser understood.</summary>
    public static string QuarantineOf(string tenant) => tenant + QuarantineSuffix;

    /// <summary>The tenant that a ledger belongs to: itself, or the one that it stands beside.</summary>
    public static string OwnerOf(string ledger) => ledger.IndexOf('~', StringComparison.Ordinal) is var mark and >= 0 ? ledger[..mark] : ledger;

    /// <summary>Whether it is a ledger beside a tenant's own, such as its quarantine: not listed, not queried as a tenant.</summary>
    public static bool IsInternal(string tenant) => tenant.Contains('~', StringComparison.Ordinal);

    public static Problem? Check(string name) => Form().IsMatch(name)
        ? null
        : new(ProblemKind.Invalid, "A tenant's name has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.", "name");

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
