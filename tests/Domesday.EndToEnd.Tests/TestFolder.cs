namespace Domesday.EndToEnd.Tests;

/// <summary>A folder of a test's own, gone when the test ends.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-e2e");

    public string this[string file] => Path.Combine(_folder.FullName, file);

    public void Dispose() => _folder.Delete(recursive: true);
}
