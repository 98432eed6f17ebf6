using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Capture;

/// <summary>Puts capturing into an application.</summary>
public static class CaptureExtensions
{
    /// <param name="handler">Carries the requests to the service; null: connections of its own.</param>
    public static IServiceCollection AddDomesdayCapture(this IServiceCollection services, Action<CaptureOptions> configure, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new CaptureOptions();
        configure(options);
        services.AddSingleton(options);
        services.AddSingleton(_ => new CaptureService(options, handler));
        services.AddSingleton(provider => new EndpointCoverage(provider.GetRequiredService<EndpointDataSource>()));
        return services.AddScoped<IAuditScope, AuditScope>();
    }

    /// <summary>Behind authentication, so that the user is known, and before authorization, so that who is turned away is recorded too.</summary>
    /// <exception cref="InvalidOperationException">The options are not valid.</exception>
    public static IApplicationBuilder UseDomesdayCapture(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Opened at the start, so that what is wrong shows then.
        app.ApplicationServices.GetRequiredService<CaptureService>();
        return app.UseMiddleware<CaptureMiddleware>();
    }
}
