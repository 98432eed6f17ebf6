using Domesday.Core.Access;
using Domesday.Core.Problems;

namespace Domesday.Core.Control;

/// <summary>What is wrong with permissions and projects that somebody asks to give.</summary>
internal static class PermissionChecks
{
    private const int PermissionsMax = 50;
    private const int ProjectsMax = 100;

    /// <summary>Longest project id, in UTF-16 code units.</summary>
    private const int ProjectCharsMax = 128;

    public static void Add(IReadOnlyList<string> permissions, List<ProblemFault> faults)
    {
        if (permissions.Count > PermissionsMax) faults.Add(new(null, "permissions", $"has more than {PermissionsMax} names"));
        for (var i = 0; i < permissions.Count; i++)
        {
            if (!PermissionNames.TryParseGroup(permissions[i], out _)) faults.Add(new(null, $"permissions[{i}]", $"must be one of {string.Join(", ", PermissionNames.All)}, or a group such as config.*"));
        }
    }

    public static void AddProjects(IReadOnlyList<string> projects, List<ProblemFault> faults)
    {
        if (projects.Count is 0 or > ProjectsMax) faults.Add(new(null, "projects", $"must have 1 to {ProjectsMax} ids: leave it out for all projects"));
        for (var i = 0; i < projects.Count; i++)
        {
            if (projects[i].Length is 0 or > ProjectCharsMax || projects[i].Any(char.IsControl))
                faults.Add(new(null, $"projects[{i}]", $"must have 1 to {ProjectCharsMax} characters, and no control characters"));
        }
    }
}
