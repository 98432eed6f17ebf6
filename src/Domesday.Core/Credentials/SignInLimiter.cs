using System.Net;
using System.Net.Sockets;

namespace Domesday.Core.Credentials;

/// <summary>Slows those who guess: after some failures, each further one of the same account from the same address, or from one address at all, costs a longer wait.</summary>
/// <remarks>
/// Per account and address together, so that a stranger elsewhere cannot lock an account's owner out. A few failures are free, because programs retry
/// a refused sign-in some times by themselves. Forgets after <see cref="ForgetAfter"/> without a failure. Bounded in memory.
/// </remarks>
public sealed class SignInLimiter(TimeProvider time)
{
    /// <summary>Failures of one account from one address before the first wait.</summary>
    public const int FreePerAccount = 10;

    /// <summary>Failures from one address before the first wait: a proxy or a household may stand behind it.</summary>
    public const int FreePerAddress = 100;

    private const int EntriesMax = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public static TimeSpan WaitMax { get; } = TimeSpan.FromMinutes(1);

    public static TimeSpan ForgetAfter { get; } = TimeSpan.FromMinutes(15);

    /// <returns>How long the caller must wait; null when it may try now.</returns>
    public TimeSpan? Wait(string account, IPAddress? address)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var until = Math.Max(Until(AccountKey(account, address)), Until(AddressKey(address)));
            return until > now ? time.GetElapsedTime(now, until) : null;
        }
    }

    public void Failed(string account, IPAddress? address)
    {
        lock (_lock)
        {
            if (_entries.Count >= EntriesMax) Sweep();
            Count(AccountKey(account, address), FreePerAccount);
            Count(AddressKey(address), FreePerAddress);
        }
    }

    /// <summary>Forgets the account's failures from there; the address keeps its own.</summary>
    public void Succeeded(string account, IPAddress? address)
    {
        lock (_lock) _entries.Remove(AccountKey(account, address));
    }

    /// <summary>The address as guesses are counted by: an IPv6 client has a whole /64.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }

    private static string AccountKey(string account, IPAddress? address) => $"{account[..Math.Min(account.Length, 128)]} {NetworkOf(address)}";

    private static string AddressKey(IPAddress? address) => NetworkOf(address);

    private long Until(string key) => _entries.TryGetValue(key, out var entry) && !IsForgotten(entry) ? entry.Until : 0;

    private void Count(string key, int free)
    {
        var now = time.GetTimestamp();
        var failures = _entries.TryGetValue(key, out var entry) && !IsForgotten(entry) ? entry.Failures + 1 : 1;
        var wait = failures < free ? 0 : Math.Min(Math.Pow(2, Math.Min(failures - free, 30)), WaitMax.TotalSeconds);
        _entries[key] = new(failures, now, now + (long)(wait * time.TimestampFrequency));
    }

    private bool IsForgotten(Entry entry) => time.GetElapsedTime(entry.LastFailure) > ForgetAfter;

    /// <summary>Drops what is forgotten anyway, and, when that is not enough, the older half.</summary>
    private void Sweep()
    {
        foreach (var (key, entry) in _entries)
        {
            if (IsForgotten(entry)) _entries.Remove(key);
        }
        if (_entries.Count < EntriesMax / 2) return;
        foreach (var (key, _) in _entries.OrderBy(entry => entry.Value.LastFailure).Take(EntriesMax / 2).ToList()) _entries.Remove(key);
    }

    private readonly record struct Entry(int Failures, long LastFailure, long Until);
}
