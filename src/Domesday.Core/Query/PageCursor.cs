using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Domesday.Events;

namespace Domesday.Core.Query;

/// <summary>The place of one event in an order. A page continues strictly behind it, so that nothing is skipped or repeated while events arrive.</summary>
/// <param name="Tenant">Empty within one tenant.</param>
public readonly record struct PageCursor(Timestamp Time, string Tenant, long Sequence)
{
    private const string Version = "1";

    /// <summary>Opaque text for URLs.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version} {Time.Microseconds} {Sequence} {Tenant}")));

    public static bool TryParse(string text, [NotNullWhen(true)] out PageCursor? cursor)
    {
        cursor = null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (text.Length > 256 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length)) return false;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(' ');
        if (parts.Length != 4 || parts[0] != Version
            || !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        cursor = new(new(time), parts[3], sequence);
        return true;
    }
}
