using System.Diagnostics.CodeAnalysis;

namespace Domesday.Core.Problems;

/// <summary>A value, or the refusal that came instead.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    public Problem? Problem { get; }

    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsOk => Problem is null;

    /// <exception cref="InvalidOperationException">There is a problem instead.</exception>
    public T Value => IsOk ? _value! : throw new InvalidOperationException(Problem.Detail);

    [SuppressMessage("Usage", "CA2225", Justification = "A handler returns a value or a problem; names would only hide that.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "A handler returns a value or a problem; names would only hide that.")]
    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}
