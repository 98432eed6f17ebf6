using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Domesday.Sinks.Aws;

/// <summary>Credentials to sign calls with: as they are given, from the chain that every AWS program follows, or those of a role, taken anew before they expire.</summary>
internal sealed class AwsSignIn(AwsOptions options, Uri? endpoint, TimeProvider time) : IDisposable
{
    private const string SessionName = "domesday";

    /// <summary>So long before their end credentials of a role are replaced.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableCredentials? _assumed;
    private DateTimeOffset _until;

    /// <exception cref="AmazonServiceException">The role cannot be assumed.</exception>
    /// <exception cref="AmazonClientException">The chain has no credentials.</exception>
    public async ValueTask<ImmutableCredentials> CredentialsAsync(CancellationToken cancellation)
    {
        if (options.Credentials != AwsOptions.Role) return await OwnAsync();
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_assumed is { } known && time.GetUtcNow() < _until - Early) return known;
            var (credentials, until) = await AssumeAsync(cancellation);
            (_assumed, _until) = (credentials, until);
            return credentials;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets a role's credentials, because they were refused.</summary>
    public void Forget() => _assumed = null;

    public void Dispose() => _turn.Dispose();

    private async ValueTask<ImmutableCredentials> OwnAsync()
    {
        if (options is { AccessKey: { } key, SecretKey: { } secret }) return new(key, secret, options.SessionToken);
        var chain = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(new AmazonSecurityTokenServiceConfig());
        return await chain.GetCredentialsAsync();
    }

    private async ValueTask<(ImmutableCredentials Credentials, DateTimeOffset Until)> AssumeAsync(CancellationToken cancellation)
    {
        var own = await OwnAsync();
        var config = new AmazonSecurityTokenServiceConfig { AuthenticationRegion = options.Region, ServiceURL = options.EndpointOf("sts", endpoint).AbsoluteUri, MaxErrorRetry = 0 };
        using var client = own.Token is { Length: > 0 } token
            ? new AmazonSecurityTokenServiceClient(own.AccessKey, own.SecretKey, token, config)
            : new AmazonSecurityTokenServiceClient(own.AccessKey, own.SecretKey, config);
        var request = new AssumeRoleRequest { RoleArn = options.RoleArn, RoleSessionName = SessionName };
        if (options.ExternalId is { } external) request.ExternalId = external;
        var answer = await client.AssumeRoleAsync(request, cancellation);
        var until = answer.Credentials.Expiration is { } end ? new DateTimeOffset(end.ToUniversalTime(), TimeSpan.Zero) : time.GetUtcNow();
        return (new(answer.Credentials.AccessKeyId, answer.Credentials.SecretAccessKey, answer.Credentials.SessionToken), until);
    }
}
