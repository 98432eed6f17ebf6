namespace Domesday.Server.OpenApi;

/// <summary>What the description says of one route beyond what the route tells itself: its path, its methods and whom it is for.</summary>
/// <param name="Route">Method and pattern, as they were mapped: <c>GET /audit/v1/events</c>.</param>
/// <param name="Summary">What a call does, in a few words.</param>
internal sealed record RouteText(string Route, string Summary)
{
    /// <summary>Whatever a caller must know besides; Markdown.</summary>
    public string? Details { get; init; }

    /// <summary>In the query, in headers, and of those in the path the ones whose name does not say it all.</summary>
    public IReadOnlyList<ParameterText> Parameters { get; init; } = [];

    /// <summary>The forms that the body may have; none for no body.</summary>
    public IReadOnlyList<ContentText> Bodies { get; init; } = [];

    /// <summary>Without the refusals, which are the same for all routes of a surface.</summary>
    public IReadOnlyList<AnswerText> Answers { get; init; } = [];
}

/// <param name="Form">Null for one that stands under the components, by its name.</param>
internal sealed record ParameterText(string Name, Form? Form, string Meaning)
{
    public ParameterPlace Place { get; init; } = ParameterPlace.Query;

    public bool Required { get; init; }
}

internal enum ParameterPlace
{
    Query,
    Header,
    Path,
}

/// <param name="Schema">Name of a component, with <c>[]</c> for a list of it; null for text or bytes that no schema describes.</param>
internal sealed record ContentText(string MediaType, string? Schema)
{
    public static ContentText Json(string schema) => new("application/json", schema);
}

internal sealed record AnswerText(int Status, string Meaning, params IReadOnlyList<ContentText> Contents)
{
    /// <summary>Headers that belong to the answer, and what they say.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Headers { get; init; } = [];

    public static AnswerText Json(string schema, string meaning, int status = 200) => new(status, meaning, ContentText.Json(schema));

    public static AnswerText Nothing(string meaning) => new(204, meaning);
}

/// <summary>The routes of one surface: those under <c>/audit/v1</c>, or a vendor's.</summary>
/// <param name="Tag">Heading in the description.</param>
/// <param name="Problem">Name of the component that its refusals have.</param>
internal sealed record SurfaceText(string Tag, string Meaning, string Problem, params IReadOnlyList<RouteText> Routes)
{
    /// <summary>Media type of refusals.</summary>
    public string ProblemType { get; init; } = "application/problem+json";
}
