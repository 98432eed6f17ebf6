namespace Domesday.Ui.Viewer;

/// <summary>Who may show the viewer's page.</summary>
/// <param name="Origins">Such as <c>https://portal.example.com</c>, as a content security policy names them; empty for nobody.</param>
public sealed record ViewerOptions(IReadOnlyList<string> Origins);
