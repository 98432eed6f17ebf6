using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Domesday.Ingest.Cadf;

/// <summary>Takes notifications from RabbitMQ. A message is acknowledged only when what it says is on disk: what comes again after a crash has the id it had.</summary>
public sealed class CadfConsumer(CadfOptions options, AppendPipeline pipeline, Meter meter, TimeProvider time, ILogger<CadfConsumer> logger) : BackgroundService
{
    private const ushort UnacknowledgedMax = 2_000;
    private const int HeldMax = 1_000;

    private static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly CadfMetrics _metrics = new(meter);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = PauseMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(() => pause = PauseMin, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is, it must not end the service. Its text names hosts and reasons, never the password.
                CadfLog.NotConnected(logger, options.Address.Host, exception.InnerException?.Message ?? exception.Message);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    /// <summary>One connection, until it breaks.</summary>
    private async Task ConsumeAsync(Action connected, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { Uri = options.Address, AutomaticRecoveryEnabled = false, ClientProvidedName = "domesday" };
        await using var connection = await factory.CreateConnectionAsync(cancellation);
        await DeclareAsync(connection, cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await channel.BasicQosAsync(0, UnacknowledgedMax, false, cancellation);
        var waiting = Channel.CreateUnbounded<(ulong Tag, ReadOnlyMemory<byte> Body)>(new() { SingleReader = true });
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            _metrics.Received();
            // Bounded by what may be unacknowledged. The body is the client's own memory, valid until this returns.
            waiting.Writer.TryWrite((delivery.DeliveryTag, delivery.Body.ToArray()));
            return Task.CompletedTask;
        };
        channel.ChannelShutdownAsync += (_, _) =>
        {
            waiting.Writer.TryComplete();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(options.Queue, autoAck: false, consumer, cancellation);
        _metrics.Connected();
        connected();
        CadfLog.Consumes(logger, options.Address.Host, string.Join(", ", options.Exchanges), options.Tenant);
        await StoreAllAsync(channel, waiting.Reader, cancellation);
    }

    /// <summary>Binds our queue to the exchanges. One that is not there yet is made as the services would make it, so that nothing is lost until they start.</summary>
    private async Task DeclareAsync(IConnection connection, CancellationToken cancellation)
    {
        foreach (var exchange in options.Exchanges)
        {
            if (await IsThereAsync(connection, exchange, cancellation)) continue;
            await using var making = await connection.CreateChannelAsync(cancellationToken: cancellation);
            await making.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: false, autoDelete: false, cancellationToken: cancellation);
        }
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await channel.QueueDeclareAsync(options.Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
        foreach (var exchange in options.Exchanges) await channel.QueueBindAsync(options.Queue, exchange, $"{options.Topic}.#", cancellationToken: cancellation);
    }

    /// <summary>A refusal closes the channel that it was asked on.</summary>
    private static async Task<bool> IsThereAsync(IConnection connection, string exchange, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(exchange, cancellation);
            return true;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    private async Task StoreAllAsync(IChannel channel, ChannelReader<(ulong Tag, ReadOnlyMemory<byte> Body)> waiting, CancellationToken cancellation)
    {
        var held = new HeldRequests(time, HoldMax, HeldMax);
        while (await WaitAsync(waiting, held.Due, cancellation))
        {
            while (waiting.TryRead(out var delivery)) held.Add(delivery.Tag, delivery.Body);
            var ready = held.Take();
            if (ready.Count == 0) continue;
            await StoreAsync(ready, channel, cancellation);
            foreach (var tag in ready.SelectMany(message => message.Tags)) await channel.BasicAckAsync(tag, multiple: false, cancellation);
            _metrics.Acknowledged(ready.Sum(message => message.Tags.Count));
        }
    }

    /// <returns>False when the channel is closed: RabbitMQ will deliver again whatever was not acknowledged.</returns>
    private async ValueTask<bool> WaitAsync(ChannelReader<(ulong Tag, ReadOnlyMemory<byte> Body)> waiting, DateTimeOffset? due, CancellationToken cancellation)
    {
        if (due is null) return await waiting.WaitToReadAsync(cancellation);
        var wait = due.Value - time.GetUtcNow();
        if (wait <= TimeSpan.Zero) return true;
        using var alarm = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, alarm.Token);
        try
        {
            return await waiting.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return true;
        }
    }

    private async ValueTask StoreAsync(IReadOnlyList<ReadyMessage> messages, IChannel channel, CancellationToken cancellation)
    {
        for (var pause = PauseMin; await TryStoreAsync(messages) is { } problem; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            CadfLog.NotStored(logger, messages.Count, options.Tenant, problem.Detail);
            await Task.Delay(problem.RetryAfter ?? pause, time, cancellation);
            if (channel.IsClosed) throw new IOException("The channel was closed meanwhile.");
        }
    }

    private async ValueTask<Problem?> TryStoreAsync(IReadOnlyList<ReadyMessage> messages)
    {
        if (!options.IsActive(options.Tenant)) return new(ProblemKind.Unavailable, "The tenant is not there, or is disabled.");
        try
        {
            var mapped = CadfSource.MapItems([.. messages.Select(message => message.Body)], options.Region);
            return (await mapped.StoreAsync(pipeline, options.Tenant, CadfSource.Name)).Problem;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A failing disk is the store's own affair to report and to end on; RabbitMQ keeps the messages meanwhile.
            CadfLog.StoringFailed(logger, exception);
            return new(ProblemKind.Unavailable, exception.Message);
        }
    }
}
