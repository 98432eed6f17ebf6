using System.Collections.Frozen;
using System.Security.Cryptography;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Domesday.Ui.Assets;

/// <summary>The pages' own scripts, styles and pictures, carried in the assembly.</summary>
internal static class UiAssets
{
    private const string Prefix = "ui/";

    private static readonly FrozenDictionary<string, Asset> All = typeof(UiAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], Load);

    /// <summary>Browsers ask each time whether a file is still the same: an upgrade never meets an old script.</summary>
    public static IResult Get(string name, HttpContext http)
    {
        if (!All.TryGetValue(name, out var asset)) return new Problem(ProblemKind.NotFound, "There is no such file.").ToResult();
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(asset.Bytes, asset.MediaType, entityTag: asset.Tag);
    }

    private static Asset Load(string name)
    {
        using var stream = typeof(UiAssets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"");
        return new(bytes, tag, Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        });
    }

    private sealed record Asset(byte[] Bytes, EntityTagHeaderValue Tag, string MediaType);
}
