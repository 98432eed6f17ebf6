using System.Buffers;
using System.Globalization;
using System.Text;
using Domesday.Events;

namespace Domesday.Cli.Commands.Demo;

/// <summary>A month of a small cloud, the same for the same seed and end, in the order in which it happened.</summary>
/// <remarks>
/// Besides the usual: one night somebody guesses passwords, one evening somebody deletes volumes, and for two hours Kubernetes is in trouble.
/// Written straight as UTF-8, because a month of any size must not take long.
/// </remarks>
/// <param name="end">The first moment after the month; a whole hour.</param>
internal sealed class DemoMonth(long seed, long events, DateTimeOffset end)
{
    /// <summary>More bytes than an event can have.</summary>
    public const int EventBytesMax = 1_024;

    private const long HourMicroseconds = 3_600_000_000;
    private const int GuessingHour = 11 * 24 + 2;
    private const int LeavingHour = 19 * 24 + 18;
    private const int TroubleHour = 24 * 24 + 14;

    private readonly byte[] _id = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"demo-{seed}-{end.UtcDateTime:yyyyMMddHH}-"));
    private readonly DateTimeOffset _start = end.AddHours(-DemoHours.Count);

    /// <summary>Writes all events, in batches.</summary>
    /// <param name="batchEvents">Events of each but the last.</param>
    /// <returns>Rented arrays, for the receiver to give back.</returns>
    public IEnumerable<DemoBatch> Batches(int batchEvents)
    {
        var counts = DemoHours.Spread(_start, events);
        var batch = new DemoBatch(batchEvents);
        long number = 0;
        for (var hour = 0; hour < DemoHours.Count; hour++)
        {
            var random = DemoRandom.For((ulong)seed, hour);
            var from = Timestamp.FromDateTimeOffset(_start.AddHours(hour)).Microseconds;
            var people = DemoHours.PeoplePerMille(_start.AddHours(hour));
            for (long place = 0; place < counts[hour]; place++)
            {
                // Somewhere within its own share of the hour, so that times only grow.
                var share = HourMicroseconds / counts[hour];
                var time = from + place * share + (long)(random.Next() % (ulong)share);
                batch.Add(Write(batch.Free, ref random, hour, people, number++, new(time)));
                if (batch.Count < batchEvents) continue;
                yield return batch;
                batch = new(batchEvents);
            }
        }
        if (batch.Count > 0) yield return batch;
        else batch.Dispose();
    }

    private int Write(Span<byte> target, ref DemoRandom random, int hour, int people, long number, Timestamp time)
    {
        var (activity, actor, fails) = Choose(ref random, hour, people);
        var resource = random.Below(activity.Resources);
        var text = new Utf8Target(target);
        text.Put(_id);
        text.Number(number, 9);
        text.Put("\",\"time\":\""u8);
        time.Write(text.Take(Timestamp.TextLength));
        text.Put("\","u8);
        text.Put(activity.Head);
        text.Number(resource, 6);
        text.Put(activity.Name);
        text.Number(resource, 0);
        text.Put(fails ? activity.Failure : activity.Success);
        text.Put(actor.Who);
        text.Put(actor.Where);
        text.Hex(random.Next());
        text.Put(activity.Request);
        if (activity.NamesResource) text.Number(resource, 6);
        text.Put("\"}}\n"u8);
        return text.Length;
    }

    private static (DemoActivity Activity, DemoActor Actor, bool Fails) Choose(ref DemoRandom random, int hour, int people)
    {
        if (hour == GuessingHour && random.Chance(700)) return (DemoWorld.Login, DemoWorld.Stranger, !random.Chance(2));
        if (hour == LeavingHour && random.Chance(400)) return (DemoWorld.VolumeDelete, DemoWorld.Leaver, random.Chance(20));
        var activity = DemoWorld.Activities[random.Below(DemoWorld.Activities.Length)];
        var actors = random.Chance(people) ? DemoWorld.People : DemoWorld.Machines;
        // Some do more than others: the lower of two places.
        var actor = actors[Math.Min(random.Below(actors.Length), random.Below(actors.Length))];
        var trouble = hour is TroubleHour or TroubleHour + 1 ? 20 : 1;
        return (activity, actor, random.Chance(activity.Failures * trouble));
    }

    /// <summary>Writes forward into a span that is long enough.</summary>
    private ref struct Utf8Target(Span<byte> target)
    {
        private readonly Span<byte> _target = target;

        public int Length { get; private set; }

        public void Put(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_target[Length..]);
            Length += text.Length;
        }

        public Span<byte> Take(int length) => _target.Slice((Length += length) - length, length);

        /// <param name="digits">At least so many.</param>
        public void Number(long value, int digits)
        {
            var format = digits == 0 ? default : new StandardFormat('D', (byte)digits);
            System.Buffers.Text.Utf8Formatter.TryFormat(value, _target[Length..], out var written, format);
            Length += written;
        }

        public void Hex(ulong value)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(value, _target[Length..], out var written, new StandardFormat('x', 16));
            Length += written;
        }
    }
}
