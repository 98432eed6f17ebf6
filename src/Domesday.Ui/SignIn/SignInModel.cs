namespace Domesday.Ui.SignIn;

/// <summary>What the form for signing in says.</summary>
/// <param name="Detail">Why it is shown, or what was wrong; null when somebody simply came.</param>
public sealed record SignInModel(string? Detail, string? User)
{
    /// <summary>Signing in was tried and refused.</summary>
    public bool IsRefused { get; init; }
}
