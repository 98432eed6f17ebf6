namespace Domesday.Architecture.Tests;

/// <summary>Fails a test with every offender in full, one on each line.</summary>
internal static class Offenders
{
    public static void None(IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
