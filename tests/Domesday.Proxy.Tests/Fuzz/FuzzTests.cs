using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Domesday.Capture.Acts;
using Domesday.Capture.Recording;
using Domesday.Client;
using Domesday.Client.Spool;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using Domesday.Proxy.Sessions;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Proxy.Tests.Fuzz;

/// <summary>Whatever comes over the wire or stands in a file: an answer, a refusal, and never a crash.</summary>
public sealed class FuzzTests
{
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "x"];

    private static readonly IActDecoder[] Decoders =
        [new DockerActs(), new KubernetesActs(), new RouteActs("http", []), new RouteActs("shop", RouteTemplate.ReadAll("""[{"path":"/orders/{id}/{**rest}","resource_name":"{rest}"},{"path":"/{**all}","resource_id":"{all}"}]"""u8))];

    [Fact]
    public async Task Whatever_is_asked_of_an_API_its_event_is_one_that_the_service_takes()
    {
        var taken = new TakenEvents();
        var folder = Directory.CreateTempSubdirectory("domesday-fuzz");
        try
        {
            using var client = new DomesdayClient(new() { Server = new("http://127.0.0.1:1"), RetriesMax = 0 }, taken);
            await using var spool = EventSpool.Open(new() { Folder = folder.FullName }, client);
            await using var policy = new PolicySource(CompiledPolicy.Compile(new() { Level = CaptureLevel.Metadata, Ignore = [] }), null, ignoresNothing: true, TimeProvider.System);
            var recorders = Decoders.Select(decoder => new Recorder(spool, policy, decoder, new() { Producer = "fuzz" })).ToArray();
            var asked = from target in Mutants.Of("targets.txt").Generator from method in Gen.Elements(Methods) from recorder in Gen.Elements(recorders) select (target, method, recorder);
            Check.One(Rounds, Prop.ForAll(asked.ToArbitrary(), one => Record(one.recorder, one.method, one.target)));
            await spool.DrainAsync(TestContext.Current.CancellationToken);
            Assert.Equal(spool.Counters.Kept, taken.Count);
            Assert.Empty(taken.Faults);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Any_head_is_read_as_it_came_or_refused() => Check.One(Rounds, Prop.ForAll(Mutants.Of("heads.txt"), text =>
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (HeadParser.LengthOf(bytes) is not (> 0 and var length)) return;
        Refusable(() =>
        {
            var head = HeadParser.Request(bytes.AsSpan(0, length));
            Assert.Equal(bytes[..length], head.Bytes.ToArray());
            Assert.DoesNotContain(head.Target, char.IsControl);
            BodyFraming.OfRequest(head);
        });
        Refusable(() => BodyFraming.OfResponse(HeadParser.Response(bytes.AsSpan(0, length)), "GET"));
    }));

    [Fact]
    public void Chunks_end_at_the_same_byte_in_whatever_pieces_they_come() => Check.One(Rounds, Prop.ForAll(Mutants.Of("chunks.txt"), Gen.Choose(1, 7).ToArbitrary(), (text, piece) =>
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(EndOf(bytes, bytes.Length), EndOf(bytes, piece));
    }));

    [Fact]
    public void Any_credential_names_somebody_or_nobody() => Check.One(Rounds, Prop.ForAll(Mutants.Of("authorizations.txt"), text =>
    {
        var bytes = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nAuthorization: {text}\r\n\r\n");
        Refusable(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var nothing = new MemoryStream();
            using var connection = new WireConnection(socket, nothing);
            var actor = new ClientIdentity(connection, null).Of(HeadParser.Request(bytes));
            if (actor is null) return;
            Assert.False(string.IsNullOrWhiteSpace(actor.Name ?? actor.Id));
            Assert.DoesNotContain((actor.Name + actor.Id)!, char.IsControl);
        });
    }));

    [Fact]
    public void Any_list_of_routes_is_taken_or_refused_with_a_reason() => Check.One(Rounds, Prop.ForAll(Mutants.Of("routes.txt"), Mutants.Of("targets.txt"), (routes, target) =>
    {
        RouteActs acts;
        try
        {
            acts = new("http", RouteTemplate.ReadAll(Encoding.UTF8.GetBytes(routes)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return;
        }
        Assert.NotEmpty(acts.Decode("POST", RequestPath.Parse(target), target).Action);
    }));

    [Fact]
    public void Any_policy_is_taken_or_refused_with_its_faults() => Check.One(Rounds, Prop.ForAll(Mutants.Of("policies.txt"), Mutants.Of("targets.txt"), (policy, target) =>
    {
        CapturePolicy? read;
        try
        {
            read = JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(policy), CaptureJson.Default.CapturePolicy);
        }
        catch (JsonException)
        {
            return;
        }
        if (read is null) return;
        var faults = new List<Fault>();
        var compiled = CompiledPolicy.TryCompile(read, faults);
        Assert.Equal(compiled is null, faults.Count > 0);
        compiled?.Decide("POST", RequestPath.Parse(target), "alice", 200);
        compiled?.Redactor.Target(target);
    }));

    private static void Record(Recorder recorder, string method, string target)
    {
        using var recording = recorder.Begin(new()
        {
            Method = method,
            Target = target,
            Path = RequestPath.Parse(target),
            StartedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            RequestId = target,
            Actor = EventText.Clean(target) is { } name ? new() { Type = ActorType.User, Name = name } : null,
            Source = new() { Ip = "127.0.0.1", UserAgent = EventText.Clean(target) },
        });
        if (recording is null) return;
        Assert.True(recording.StartAsync().AsTask().IsCompletedSuccessfully);
        Assert.True(recording.EndAsync(201, Encoding.UTF8.GetBytes($$"""{"Id":"{{JsonEncodedText.Encode(Whole(target))}}","name":"n"}"""), target).AsTask().IsCompletedSuccessfully);
    }

    /// <summary>Without halves of surrogate pairs, which no JSON can hold.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static void Refusable(Action read)
    {
        try
        {
            read();
        }
        catch (WireException fault)
        {
            Assert.InRange(fault.Status, 400, 505);
        }
    }

    /// <returns>Where the body ends; -1: nowhere yet; -2: it is none.</returns>
    private static int EndOf(byte[] bytes, int piece)
    {
        var scanner = new BodyScanner(new(BodyKind.Chunked, 0), null);
        try
        {
            for (var at = 0; at < bytes.Length;)
            {
                at += scanner.Take(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
                if (scanner.IsDone) return at;
            }
            return -1;
        }
        catch (WireException)
        {
            return -2;
        }
    }

    /// <summary>A service that reads events as the real one does.</summary>
    private sealed class TakenEvents : HttpMessageHandler
    {
        private readonly EventParser _parser = new(EventLimits.Default);
        private readonly EventDraft _draft = new();

        public int Count { get; private set; }

        public List<Fault> Faults { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var lines = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            foreach (var line in Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _parser.TryParse(Encoding.UTF8.GetBytes(line), _draft, Faults);
                Count++;
            }
            return new() { Content = new StringContent("""{"receipts":[]}""", Encoding.UTF8, "application/json") };
        }
    }
}
