using System.Reflection;
using System.Runtime.InteropServices;

namespace Domesday.Events.Merkle;

/// <summary>OpenSSL's libcrypto, which .NET itself needs on Linux, under the names that it has on different systems.</summary>
internal static class LibCrypto
{
    private static readonly string[] Names = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll"];

    public static bool TryLoad(out nint library)
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out library)) return true;
        }
        library = 0;
        return false;
    }
}
