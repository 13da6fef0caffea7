using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MyApp.Api.Console;

/// <summary>
/// The console's style, script and icon: embedded in the assembly, compressed once, served under a name that holds their hash, so that
/// a browser may keep them for ever and never mixes an old script with a new page.
/// </summary>
public sealed class ConsoleAssets
{
    private readonly FrozenDictionary<string, Asset> byPath;

    public ConsoleAssets()
    {
        var style = Asset.Load("console.css", "text/css; charset=utf-8");
        var script = Asset.Load("console.js", "text/javascript; charset=utf-8");
        var icon = Asset.Load("icon.svg", "image/svg+xml");
        (Style, Script, Icon) = (style.Path, script.Path, icon.Path);
        byPath = new[] { style, script, icon }.ToFrozenDictionary(a => a.Path, StringComparer.Ordinal);
    }

    public string Style { get; }

    public string Script { get; }

    public string Icon { get; }

    /// <summary>Of all of them, uncompressed.</summary>
    public long Bytes => byPath.Values.Sum(a => a.Plain.LongLength);

    internal IResult Serve(HttpContext context)
    {
        if (!byPath.TryGetValue(context.Request.Path.Value ?? "", out var asset))
            return TypedResults.NotFound();
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.XContentTypeOptions = "nosniff";
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        var (body, encoding) = accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? (asset.Brotli, "br")
            : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? (asset.Gzip, "gzip")
            : (asset.Plain, null);
        if (encoding is not null)
            headers.ContentEncoding = encoding;
        return TypedResults.Bytes(body, asset.Type);
    }

    private sealed record Asset(string Path, string Type, byte[] Plain, byte[] Gzip, byte[] Brotli)
    {
        public static Asset Load(string name, string type)
        {
            using var source = typeof(ConsoleAssets).Assembly.GetManifestResourceStream("console/" + name)
                ?? throw new InvalidOperationException($"The assembly holds no console/{name}.");
            using var plain = new MemoryStream();
            source.CopyTo(plain);
            var body = plain.ToArray();
            var hash = Convert.ToHexStringLower(SHA256.HashData(body))[..16];
            var dot = name.LastIndexOf('.');
            return new Asset(
                $"/console/{name[..dot]}.{hash}{name[dot..]}", type, body,
                Compress(body, s => new GZipStream(s, CompressionLevel.SmallestSize, leaveOpen: true)),
                Compress(body, s => new BrotliStream(s, CompressionLevel.SmallestSize, leaveOpen: true)));
        }

        private static byte[] Compress(byte[] body, Func<Stream, Stream> open)
        {
            using var packed = new MemoryStream();
            using (var stream = open(packed))
                stream.Write(body);
            return packed.ToArray();
        }
    }
}
