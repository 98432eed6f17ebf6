using System.Text;
using Domesday.Core.Witnesses;

namespace Domesday.Server.Witnesses;

/// <summary>Asks witnesses over HTTP.</summary>
internal sealed class WitnessHttp : IDisposable
{
    private const int AnswerBytesMax = 16 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    public async ValueTask<WitnessReply> AskAsync(Witness witness, string body, CancellationToken cancellation)
    {
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            using var answer = await _client.PostAsync(new Uri(witness.Url.AbsoluteUri.TrimEnd('/') + "/add-checkpoint"), content, cancellation);
            return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException exception)
        {
            return new(0, $"It cannot be reached: {exception.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(0, "It did not answer within ten seconds.");
        }
    }

    public void Dispose() => _client.Dispose();
}
