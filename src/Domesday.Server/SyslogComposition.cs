using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Problems;
using Domesday.Ingest.Syslog;
using Domesday.Server.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Server;

/// <summary>The syslog listeners, where settings ask for any.</summary>
internal static class SyslogComposition
{
    /// <returns><see cref="ProblemKind.Invalid"/> when the file of the clients' issuers cannot be used.</returns>
    public static Result<SyslogOptions> Options(ServiceCore core, ServerCertificate? certificate)
    {
        var settings = core.Settings;
        try
        {
            X509Certificate2Collection? issuers = null;
            if (settings.SyslogClientCa is { } file) (issuers = []).ImportFromPemFile(file);
            if (issuers is { Count: 0 }) return new Problem(ProblemKind.Invalid, $"{SettingCatalog.SyslogClientCa.Name} has no certificate in it.");
            return new SyslogOptions
            {
                Udp = settings.SyslogUdp,
                Tcp = settings.SyslogTcp,
                Tls = settings.SyslogTls,
                Authentication = settings.SyslogTls.Count > 0 ? certificate!.Authentication(issuers) : null,
                IdleTimeout = settings.SyslogIdleSeconds == 0 ? null : TimeSpan.FromSeconds(settings.SyslogIdleSeconds),
                IsActive = tenant => core.Ledger.State.IsActive(tenant),
            };
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Invalid, $"{SettingCatalog.SyslogClientCa.Name} cannot be used: {exception.Message}");
        }
    }

    public static void AddSyslog(this IServiceCollection services, SyslogOptions options)
    {
        if (options.Udp.Count + options.Tcp.Count + options.Tls.Count == 0) return;
        services.AddSingleton(options);
        services.AddSingleton<SyslogListeners>();
        services.AddHostedService(provider => provider.GetRequiredService<SyslogListeners>());
    }
}
