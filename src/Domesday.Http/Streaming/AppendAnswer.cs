using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;

namespace Domesday.Http.Streaming;

/// <summary>The answer to an append: receipts, and what was not stored.</summary>
public static class AppendAnswer
{
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Sequence = JsonEncodedText.Encode("sequence");
    private static readonly JsonEncodedText LeafHash = JsonEncodedText.Encode("leaf_hash");
    private static readonly JsonEncodedText Duplicate = JsonEncodedText.Encode("duplicate");

    /// <summary><c>{"receipts":[…],"rejected":[…],"quarantined":n}</c>, the latter two only when there is something to say.</summary>
    /// <param name="isMinimal">Counts instead of receipts: <c>{"receipts":[],"stored":n,"duplicates":n,…}</c>.</param>
    public static void Write(Utf8JsonWriter json, AppendResult result, bool isMinimal = false)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteStartArray("receipts"u8);
        for (var i = 0; i < result.Receipts.Count && !isMinimal; i++) Write(json, result.Receipts[i]);
        json.WriteEndArray();
        if (isMinimal) WriteCounts(json, result.Receipts);
        if (result.Rejected.Count > 0) WriteRejected(json, result.Rejected);
        if (result.Quarantined > 0) json.WriteNumber("quarantined"u8, result.Quarantined);
        json.WriteEndObject();
    }

    /// <summary><c>{"id":"…","sequence":n,"leaf_hash":"…","duplicate":false}</c></summary>
    public static void Write(Utf8JsonWriter json, in Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(json);
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        receipt.LeafHash.CopyTo(hash);
        json.WriteStartObject();
        json.WriteString(Id, receipt.Id);
        json.WriteNumber(Sequence, receipt.Sequence);
        json.WriteBase64String(LeafHash, hash);
        json.WriteBoolean(Duplicate, receipt.Duplicate);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, IReadOnlyList<Receipt> receipts)
    {
        var duplicates = receipts.Count(receipt => receipt.Duplicate);
        json.WriteNumber("stored"u8, receipts.Count - duplicates);
        json.WriteNumber("duplicates"u8, duplicates);
    }

    private static void WriteRejected(Utf8JsonWriter json, IReadOnlyList<ProblemFault> faults)
    {
        json.WriteStartArray("rejected"u8);
        foreach (var rejected in faults.GroupBy(fault => fault.Index ?? 0))
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, rejected.Key);
            json.WriteStartArray("errors"u8);
            foreach (var fault in rejected)
            {
                json.WriteStartObject();
                json.WriteString("field"u8, fault.Field);
                json.WriteString("reason"u8, fault.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
