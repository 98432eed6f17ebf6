namespace Domesday.Storage.Embedded.Memory;

/// <summary>A list with one writer and many readers: a reader that knows how many items were published sees all of those, whatever the writer does.</summary>
/// <remarks>Growing copies into a new array; readers keep the one they have. The writer publishes a count with release semantics after adding.</remarks>
internal sealed class GrowingArray<T>
{
    private volatile T[] _items = new T[8];

    /// <summary>Items that were published; at least as many as any count that was read before.</summary>
    public T[] Items => _items;

    public void Set(int index, T item)
    {
        var items = _items;
        if (index >= items.Length)
        {
            var larger = new T[Math.Max(items.Length * 2, index + 1)];
            items.CopyTo(larger, 0);
            larger[index] = item;
            _items = larger;
            return;
        }
        items[index] = item;
    }
}
