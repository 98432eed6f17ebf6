using System.Security.Cryptography;

namespace Domesday.Core.Forwarding;

/// <summary>How long to leave a receiver alone: twice as long with each failure, up to a limit, and never shorter than it asked for.</summary>
/// <remarks>A random part spreads those who failed together, so that they do not come again together.</remarks>
public sealed class Backoff(TimeSpan first, TimeSpan max)
{
    private const int Parts = 1_000;
    private const int DoublingsMax = 30;

    /// <summary>What a receiver may ask for at most.</summary>
    public static TimeSpan AskedMax { get; } = TimeSpan.FromHours(1);

    private int _failures;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _failures;

    public void Reset() => _failures = 0;

    /// <summary>The next pause: half of it certain, half of it by chance; beyond what was asked for up to a tenth more.</summary>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        var whole = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, DoublingsMax)), max.TotalMilliseconds);
        var chance = RandomNumberGenerator.GetInt32(Parts) / (double)Parts;
        var own = TimeSpan.FromMilliseconds(whole / 2 * (1 + chance));
        if (asked is not { } wish || wish <= TimeSpan.Zero) return own;
        var least = wish < AskedMax ? wish : AskedMax;
        return own > least ? own : least * (1 + (chance / 10));
    }
}
