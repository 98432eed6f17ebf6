namespace Domesday.Browser.Tests;

/// <summary>All tests share one service and one browser.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Site>
{
    public const string Name = "browser";
}
