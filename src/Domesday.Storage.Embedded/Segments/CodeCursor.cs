namespace Domesday.Storage.Embedded.Segments;

/// <summary>Looks up values of a dictionary by their codes: keeps the page of the last one. For one thread.</summary>
/// <param name="readsAll">Most of them will be looked up: every page is kept.</param>
internal sealed class CodeCursor(DictionaryReader dictionary, bool readsAll)
{
    private readonly DictionaryPage?[] _pages = readsAll ? new DictionaryPage?[dictionary.Pages] : [];
    private DictionaryPage? _last;
    private int _lastIndex = -1;

    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            var index = code / DictionaryWriter.PageValues;
            if (index != _lastIndex) (_last, _lastIndex) = (readsAll ? _pages[index] ??= dictionary.Page(index) : dictionary.Page(index), index);
            return _last![code % DictionaryWriter.PageValues];
        }
    }
}
