using System.Globalization;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A filter as a condition in SQL on the rows of one ledger, and what of it the entries themselves must decide.</summary>
internal sealed class FilterSql
{
    private readonly StringBuilder _where = new("ledger = $1");
    private readonly List<Func<NpgsqlParameter>> _parameters = [];
    private readonly LedgerSnapshot _ledger;

    private FilterSql(LedgerSnapshot ledger, EventFilter filter)
    {
        (_ledger, Filter) = (ledger, filter);
        Add(() => new NpgsqlParameter<int> { TypedValue = ledger.Id });
    }

    public EventFilter Filter { get; }

    /// <summary>Condition, with parameters from <c>$1</c> on.</summary>
    public string Where => _where.ToString();

    /// <summary>The number that the next parameter has.</summary>
    public int NextParameter => _parameters.Count + 1;

    /// <summary>No event can match.</summary>
    public bool IsImpossible { get; private set; }

    /// <summary>Nothing is asked of an event but its time and sequence.</summary>
    public bool IsBoundsOnly { get; private set; } = true;

    /// <summary>Decides about rows that the condition lets through; null when it decides all.</summary>
    public FilterMatcher? Residual { get; private set; }

    public static FilterSql Of(LedgerSnapshot ledger, AccessScope scope, EventFilter filter)
    {
        var sql = new FilterSql(ledger, filter);
        if (filter.From is { } from) sql.Bound("time >= ", from.Microseconds);
        if (filter.To is { } to) sql.Bound("time < ", to.Microseconds);
        if (filter.FromSequence is { } first) sql.Bound("sequence >= ", first);
        if (filter.ToSequence is { } end) sql.Bound("sequence < ", end);
        var isDecided = true;
        foreach (var condition in FilterMatcher.Scoped(scope, filter)) isDecided &= sql.TryAnd(condition);
        if (filter.Search is { } search) isDecided &= sql.TryAndAny(FilterMatcher.Searched(search));
        if (!isDecided) sql.Residual = new(scope, filter);
        return sql;
    }

    /// <summary>Whether a day may hold something that matches.</summary>
    public bool Reaches(LedgerDay day) =>
        !IsImpossible && !(day.MaxTime < Filter.From?.Microseconds) && !(day.MinTime >= Filter.To?.Microseconds) && !(day.Size <= Filter.FromSequence) && !(day.First >= Filter.ToSequence);

    /// <summary>Whether everything of a day matches.</summary>
    public bool Covers(LedgerDay day) => IsBoundsOnly && !IsImpossible && Residual is null
        && !(day.MinTime < Filter.From?.Microseconds) && !(day.MaxTime >= Filter.To?.Microseconds) && !(day.First < Filter.FromSequence) && !(day.Size > Filter.ToSequence);

    /// <summary>A command whose text uses <see cref="Where"/>, with its parameters.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, string text)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in _parameters) command.Parameters.Add(parameter());
        return command;
    }

    private void Bound(string comparison, long value) => _where.Append(" and ").Append(comparison).Append(Add(() => new NpgsqlParameter<long> { TypedValue = value }));

    private string Add(Func<NpgsqlParameter> parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <returns>False when the entries must decide.</returns>
    private bool TryAnd(FieldCondition condition)
    {
        if (condition.Field == EventField.Tenant)
        {
            IsImpossible |= !new ConditionMatcher(condition).Matches(Encoding.UTF8.GetBytes(_ledger.Name));
            return true;
        }
        IsBoundsOnly = false;
        if (TextOf(condition) is not { } text) return false;
        if (text == Never) IsImpossible = true;
        else if (text != Always) _where.Append(" and ").Append(text);
        return true;
    }

    private bool TryAndAny(IEnumerable<FieldCondition> conditions)
    {
        IsBoundsOnly = false;
        var texts = new List<string>();
        foreach (var condition in conditions)
        {
            // What one of them leaves to the entries could match anywhere.
            if (TextOf(condition) is not { } text) return false;
            if (text != Never) texts.Add(text);
        }
        if (texts.Count == 0) IsImpossible = true;
        else _where.Append(" and (").AppendJoin(" or ", texts).Append(')');
        return true;
    }

    private const string Never = "false";
    private const string Always = "true";

    private string? TextOf(FieldCondition condition)
    {
        if (EventColumns.CodedPlace(condition.Field) >= 0) return Coded(condition);
        return EventColumns.HashedPlace(condition.Field) >= 0 ? Hashed(condition) : null;
    }

    private string Coded(FieldCondition condition)
    {
        var column = EventColumns.NameOf(condition.Field);
        if (condition.Match == MatchKind.Present) return $"{column} is {(condition.Not ? "" : "not ")}null";
        var isPlain = condition is { Match: MatchKind.Equal, IgnoreCase: false };
        var codes = isPlain
            ? [.. condition.Values.Select(value => _ledger.Ledger.Codes.CodeOf(condition.Field, CanonicalText.Escape(value))).Where(code => code > 0).Distinct()]
            : _ledger.Ledger.Codes.Matching(condition);
        if (codes.Length == 0) return condition.Not ? Always : Never;
        if (codes.Length == 1 && !condition.Not) return $"{column} = {Add(() => new NpgsqlParameter<int> { TypedValue = codes[0] })}";
        var parameter = Add(() => new NpgsqlParameter<int[]> { TypedValue = codes });
        return condition.Not ? $"({column} is null or {column} <> all({parameter}))" : $"{column} = any({parameter})";
    }

    private string? Hashed(FieldCondition condition)
    {
        var column = EventColumns.NameOf(condition.Field);
        if (condition.Match == MatchKind.Present) return $"{column} is {(condition.Not ? "" : "not ")}null";
        if (condition.Match != MatchKind.Equal || condition.IgnoreCase) return null;
        var hashes = condition.Values.Select(value => ValueHash.Of(_ledger.Ledger.Identity!.Salt, condition.Field, CanonicalText.Escape(value))).ToArray();
        if (hashes.Length == 0) return condition.Not ? Always : Never;
        if (hashes.Length == 1 && !condition.Not) return $"{column} = {Add(() => new NpgsqlParameter<long> { TypedValue = hashes[0] })}";
        var parameter = Add(() => new NpgsqlParameter<long[]> { TypedValue = hashes });
        return condition.Not ? $"({column} is null or {column} <> all({parameter}))" : $"{column} = any({parameter})";
    }
}
