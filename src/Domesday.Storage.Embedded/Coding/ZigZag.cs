namespace Domesday.Storage.Embedded.Coding;

/// <summary>Numbers near zero, negative or not, as small ones without a sign.</summary>
internal static class ZigZag
{
    public static ulong Of(long value) => (ulong)(value << 1 ^ value >> 63);

    public static long Back(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
