namespace Domesday.Server.Metrics;

/// <summary>Builds a series' labels without allocating; what does not fit makes it <see cref="IsCut"/>.</summary>
internal ref struct LabelText(Span<char> buffer)
{
    public const int CharsMax = 1_024;

    private readonly Span<char> _buffer = buffer;

    public int Length { get; private set; }

    public bool IsCut { get; private set; }

    public readonly ReadOnlySpan<char> Text => _buffer[..Length];

    public void Append(char letter)
    {
        if (Length < _buffer.Length) _buffer[Length++] = letter;
        else IsCut = true;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var letter in text) Append(letter);
    }
}
