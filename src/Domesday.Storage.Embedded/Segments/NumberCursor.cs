namespace Domesday.Storage.Embedded.Segments;

/// <summary>Reads numbers of rows that are near one another, most often: keeps the page of the last one. For one thread.</summary>
/// <param name="readsAll">All of them will be read, in order: each page is taken apart at once.</param>
internal sealed class NumberCursor(NumberSection section, bool readsAll = false)
{
    private int _page = -1;
    private byte[] _bytes = [];
    private long[]? _numbers;

    public long this[int row]
    {
        get
        {
            if (row / NumberSectionWriter.PageRows != _page) Load(row / NumberSectionWriter.PageRows);
            return _numbers is { } numbers ? numbers[row % NumberSectionWriter.PageRows] : section.One(_bytes, row);
        }
    }

    private void Load(int page)
    {
        if (readsAll) section.Read(page, _numbers ??= new long[NumberSectionWriter.PageRows]);
        else _bytes = section.Page(page);
        _page = page;
    }
}
