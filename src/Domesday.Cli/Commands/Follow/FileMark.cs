using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Domesday.Cli.Commands.Follow;

/// <summary>By what a log is known again under another name: its first bytes. Every line of an audit log has a time or an id, so that no two logs begin alike.</summary>
/// <param name="Bytes">How many of them, up to <see cref="BytesMax"/>; fewer while the file is shorter.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record FileMark(int Bytes, string Sha256)
{
    public const int BytesMax = 1_024;

    [JsonIgnore]
    public bool IsEmpty => Bytes == 0;

    public static FileMark Of(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, BytesMax)];
        return new(head.Length, Convert.ToHexStringLower(SHA256.HashData(head)));
    }

    /// <summary>Whether a file that begins so is the one that was marked.</summary>
    public bool Fits(ReadOnlySpan<byte> head) => Bytes > 0 && head.Length >= Bytes && Of(head[..Bytes]) == this;
}
