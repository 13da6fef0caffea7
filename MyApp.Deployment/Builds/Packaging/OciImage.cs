using System.IO.Compression;
using System.Text.Json;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>
/// An image in an OCI archive (https://github.com/opencontainers/image-spec), written without a container engine. One layer: the executable, a
/// user without rights, and from this machine the certificates and time zones that a static program looks for.
/// </summary>
public static class OciImage
{
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    private const string Epoch = "1970-01-01T00:00:00Z";

    /// <summary>Why an artifact can't run in such an image; null: it can.</summary>
    public static string? Problem(Artifact artifact) =>
        Platforms.Os(artifact.Platform) != "linux" ? $"{artifact.Platform} is not Linux, and an image of it would need a base"
        : !artifact.Static ? $"the executable for {artifact.Platform} needs {string.Join(", ", artifact.Binary?.Libraries ?? [])}, and the image holds no libraries: build it static"
        : null;

    /// <param name="contents">One a platform, of one service.</param>
    /// <param name="name">What the image is called when it is loaded, e.g. <c>orders:1.4</c>.</param>
    public static Task WriteAsync(IReadOnlyList<PackageContent> contents, string name, string path, CancellationToken ct) =>
        PackageFile.WriteAsync(path, async file =>
        {
            var blobs = Directory.CreateTempSubdirectory("myapp-oci-");
            try
            {
                var manifests = new List<OciDescriptor>();
                foreach (var content in contents)
                    manifests.Add(await AddImageAsync(content, blobs.FullName, ct));
                var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.ref.name"] = name };
                // Several at the top are several images; below an index of their own they are one image for several platforms.
                var top = manifests.Count == 1
                    ? manifests[0] with { Annotations = annotations }
                    : await AddJsonAsync(new OciIndex(2, IndexType, manifests), OciJson.Default.OciIndex, IndexType, blobs.FullName, ct) with { Annotations = annotations };
                await WriteLayoutAsync(file, new OciIndex(2, IndexType, [top]), blobs.FullName, ct);
            }
            finally
            {
                blobs.Delete(recursive: true);
            }
        });

    private static async Task WriteLayoutAsync(Stream file, OciIndex index, string blobs, CancellationToken ct)
    {
        await using var tar = new StableTar(file);
        foreach (var blob in Directory.GetFiles(blobs).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(blob);
            await tar.AddAsync($"blobs/sha256/{Path.GetFileName(blob)}", content, StableTar.Plain, ct);
        }

        await tar.AddAsync("index.json", JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Default.OciIndex), StableTar.Plain, ct);
        await tar.AddAsync("oci-layout", """{"imageLayoutVersion":"1.0.0"}""", StableTar.Plain, ct);
    }

    private static async Task<OciDescriptor> AddImageAsync(PackageContent content, string blobs, CancellationToken ct)
    {
        var (layer, unpacked) = await AddLayerAsync(content, blobs, ct);
        var platform = content.Artifact.Platform;
        var config = new OciConfig
        {
            Created = Epoch,
            Architecture = Platforms.ArchitectureOf(platform),
            Os = Platforms.Os(platform),
            Config = Process(content),
            Rootfs = new("layers", [unpacked]),
            History = [new(Epoch, "myapp package")],
        };
        var described = await AddJsonAsync(config, OciJson.Default.OciConfig, ConfigType, blobs, ct);
        var manifest = await AddJsonAsync(new OciManifest(2, ManifestType, described, [layer]), OciJson.Default.OciManifest, ManifestType, blobs, ct);
        return manifest with { Platform = new(config.Architecture, config.Os) };
    }

    private static OciProcess Process(PackageContent content)
    {
        var ports = new SortedDictionary<string, OciNothing>(StringComparer.Ordinal);
        foreach (var port in content.Unit.Ports)
            ports[$"{port.Port}/tcp"] = new();
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in content.Env)
            env[name] = value;
        // Loopback of a container is reached by nobody else.
        if (content.Unit.Ports.Count > 0)
        {
            env["ADDR"] = $"0.0.0.0:{content.Unit.Ports[0].Port}";
            if (env.ContainsKey("ASPNETCORE_URLS"))
                env["ASPNETCORE_URLS"] = $"http://0.0.0.0:{content.Unit.Ports[0].Port}";
        }

        return new()
        {
            User = $"{ImageLayer.User}:{ImageLayer.User}",
            ExposedPorts = ports,
            Env = [.. env.Select(pair => $"{pair.Key}={pair.Value}")],
            Entrypoint = [ImageLayer.Executable(content), .. content.Args],
            WorkingDir = content.Unit.WorkingDirectory ?? "/",
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["org.opencontainers.image.title"] = content.Spec.Service,
                ["org.opencontainers.image.version"] = content.Version,
                ["org.opencontainers.image.revision"] = content.Artifact.Source,
            },
        };
    }

    private static async Task<(OciDescriptor Layer, string Unpacked)> AddLayerAsync(PackageContent content, string blobs, CancellationToken ct)
    {
        var plain = Path.Combine(blobs, "layer.tar");
        await using (var file = File.Create(plain))
            await ImageLayer.WriteAsync(content, file, ct);
        var unpacked = await Sources.Digests.OfFileAsync(plain, ct);
        var packed = Path.Combine(blobs, "layer.tar.gz");
        await using (var source = File.OpenRead(plain))
        await using (var target = File.Create(packed))
        await using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            await source.CopyToAsync(gzip, ct);
        File.Delete(plain);
        return (await AddFileAsync(packed, LayerType, blobs, ct), unpacked);
    }

    private static async Task<OciDescriptor> AddFileAsync(string path, string type, string blobs, CancellationToken ct)
    {
        var digest = await Sources.Digests.OfFileAsync(path, ct);
        var size = new FileInfo(path).Length;
        File.Move(path, Path.Combine(blobs, Sources.Digests.Hex(digest)), overwrite: true);
        return new(type, digest, size);
    }

    private static async Task<OciDescriptor> AddJsonAsync<T>(
        T document, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape, string type, string blobs, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, shape);
        var digest = Sources.Digests.Of(bytes);
        await using var file = File.Create(Path.Combine(blobs, Sources.Digests.Hex(digest)));
        await file.WriteAsync(bytes, ct);
        return new(type, digest, bytes.Length);
    }
}
