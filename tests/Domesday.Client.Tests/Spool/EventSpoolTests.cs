using System.Net;
using Domesday.Client.Spool;
using Domesday.Events;

namespace Domesday.Client.Tests.Spool;

public sealed class EventSpoolTests : IDisposable
{
    private readonly SpoolFixture _service = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_appended_reaches_the_service_once_and_in_order()
    {
        await using var spool = _service.Open();
        for (var i = 0; i < 50; i++) Assert.Equal(SpoolOutcome.Kept, await spool.AppendAsync(SpoolFixture.Event($"e{i}")));
        await spool.DrainAsync(Cancellation);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"e{i}"), _service.Ids);
        Assert.Equal((50, 50, 0), (spool.Counters.Kept, spool.Counters.Sent, spool.Counters.Waiting));
    }

    [Fact]
    public async Task What_nobody_waits_for_reaches_the_service_all_the_same()
    {
        await using var spool = _service.Open();
        for (var i = 0; i < 50; i++) Assert.Equal(SpoolOutcome.Kept, spool.Append(SpoolFixture.Event($"e{i}")));
        var done = spool.Begin(SpoolFixture.Event("act") with { Outcome = new() { Result = OutcomeResult.Unknown } });
        Assert.Equal(SpoolOutcome.Kept, done.Complete(SpoolFixture.Event("act") with { Outcome = new() { Result = OutcomeResult.Success } }));
        await spool.DrainAsync(Cancellation);
        Assert.Equal([.. Enumerable.Range(0, 50).Select(i => $"e{i}"), "act"], _service.Ids);
        Assert.Equal(("success", 51), (_service.Results["act"], spool.Counters.Kept));
    }

    [Fact]
    public async Task What_was_written_without_waiting_survives_a_process_that_ends_before_the_disk_was_asked()
    {
        _service.Answer = _ => null;
        var left = Path.Combine(_service.Folder, "..", "left");
        Directory.CreateDirectory(left);
        await using (var spool = _service.Open(options => options with { SyncDelay = TimeSpan.FromSeconds(1) }))
        {
            Assert.Equal(SpoolOutcome.Kept, spool.Append(SpoolFixture.Event("kept")));
            // What the system has at this moment is what it has after kill -9.
            foreach (var file in Directory.GetFiles(_service.Folder, "*.spool")) File.Copy(file, Path.Combine(left, Path.GetFileName(file)));
        }
        _service.Answer = null;
        await using var next = _service.Open(options => options with { Folder = left });
        await next.DrainAsync(Cancellation);
        Assert.Equal(["kept"], _service.Ids);
    }

    [Fact]
    public async Task An_event_without_an_id_is_given_one_so_that_it_is_stored_once()
    {
        _service.Answer = request => request == 1 ? null : new(HttpStatusCode.OK);
        await using var spool = _service.Open();
        await spool.AppendAsync(new AuditEvent { Action = "create" });
        await spool.DrainAsync(Cancellation);
        Assert.True(Guid.TryParse(Assert.Single(_service.Ids), out _));
    }

    [Fact]
    public async Task A_service_that_is_away_gets_everything_when_it_is_back_also_from_the_next_process()
    {
        _service.Answer = _ => null;
        await using (var spool = _service.Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => spool.AppendAsync(SpoolFixture.Event($"e{i}"))));
            await _service.Asked;
            Assert.Equal(100, spool.Counters.Waiting);
        }
        await using var next = _service.Open();
        Assert.Equal(100, next.Counters.Waiting);
        _service.Answer = null;
        await next.DrainAsync(Cancellation);
        Assert.Equal(100, _service.Ids.Distinct().Count());
        Assert.Equal(100, _service.Ids.Count);
    }

    [Fact]
    public async Task What_was_sent_already_is_not_sent_again_by_the_next_process()
    {
        await using (var spool = _service.Open())
        {
            await spool.AppendAsync(SpoolFixture.Event("first"));
            await spool.DrainAsync(Cancellation);
            await spool.AppendAsync(SpoolFixture.Event("second"));
            await spool.DrainAsync(Cancellation);
        }
        await using var next = _service.Open();
        await next.AppendAsync(SpoolFixture.Event("third"));
        await next.DrainAsync(Cancellation);
        // The cursor may be behind by the last batch, never by more.
        Assert.Single(_service.Ids, id => id == "first");
        Assert.Equal(["first", "second", "third"], _service.Ids.Distinct());
    }

    [Fact]
    public async Task An_act_whose_end_is_never_told_is_sent_as_it_was_begun()
    {
        _service.Answer = _ => null;
        await using (var spool = _service.Open())
        {
            var begun = spool.Begin(SpoolFixture.Event("half") with { Outcome = new() { Result = OutcomeResult.Unknown } });
            Assert.True(await begun.DurableAsync());
            var done = spool.Begin(SpoolFixture.Event("whole") with { Outcome = new() { Result = OutcomeResult.Unknown } });
            await done.CompleteAsync(SpoolFixture.Event("whole") with { Outcome = new() { Result = OutcomeResult.Success } });
            var nothing = spool.Begin(SpoolFixture.Event("nothing"));
            nothing.Cancel();
        }
        _service.Answer = null;
        await using var next = _service.Open();
        await next.DrainAsync(Cancellation);
        Assert.Equal(["half", "whole"], _service.Ids.Order());
        Assert.Equal(("unknown", "success"), (_service.Results["half"], _service.Results["whole"]));
        Assert.Equal(1, next.Counters.Orphans);
    }

    [Fact]
    public async Task An_act_that_lasts_is_told_once_it_ends_and_holds_up_no_files_meanwhile()
    {
        await using var spool = _service.Open(options => options with { SegmentBytes = 64 * 1024 });
        var act = spool.Begin(SpoolFixture.Event("long"));
        var body = new string('x', 10_000);
        for (var i = 0; i < 100; i++) await spool.AppendAsync(SpoolFixture.Event($"e{i}") with { Labels = new Dictionary<string, string> { ["body"] = body } });
        while (_service.Ids.Count < 100) await Task.Delay(5, Cancellation);
        for (var i = 0; spool.Counters.BytesOnDisk > 4 * 64 * 1024; i++)
        {
            await spool.AppendAsync(SpoolFixture.Event($"more{i}"));
            await Task.Delay(5, Cancellation);
        }
        Assert.DoesNotContain("long", _service.Ids);
        await act.CompleteAsync(SpoolFixture.Event("long") with { Outcome = new() { Result = OutcomeResult.Success } });
        await spool.DrainAsync(Cancellation);
        Assert.Equal("success", _service.Results["long"]);
        Assert.Single(_service.Ids, id => id == "long");
    }

    [Fact]
    public async Task A_full_spool_takes_nothing_more_and_says_so_until_there_is_room()
    {
        _service.Answer = _ => null;
        await using var spool = _service.Open(options => options with { BytesMax = 1024 * 1024, SegmentBytes = 64 * 1024 });
        var large = SpoolFixture.Event("x") with { Labels = new Dictionary<string, string> { ["body"] = new('x', 50_000) } };
        var outcome = SpoolOutcome.Kept;
        var kept = 0;
        while (outcome == SpoolOutcome.Kept)
        {
            outcome = await spool.AppendAsync(large with { Id = $"e{kept}" });
            if (outcome == SpoolOutcome.Kept) kept++;
        }
        Assert.Equal(SpoolOutcome.Full, outcome);
        Assert.InRange(kept, 15, 21);
        Assert.Equal(1, spool.Counters.Full);
        _service.Answer = null;
        await spool.DrainAsync(Cancellation);
        Assert.Equal(kept, _service.Ids.Count);
        while (await spool.AppendAsync(large with { Id = "late" }) != SpoolOutcome.Kept) await Task.Delay(5, Cancellation);
    }

    [Fact]
    public async Task A_spool_that_may_not_grow_takes_events_for_ever_when_they_are_sent()
    {
        // Less than a file's usual length.
        await using var spool = _service.Open(options => options with { BytesMax = 1024 * 1024 });
        var large = SpoolFixture.Event("large") with { Labels = new Dictionary<string, string> { ["text"] = new('x', 20_000) } };
        for (var i = 0; i < 120; i++)
        {
            Assert.Equal(SpoolOutcome.Kept, await spool.AppendAsync(large with { Id = $"large-{i}" }));
            await spool.DrainAsync(Cancellation);
        }
        Assert.Equal(120, _service.Ids.Distinct().Count());
    }

    [Fact]
    public async Task A_record_that_was_being_written_is_cut_off_and_counted_and_all_before_it_is_sent()
    {
        _service.Answer = _ => null;
        await using (var spool = _service.Open())
        {
            await spool.AppendAsync(SpoolFixture.Event("kept"));
            await spool.AppendAsync(SpoolFixture.Event("torn"));
        }
        var file = Assert.Single(Directory.GetFiles(_service.Folder, "*.spool"));
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.SetLength(handle, RandomAccess.GetLength(handle) - 3);
        _service.Answer = null;
        await using var next = _service.Open();
        await next.DrainAsync(Cancellation);
        Assert.Equal(["kept"], _service.Ids);
        Assert.True(next.Counters.TornBytes > 0);
        Assert.Equal(0, next.Counters.DamagedBytes);
    }

    [Fact]
    public async Task A_damaged_record_is_never_sent_and_its_file_is_kept()
    {
        _service.Answer = _ => null;
        await using (var spool = _service.Open())
        {
            await spool.AppendAsync(SpoolFixture.Event("first"));
            await spool.AppendAsync(SpoolFixture.Event("second"));
            await spool.AppendAsync(SpoolFixture.Event("third"));
        }
        var file = Assert.Single(Directory.GetFiles(_service.Folder, "*.spool"));
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[(bytes.Length / 3) + 30] ^= 0x40;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        _service.Answer = null;
        await using var next = _service.Open();
        await next.DrainAsync(Cancellation);
        Assert.Equal(["first"], _service.Ids);
        Assert.True(next.Counters.DamagedBytes > 0);
        Assert.True(File.Exists(file + ".damaged"));
    }

    [Fact]
    public async Task A_service_that_asks_to_wait_is_left_alone_for_as_long_as_it_asks()
    {
        var time = new AskedDelays();
        _service.Answer = request => request > 1 ? new(HttpStatusCode.OK) : Busy(7);
        await using var spool = _service.Open(options => options with { Time = time, RetryWaitMax = TimeSpan.FromSeconds(30) });
        await spool.AppendAsync(SpoolFixture.Event("e"));
        await spool.DrainAsync(Cancellation);
        Assert.Contains(time.Asked, delay => delay >= TimeSpan.FromSeconds(7) && delay < TimeSpan.FromSeconds(8));
        Assert.Equal(1, spool.Counters.Retries);
    }

    [Fact]
    public async Task An_event_that_the_service_will_never_take_is_set_aside_and_holds_up_nothing()
    {
        _service.Answer = request => request <= 3 ? new(HttpStatusCode.RequestEntityTooLarge) : new(HttpStatusCode.OK);
        await using var spool = _service.Open(options => options with { SendDelay = TimeSpan.FromMilliseconds(300) });
        await Task.WhenAll(spool.AppendAsync(SpoolFixture.Event("a")), spool.AppendAsync(SpoolFixture.Event("b")));
        await spool.DrainAsync(Cancellation);
        var refused = await File.ReadAllLinesAsync(Path.Combine(_service.Folder, "refused.ndjson"), Cancellation);
        Assert.Equal(spool.Counters.Refused, refused.Length);
        Assert.Equal(2, refused.Length + _service.Ids.Count);
    }

    [Fact]
    public async Task An_event_that_cannot_be_set_aside_takes_none_of_its_batch_with_it()
    {
        var aside = Directory.CreateDirectory(Path.Combine(_service.Folder, "refused.ndjson"));
        _service.Answer = _ => new(aside.Exists ? HttpStatusCode.RequestEntityTooLarge : HttpStatusCode.OK);
        await using var spool = _service.Open(options => options with { SendDelay = TimeSpan.FromMilliseconds(300) });
        await Task.WhenAll(spool.AppendAsync(SpoolFixture.Event("a")), spool.AppendAsync(SpoolFixture.Event("b")));
        while (spool.Counters.Retries == 0) await Task.Delay(5, Cancellation);
        aside.Delete();
        aside.Refresh();
        await spool.AppendAsync(SpoolFixture.Event("c"));
        while (!_service.Ids.Contains("c")) await Task.Delay(5, Cancellation);
        Assert.Equal(["a", "b", "c"], _service.Ids.Distinct());
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_for_a_while_takes_nothing_with_it_that_was_read_before()
    {
        _service.Answer = _ => null;
        await using (var spool = _service.Open())
        {
            // The first three lie within what is read at once, the last one does not.
            foreach (var (id, length) in (ReadOnlySpan<(string, int)>)[("e0", 200_000), ("e1", 200_000), ("e2", 200_000), ("e3", 1_500_000)])
                spool.Append(SpoolFixture.Event(id) with { Labels = new Dictionary<string, string> { ["text"] = new('x', length) } });
        }
        var file = Assert.Single(Directory.GetFiles(_service.Folder, "*.spool"));
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _service.Answer = _ =>
        {
            asked.TrySetResult();
            return File.Exists(file) ? null : new(HttpStatusCode.OK);
        };
        await using var next = _service.Open(options => options with { BatchEventsMax = 2 });
        await asked.Task;
        File.Move(file, file + ".away");
        while (next.Counters.LastError?.Contains(file, StringComparison.Ordinal) != true) await Task.Delay(5, Cancellation);
        _service.Answer = null;
        File.Move(file + ".away", file);
        while (!_service.Ids.Contains("e3")) await Task.Delay(5, Cancellation);
        Assert.Equal(["e0", "e1", "e2", "e3"], _service.Ids);
    }

    [Fact]
    public async Task A_folder_is_for_one_process()
    {
        await using var spool = _service.Open();
        Assert.Contains("in use", Assert.Throws<IOException>(() => _service.Open()).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _service.Delete();
        _service.Dispose();
    }

    private static HttpResponseMessage Busy(int seconds)
    {
        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    }

    /// <summary>Time in which every wait is over at once, and noted.</summary>
    private sealed class AskedDelays : TimeProvider
    {
        public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Asked { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
        }
    }
}
