using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Query;
using Domesday.Sinks.Stdout;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Sinks.Tests.Stdout;

/// <summary>What people rely on whose collectors read standard output.</summary>
public class StdoutTests
{
    private const string Entry = """{"action":"create","actor":{"id":"u-1","name":"a<b"},"id":"e-1","request":{"id":"r-1","method":"POST","uri":"/v1.40/containers/create?a=1&b=2"},"outcome":{"result":"success","status":201},"sequence":7,"service":"docker-swarm","source":{"ip":"192.0.2.7","port":4711},"tenant":"acme","time":"2026-02-11T22:21:02.123456Z"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ISink Open(Stream output, string format, params (string Name, string Value)[] settings)
    {
        var context = new SinkContext("snk_1", "acme", "test", EventFormats.Find(format)!, format, new("", output), TimeProvider.System, NullLogger.Instance);
        var opened = new StdoutSinkType().Open(new(settings.ToDictionary(one => one.Name, one => one.Value)), context);
        Assert.Null(opened.Problem);
        return opened.Value;
    }

    private static SinkEvent Event(ISink sink, long sequence, string entry = Entry)
    {
        var (fields, json) = (new EntryFields(), new RecordJson());
        fields.Read(new StoredEntry("acme", sequence, Encoding.UTF8.GetBytes(entry)));
        sink.Write(fields, json);
        return new(sequence, "e", fields.Time, json.Written.ToArray());
    }

    [Fact]
    public async Task Each_event_is_a_line_behind_its_prefix_in_order()
    {
        using var output = new MemoryStream();
        await using var sink = Open(output, EventFormats.Json, ("prefix", "AUDIT "));
        await sink.DeliverAsync([.. Enumerable.Range(0, 3).Select(number => Event(sink, number, $$"""{"action":"a{{number}}","time":"2026-02-11T22:21:02.123456Z"}"""))], Cancellation);
        Assert.Equal("""
            AUDIT {"action":"a0","time":"2026-02-11T22:21:02.123456Z"}
            AUDIT {"action":"a1","time":"2026-02-11T22:21:02.123456Z"}
            AUDIT {"action":"a2","time":"2026-02-11T22:21:02.123456Z"}

            """.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task Ucps_line_is_the_one_that_its_controller_prints_as_Go_writes_it()
    {
        using var output = new MemoryStream();
        await using var sink = Open(output, EventFormats.Ucp);
        await sink.DeliverAsync([Event(sink, 7)], Cancellation);
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.EndsWith(""","level":"info","msg":"audit","time":"2026-02-11T22:21:02Z"}""" + "\n", text, StringComparison.Ordinal);
        Assert.Contains(""""requestURI":"/v1.40/containers/create?a=1\u0026b=2"""", text, StringComparison.Ordinal);
        var audit = JsonNode.Parse(text)!["audit"]!;
        Assert.Equal(("docker-swarm", "r-1", "POST", 201, "a<b"), (audit["kind"]!.GetValue<string>(), audit["auditID"]!.GetValue<string>(), audit["verb"]!.GetValue<string>(),
            audit["responseStatus"]!["code"]!.GetValue<int>(), audit["user"]!["extra"]!["username"]![0]!.GetValue<string>()));
    }

    [Fact]
    public async Task Lines_of_several_sinks_do_not_run_into_each_other()
    {
        await using var output = new Pieces();
        await using var one = Open(output, EventFormats.Json, ("prefix", "one "));
        await using var two = Open(output, EventFormats.Json, ("prefix", "two "));
        await Task.WhenAll(new[] { one, two }.Select(sink => Task.Run(async () =>
        {
            for (var number = 0; number < 200; number++) await sink.DeliverAsync([Event(sink, number), Event(sink, number)], Cancellation);
        }, Cancellation)));
        Assert.Equal(400, output.Written.Count);
        Assert.All(output.Written, piece =>
        {
            Assert.EndsWith("\n", piece, StringComparison.Ordinal);
            Assert.Single(piece.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..4]).Distinct());
        });
    }

    /// <summary>Remembers each write as one piece.</summary>
    private sealed class Pieces : MemoryStream
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Enqueue(Encoding.UTF8.GetString(buffer.Span));
            return ValueTask.CompletedTask;
        }
    }
}
