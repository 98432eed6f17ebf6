namespace Domesday.Storage.Embedded.Caching;

/// <summary>Something that the cache keeps until it needs the room. Who holds on to the slot finds it again without a search.</summary>
internal sealed class CacheSlot(object value, int bytes, BlockKey? key = null)
{
    private volatile object? _value = value;

    /// <summary>Under which it is found by those who have no slot; null: by nobody else.</summary>
    public BlockKey? Key => key;

    /// <summary>What it takes in memory, about.</summary>
    public int Bytes => bytes;

    /// <summary>Whether it was asked for since the cache last looked.</summary>
    public bool WasUsed { get; set; }

    /// <summary>What is kept; null when it had to go.</summary>
    public T? Value<T>()
        where T : class
    {
        if (_value is not { } kept) return null;
        // Not written again and again: the line would travel between processors.
        if (!WasUsed) WasUsed = true;
        return (T)kept;
    }

    public void Clear() => _value = null;
}
