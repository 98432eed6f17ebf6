using System.Globalization;

namespace Domesday.Benchmarks.Load;

/// <summary>What the kernel says of a process and its children.</summary>
public static class ProcessFigures
{
    /// <summary>Resident memory. Bytes.</summary>
    public static long Resident(int process) => Status(process, "VmRSS:");

    /// <summary>The most that resident memory has been since <see cref="ForgetPeak"/>. Bytes.</summary>
    public static long PeakResident(int process) => Status(process, "VmHWM:");

    /// <summary>Starts the peak anew: proc(5), clear_refs.</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>Processor time of a process and its living and ended children. Seconds.</summary>
    public static double ProcessorSeconds(int process)
    {
        var seconds = Own(process);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var other) && Parent(other) == process) seconds += Own(other);
        }
        return seconds;
    }

    private static double Own(int process) => Fields(process) is { Length: > 16 } fields
        ? fields[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / 100
        : 0;

    private static int Parent(int process) => Fields(process) is { Length: > 2 } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>The fields of proc(5) stat behind the name, which may hold blanks.</summary>
    private static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Status(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
