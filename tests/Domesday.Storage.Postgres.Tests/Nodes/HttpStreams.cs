namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Answers that are read while they come.</summary>
internal static class HttpStreams
{
    public static async Task<StreamReader> GetStreamReaderAsync(this HttpClient client, string path, CancellationToken cancellation)
    {
        var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        return new(await answer.Content.ReadAsStreamAsync(cancellation));
    }
}
