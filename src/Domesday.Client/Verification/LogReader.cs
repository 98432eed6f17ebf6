namespace Domesday.Client.Verification;

/// <summary>Fetches from a log, and tells what shows it to be broken from what does not.</summary>
internal sealed class LogReader(FetchLogResource fetch)
{
    /// <summary>Fetches what the log must have, once it has signed a checkpoint.</summary>
    /// <exception cref="LedgerBrokenException">It does not have it, or says that it is damaged.</exception>
    /// <exception cref="LogRefusedException">It does not hand it out to this caller, or not now.</exception>
    public async Task<ReadOnlyMemory<byte>> RequiredAsync(string path, CancellationToken cancellation) =>
        await OptionalAsync(path, cancellation) ?? throw new LedgerBrokenException($"The log no longer has {path}, which its own checkpoint needs.");

    /// <returns>Null when the log says that entries are gone.</returns>
    /// <inheritdoc cref="RequiredAsync"/>
    public async Task<ReadOnlyMemory<byte>?> OptionalAsync(string path, CancellationToken cancellation)
    {
        var resource = await fetch(path, cancellation);
        return resource.Answer switch
        {
            LogAnswer.Found => resource.Body,
            LogAnswer.Gone => (ReadOnlyMemory<byte>?)null,
            LogAnswer.NotFound => throw new LedgerBrokenException($"The log does not have {path}, which its own checkpoint needs: {resource.Detail}"),
            LogAnswer.Corrupt => throw new LedgerBrokenException($"The log says of {path}: {resource.Detail}"),
            _ => throw new LogRefusedException($"The log does not hand out {path}: {resource.Detail}"),
        };
    }

    /// <summary>Fetches what a log may have: not all of them know of it.</summary>
    /// <returns>Null when it does not hand it out.</returns>
    /// <exception cref="LedgerBrokenException">It says that it is damaged.</exception>
    public async Task<ReadOnlyMemory<byte>?> ExtraAsync(string path, CancellationToken cancellation)
    {
        var resource = await fetch(path, cancellation);
        return resource.Answer switch
        {
            LogAnswer.Found => resource.Body,
            LogAnswer.Corrupt => throw new LedgerBrokenException($"The log says of {path}: {resource.Detail}"),
            _ => (ReadOnlyMemory<byte>?)null,
        };
    }

    /// <summary>Fetches what every log has.</summary>
    /// <exception cref="LogRefusedException">It does not hand it out.</exception>
    public async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        var resource = await fetch(path, cancellation);
        if (resource.Answer != LogAnswer.Found) throw new LogRefusedException($"The log does not hand out its {path}: {resource.Detail}");
        return SignedCheckpoint.Decode(resource.Body.Span) ?? throw new LedgerBrokenException($"The log's {path} is not text.");
    }
}
