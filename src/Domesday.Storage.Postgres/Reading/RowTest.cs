using System.Globalization;
using Domesday.Storage.Postgres.Blocks;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A condition on one column of a block, or several of which one must hold.</summary>
internal abstract class RowTest
{
    public abstract BlockColumns Columns { get; }

    /// <summary>Keys of which a block has at least one when an event in it may pass; null when keys do not tell.</summary>
    public virtual IReadOnlyList<int>? Keys => null;

    /// <summary>The same for two tests that pass the same events of a ledger, another one for any other test.</summary>
    public abstract string Text { get; }

    public abstract bool Passes(EventBlock block, int index);

    /// <summary>The events of a run that pass, in order.</summary>
    /// <param name="found">Room for all of them.</param>
    /// <returns>How many.</returns>
    public virtual int Find(EventBlock block, int from, int to, Span<int> found)
    {
        for (var i = from; i < to; i++) found[i - from] = i;
        return Keep(block, found[..(to - from)]);
    }

    /// <summary>Keeps of some events those that pass.</summary>
    /// <returns>How many; they stand in front.</returns>
    public virtual int Keep(EventBlock block, Span<int> indexes)
    {
        var kept = 0;
        foreach (var index in indexes)
        {
            if (Passes(block, index)) indexes[kept++] = index;
        }
        return kept;
    }

    /// <summary>The code is one of some, or none of them.</summary>
    /// <param name="place">Among the coded columns.</param>
    public sealed class CodeIn(BlockColumns column, int place, IReadOnlyCollection<int> codes, bool not, int ledger) : RowTest
    {
        private readonly HashSet<int> _codes = [.. codes];
        private readonly int _only = codes.Count == 1 ? codes.First() : 0;

        public override BlockColumns Columns => column;

        public override string Text => TextOf("code", place, not, _codes);

        public override IReadOnlyList<int>? Keys => not || _codes.Count > KeysMax ? null : [.. _codes.Select(code => BlockKeys.OfCode(ledger, place, code))];

        public override bool Passes(EventBlock block, int index)
        {
            var code = block.Code(place, index);
            return (_only > 0 ? code == _only : _codes.Contains(code)) != not;
        }

        /// <remarks>The same without a call for each of the millions that a total may have to look at.</remarks>
        public override int Find(EventBlock block, int from, int to, Span<int> found)
        {
            if (_only == 0 || not) return base.Find(block, from, to, found);
            return block.Codes(place)?.Find(_only, from, to, found) ?? 0;
        }

        /// <inheritdoc cref="Find"/>
        public override int Keep(EventBlock block, Span<int> indexes)
        {
            if (block.Codes(place) is not { } column) return not ? indexes.Length : 0;
            return _only > 0 && !not ? column.Keep(_only, indexes) : column.Keep(_codes, not, indexes);
        }
    }

    /// <summary>The hash is one of some, or none of them.</summary>
    /// <param name="place">Among the hashed columns.</param>
    public sealed class HashIn(BlockColumns column, int place, IReadOnlyCollection<long> hashes, bool not, int ledger) : RowTest
    {
        private readonly HashSet<long> _hashes = [.. hashes];

        public override BlockColumns Columns => column;

        public override string Text => TextOf("hash", place, not, _hashes);

        public override IReadOnlyList<int>? Keys => not || _hashes.Count > KeysMax || !BlockKeys.HashedPlaces.Contains(place) ? null : [.. _hashes.Select(hash => BlockKeys.OfHash(ledger, place, hash))];

        public override bool Passes(EventBlock block, int index) => _hashes.Contains(block.Hash(place, index)) != not;

        /// <remarks>As for codes.</remarks>
        public override int Keep(EventBlock block, Span<int> indexes)
        {
            if (not || _hashes.Count != 1) return base.Keep(block, indexes);
            return block.Hashes(place)?.Keep(_hashes.First(), indexes) ?? 0;
        }
    }

    /// <summary>The event has the field, or has not.</summary>
    public sealed class Present(BlockColumns column, int codePlace, int hashPlace, bool not) : RowTest
    {
        public override BlockColumns Columns => column;

        public override string Text => TextOf("present", codePlace >= 0 ? codePlace : ~hashPlace, not, Enumerable.Empty<int>());

        public override bool Passes(EventBlock block, int index) => (codePlace >= 0 ? block.Code(codePlace, index) != 0 : block.Hash(hashPlace, index) != 0) != not;
    }

    /// <summary>One of several passes.</summary>
    public sealed class Any(IReadOnlyList<RowTest> tests) : RowTest
    {
        public override BlockColumns Columns { get; } = tests.Aggregate(BlockColumns.None, (columns, test) => columns | test.Columns);

        public override string Text => $"any({string.Join(' ', tests.Select(test => test.Text))})";

        public override IReadOnlyList<int>? Keys => tests.Any(test => test.Keys is null) || tests.Sum(test => test.Keys!.Count) > KeysMax ? null : [.. tests.SelectMany(test => test.Keys!)];

        public override bool Passes(EventBlock block, int index) => tests.Any(test => test.Passes(block, index));
    }

    private static string TextOf<T>(string kind, int place, bool not, IEnumerable<T> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} {place}{(not ? " not" : "")} {string.Join(',', values.Order())}");

    /// <summary>Beyond so many values nearly every block has one of them.</summary>
    private const int KeysMax = 100;
}
