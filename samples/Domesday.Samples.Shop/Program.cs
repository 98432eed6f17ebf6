using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Domesday.Capture;
using Domesday.Client;
using Domesday.Samples.Shop;

// A shop that is captured. Start the service with ./run, make a key with the right write, and then:
//   DOMESDAY_KEY=… dotnet run --project samples/Domesday.Samples.Shop
//   curl -H 'X-Demo-User: alice' -d '{"sku":"tea","price":4}' -H 'Content-Type: application/json' http://127.0.0.1:5080/orders
//   curl -H 'X-Demo-User: bob' -X POST 'http://127.0.0.1:5080/orders/1/refunds?reason=broken'
//   ./domesday query --service shop
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["SHOP_URL"] ?? "http://127.0.0.1:5080");
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ShopJson.Default));
builder.Services.AddDomesdayCapture(options =>
{
    options.Server = new()
    {
        Server = new(builder.Configuration["DOMESDAY_SERVER"] ?? "http://127.0.0.1:1086"),
        Credential = ClientCredential.ApiKey(builder.Configuration["DOMESDAY_KEY"] ?? throw new InvalidOperationException("Set DOMESDAY_KEY to a key with the right write.")),
    };
    options.Service = "shop";
    options.Folder = builder.Configuration["SHOP_FOLDER"] ?? "capture";
});
var application = builder.Build();

// Stands in for real authentication.
application.Use((http, next) =>
{
    if (http.Request.Headers["X-Demo-User"].FirstOrDefault() is { } user) http.User = new(new ClaimsIdentity([new(ClaimTypes.Name, user)], "demo"));
    return next(http);
});
application.UseDomesdayCapture();

var orders = new ConcurrentDictionary<int, Order>();
application.MapGet("/orders/{id:int}", (int id) => orders.TryGetValue(id, out var order) ? Results.Ok(order) : Results.NotFound());
application.MapPost("/orders", (Order order, IAuditScope audit) =>
{
    var id = orders.Count + 1;
    orders[id] = order;
    audit.Resource("order", $"{id}", order.Sku);
    return Results.Created($"/orders/{id}", order);
});
application.MapPost("/orders/{id:int}/refunds", (int id, string? reason, IAuditScope audit) =>
{
    if (!orders.TryGetValue(id, out var before)) return Results.NotFound();
    var after = orders[id] = before with { Price = 0 };
    audit.Before(before, ShopJson.Default.Order);
    audit.After(after, ShopJson.Default.Order);
    audit.Reason(reason);
    return Results.Ok(after);
}).WithMetadata(new AuditAttribute("refund") { Operation = "order.refund", ResourceType = "order" });
application.Run();

namespace Domesday.Samples.Shop
{
    internal sealed record Order(string Sku, decimal Price);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Order))]
    internal sealed partial class ShopJson : JsonSerializerContext;
}
