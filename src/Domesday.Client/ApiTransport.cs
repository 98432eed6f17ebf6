using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Domesday.Client;

/// <summary>Sends requests to the native API, waits when the service asks for it, and turns refusals into exceptions.</summary>
internal sealed class ApiTransport : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly ClientOptions _options;
    private readonly HttpClient _http;

    public ApiTransport(ClientOptions options, HttpMessageHandler? handler)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.RetriesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RetriesMax, 100);
        if (!options.Server.IsAbsoluteUri || options.Server.Scheme is not ("http" or "https")) throw new ArgumentException("The server's address begins with http:// or https://.", nameof(options));
        _options = options;
        // A redirect would carry the credential to wherever it points.
        _http = new(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: handler is null)
        {
            BaseAddress = new(options.Server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/audit/v1/"),
            Timeout = options.AnswerTimeout,
        };
        _http.DefaultRequestHeaders.Authorization = options.Credential?.Header;
    }

    /// <summary>Fetches, and reads a JSON answer.</summary>
    public Task<T> GetAsync<T>(string path, string query, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        AskAsync(new(HttpMethod.Get, path) { Query = query }, type, cancellation);

    public async Task<T> AskAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, cancellation);
        return await InTimeAsync(
            async limit =>
            {
                await using var body = await response.Content.ReadAsStreamAsync(limit);
                return await JsonSerializer.DeserializeAsync(body, type, limit) ?? throw new JsonException("The answer is null.");
            },
            cancellation);
    }

    /// <summary>Fetches the answer's bytes.</summary>
    public async Task<byte[]> BytesAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, cancellation);
        return await InTimeAsync(limit => response.Content.ReadAsByteArrayAsync(limit), cancellation);
    }

    /// <returns>A success, whose body is not read yet.</returns>
    /// <exception cref="ProblemException">The service refused it, or still could not take it after all retries.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var response = await SendOnceAsync(request, cancellation);
                if (response.IsSuccessStatusCode) return response;
                using (response)
                {
                    var problem = await InTimeAsync(limit => ProblemException.ReadAsync(response, _options.Time, limit), cancellation);
                    if (!IsWorthAnotherTry(response.StatusCode, problem, attempt)) throw problem;
                    await WaitAsync(problem.RetryAfter ?? WaitBefore(attempt), cancellation);
                }
            }
            catch (HttpRequestException) when (request.IsRepeatable && attempt < _options.RetriesMax)
            {
                await WaitAsync(WaitBefore(attempt), cancellation);
            }
        }
    }

    /// <summary>Doubles with each attempt, and is never longer than the options allow.</summary>
    public TimeSpan WaitBefore(int attempt)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(attempt, 16));
        return wait < _options.RetryWaitMax ? wait : _options.RetryWaitMax;
    }

    public Task WaitAsync(TimeSpan wait, CancellationToken cancellation) => Task.Delay(wait, _options.Time, cancellation);

    public void Dispose() => _http.Dispose();

    /// <summary>The timeout of <see cref="HttpClient"/> ends where the body begins: a service that is gone in the middle of it would be waited for for ever.</summary>
    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.AnswerTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await read(either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{_http.BaseAddress} did not end its answer within {_options.AnswerTimeout.TotalSeconds} s.", exception);
        }
    }

    private bool IsWorthAnotherTry(HttpStatusCode status, ProblemException problem, int attempt) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && attempt < _options.RetriesMax
        && (problem.RetryAfter ?? TimeSpan.Zero) <= _options.RetryWaitMax;

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, PathOf(request)) { Content = request.Content?.Invoke() };
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException timeout)
        {
            throw new TimeoutException($"{_http.BaseAddress} did not answer within {_options.AnswerTimeout.TotalSeconds} s.", timeout);
        }
    }

    private string PathOf(ApiRequest request)
    {
        var tenant = _options.Tenant is { } name && request.IsOfTenant ? $"tenant={Uri.EscapeDataString(name)}" : "";
        var query = string.Join('&', new[] { request.Query, tenant }.Where(part => part.Length > 0));
        return query.Length == 0 ? request.Path : $"{request.Path}?{query}";
    }
}

/// <param name="Path">Below <c>/audit/v1/</c>.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>Without a question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>Makes the body, anew for each attempt.</summary>
    public Func<HttpContent>? Content { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>May be sent again when nobody knows whether it arrived.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>False for routes that are of no tenant, such as the list of tenants.</summary>
    public bool IsOfTenant { get; init; } = true;
}
