using Domesday.Core.Witnesses;
using Domesday.Events.Merkle;

namespace Domesday.Server.Settings;

/// <summary>Reads the setting that names witnesses.</summary>
internal static class WitnessForm
{
    public static (IReadOnlyList<Witness>? Value, string? Fault) Parse(string text)
    {
        var witnesses = new List<Witness>();
        foreach (var one in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (one.Split('|') is not [var url, var key] || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) return (null, $"has '{one}', which is not an http address and a verifier key with | between them");
            if (!WitnessKey.TryParse(key, out var parsed)) return (null, $"has '{key}', which is not the verifier key of a witness: name+id+base64, of the kind cosignature/v1");
            if (witnesses.Any(known => known.Key.ToString() == parsed.ToString())) return (null, $"has '{key}' twice");
            witnesses.Add(new(address, parsed));
        }
        return witnesses.Count == 0 ? (null, "is empty: name at least one") : (witnesses, null);
    }
}
