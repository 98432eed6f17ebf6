using System.Numerics;

namespace Domesday.Cli.Commands.Demo;

/// <summary>The same numbers for the same seed, on every machine and in every version.</summary>
/// <remarks>Source: SplitMix64, Steele, Lea and Flood, «Fast Splittable Pseudorandom Number Generators», 2014.</remarks>
internal struct DemoRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ _state >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return mixed ^ mixed >> 31;
    }

    /// <summary>0 to below <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(Math.BigMul(Next(), (ulong)end, out _) & int.MaxValue);

    /// <summary>True as often as <paramref name="perMille"/> of a thousand times.</summary>
    public bool Chance(int perMille) => Below(1_000) < perMille;

    /// <summary>Another sequence, for a part of the work.</summary>
    public static DemoRandom For(ulong seed, long part) => new(BitOperations.RotateLeft(seed * 0xD1342543DE82EF95, 17) ^ (ulong)part * 0x2545F4914F6CDD1D);
}
