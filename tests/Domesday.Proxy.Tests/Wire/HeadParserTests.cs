using System.Text;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Tests.Wire;

public sealed class HeadParserTests
{
    /// <summary>Fixed, so that a failure comes again.</summary>
    private const int Seed = 20261121;

    [Fact]
    public void A_request_is_read_and_its_bytes_stay_as_they_came()
    {
        var bytes = "POST /v1.41/secrets/create?x=%41 HTTP/1.1\r\nHost: d\r\nX-A:  b \t\r\nx-a:c, d\r\nContent-Length: 5\r\n\r\n"u8.ToArray();
        var head = HeadParser.Request(bytes);
        Assert.Equal(("POST", "/v1.41/secrets/create?x=%41", 1), (head.Method, head.Target, head.MinorVersion));
        Assert.Equal("b", head.Field("X-a"));
        Assert.Equal(["b", "c", "d"], head.Elements("x-A"));
        Assert.Equal(new BodyFraming(BodyKind.Length, 5), BodyFraming.OfRequest(head));
        Assert.Equal(bytes, head.Bytes.ToArray());
        Assert.Equal("POST /v1.41/secrets/create?x=%41 HTTP/1.1\r\nHost: d\r\nContent-Length: 5\r\nNew: n\r\n\r\n", Encoding.ASCII.GetString(head.Rewrite(name => name.Equals("x-a", StringComparison.OrdinalIgnoreCase), "New: n")));
    }

    [Fact]
    public void A_path_that_is_no_utf_8_is_kept_apart_from_every_other()
    {
        var head = HeadParser.Request([.. "GET /"u8, 0xFF, .. "a HTTP/1.1\r\nHost: d\r\n\r\n"u8]);
        Assert.Equal("/%FFa", head.Target);
        Assert.Equal("/ä", HeadParser.Request(Encoding.UTF8.GetBytes("GET /ä HTTP/1.1\r\nHost: d\r\n\r\n")).Target);
    }

    [Theory]
    [InlineData("GET /\r\nHost: d\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\n\r\n", 505)]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", 505)]
    [InlineData("G(T / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /a#b HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: d\n\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: d\nX: y\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400)]
    public void What_others_may_read_differently_is_refused(string head, int status) =>
        Assert.Equal(status, Assert.Throws<WireException>(() => HeadParser.Request(Encoding.Latin1.GetBytes(head))).Status);

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5")]
    [InlineData("Content-Length: 5\r\ncontent-length: 6")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: +5")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: identity")]
    public void A_body_whose_end_could_be_elsewhere_is_refused(string fields)
    {
        var head = HeadParser.Request(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: d\r\n{fields}\r\n\r\n"));
        Assert.InRange(Assert.Throws<WireException>(() => BodyFraming.OfRequest(head)).Status, 400, 501);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content", "", BodyKind.None)]
    [InlineData("HEAD", "HTTP/1.1 200 OK", "Content-Length: 9\r\n", BodyKind.None)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified", "Content-Length: 9\r\n", BodyKind.None)]
    [InlineData("GET", "HTTP/1.1 200", "Content-Length: 9\r\n", BodyKind.Length)]
    [InlineData("GET", "HTTP/1.1 200 OK", "Content-Length: 0\r\n", BodyKind.None)]
    [InlineData("GET", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", BodyKind.Chunked)]
    [InlineData("GET", "HTTP/1.0 200 OK", "", BodyKind.UntilClose)]
    [InlineData("GET", "HTTP/1.1 101 UPGRADED", "", BodyKind.None)]
    internal void An_answer_ends_where_its_head_says(string method, string line, string fields, BodyKind kind) =>
        Assert.Equal(kind, BodyFraming.OfResponse(HeadParser.Response(Encoding.ASCII.GetBytes($"{line}\r\n{fields}\r\n")), method).Kind);

    [Fact]
    public void Noise_is_refused_and_never_more_than_that()
    {
        var random = new Random(Seed);
        var sample = "POST /a?b=c HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = sample.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)" \r\n:\t,;"[random.Next(7)] : (byte)random.Next(256);
            var length = HeadParser.LengthOf(bytes);
            if (length < 0) continue;
            try
            {
                var head = HeadParser.Request(bytes.AsSpan(0, length));
                Assert.Equal(bytes[..length], head.Bytes.ToArray());
                Assert.DoesNotContain(head.Target, char.IsControl);
                BodyFraming.OfRequest(head);
            }
            catch (WireException fault)
            {
                Assert.InRange(fault.Status, 400, 505);
            }
        }
    }
}
