using System.Runtime.InteropServices;

namespace Domesday.Storage.Embedded.Disk;

/// <summary>How a thread shares busy processors. .NET's own thread priorities do nothing on Linux.</summary>
internal static partial class ThreadNice
{
    private const int ThisThread = 0;
    private const int PrioProcess = 0;

    /// <summary>Lets the calling thread step back. Best effort: a system that refuses runs it as any other.</summary>
    /// <param name="nice">0 to 19. On Linux the value is of a thread, not of its process: setpriority(2), «Bugs».</param>
    public static void Set(int nice)
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(PrioProcess, ThisThread, nice);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
