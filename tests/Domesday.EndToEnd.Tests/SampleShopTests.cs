using System.Net;
using System.Text.Json;

namespace Domesday.EndToEnd.Tests;

/// <summary>The sample application as its README says: what is done in the shop can be found in the service.</summary>
public sealed class SampleShopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_done_in_the_shop_is_found_with_who_what_and_why()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        await using var shop = await ShopProcess.StartAsync(service.Url, await admin.KeyAsync("write"), folder);
        using var client = new HttpClient { BaseAddress = shop.Address };
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, HttpMethod.Post, "/orders", "alice", """{"sku":"tea","price":4}"""));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, HttpMethod.Post, "/orders/1/refunds?reason=broken", "bob"));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(client, HttpMethod.Post, "/orders/2/refunds", "bob"));
        var events = await EventsAsync(admin, 3);
        Assert.Equal(
            [("alice", "create", "success"), ("bob", "refund", "success"), ("bob", "refund", "failure")],
            events.Select(one => (Text(one, "actor", "name"), Text(one, "action"), Text(one, "outcome", "result"))));
        var (order, refund) = (events[0], events[1]);
        Assert.Equal(("order", "1", "tea"), (Text(order, "resource", "type"), Text(order, "resource", "id"), Text(order, "resource", "name")));
        Assert.Equal(("order.refund", "broken"), (Text(refund, "operation"), Text(refund, "reason", "text")));
        Assert.Equal(("4", "0"), (Text(refund, "change", "before", "price"), Text(refund, "change", "after", "price")));
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, HttpMethod method, string path, string user, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Api.Json(body) };
        request.Headers.Add("X-Demo-User", user);
        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task<List<JsonElement>> EventsAsync(HttpClient admin, int count)
    {
        while (true)
        {
            using var page = JsonDocument.Parse(await admin.GetStringAsync("/audit/v1/events?service=shop&order=asc", Cancellation));
            var events = page.RootElement.GetProperty("events").EnumerateArray().Select(one => one.Clone()).ToList();
            if (events.Count >= count) return events;
            await Task.Delay(50, Cancellation);
        }
    }

    private static string Text(JsonElement holder, params string[] path)
    {
        foreach (var name in path) holder = holder.GetProperty(name);
        return holder.ToString();
    }
}
