using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>A binary package, deb(5): ar(5) over two archives. Installing it puts the service there and starts nothing.</summary>
public static partial class DebianPackage
{
    private static readonly Dictionary<string, string> Architectures = new(StringComparer.Ordinal)
    {
        ["amd64"] = "amd64", ["arm64"] = "arm64", ["arm"] = "armhf", ["386"] = "i386", ["riscv64"] = "riscv64", ["ppc64le"] = "ppc64el", ["s390x"] = "s390x",
    };

    private const string Reload = "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then\n    systemctl --system daemon-reload >/dev/null || true\nfi\n";

    /// <summary>Why no package can be made of it; null: one can.</summary>
    public static string? Problem(Artifact artifact, string version) =>
        Platforms.Os(artifact.Platform) != "linux" ? $"{artifact.Platform} is not Linux"
        : !Version().IsMatch(version) ? $"'{version}' is no version of a Debian package: begin with a digit, and use letters, digits and . + ~ - alone"
        : null;

    public static Task WriteAsync(PackageContent content, string path, CancellationToken ct) =>
        PackageFile.WriteAsync(path, async file =>
        {
            await file.WriteAsync("!<arch>\n"u8.ToArray(), ct);
            await AddMemberAsync(file, "debian-binary", "2.0\n"u8.ToArray(), ct);
            await AddMemberAsync(file, "control.tar.gz", await PackAsync(tar => WriteControlAsync(content, tar, ct)), ct);
            await AddMemberAsync(file, "data.tar.gz", await PackAsync(tar => WriteDataAsync(content, tar, ct)), ct);
        });

    private static string Executable(PackageContent content) => $"/usr/lib/{content.Spec.Service}/{content.Spec.Service}";

    private static async Task WriteControlAsync(PackageContent content, StableTar tar, CancellationToken ct)
    {
        var service = content.Spec.Service;
        await tar.AddAsync("./control", Control(content), StableTar.Plain, ct);
        await tar.AddAsync("./postinst", Reload + UserOf(content), StableTar.Program, ct);
        await tar.AddAsync("./postrm", Reload, StableTar.Program, ct);
        var stop = $"#!/bin/sh\nset -e\nif [ \"$1\" = remove ] && [ -d /run/systemd/system ]; then\n    systemctl --system disable --now {service}.service >/dev/null 2>&1 || true\nfi\n";
        await tar.AddAsync("./prerm", stop, StableTar.Program, ct);
    }

    // A user that the spec names must be there before the service starts; without one systemd makes up its own.
    private static string UserOf(PackageContent content) =>
        content.Unit.User is { } user and not "root"
            ? $"if [ \"$1\" = configure ] && ! getent passwd {user} >/dev/null; then\n    useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin {user}\nfi\n"
            : "";

    private static string Control(PackageContent content)
    {
        var size = (content.Artifact.Bytes + 1023) / 1024;
        var depends = content.Artifact.Static ? "" : "Depends: libc6\n";
        return string.Create(CultureInfo.InvariantCulture, $"""
            Package: {content.Spec.Service}
            Version: {content.Version}
            Architecture: {Architectures[Platforms.ArchitectureOf(content.Artifact.Platform)]}
            Maintainer: {content.Spec.Service} <root@localhost>
            Installed-Size: {size}
            {depends}Section: net
            Priority: optional
            Description: {content.Spec.Service}, for {content.Spec.Environment}
             Built from {content.Artifact.Source}.

            """);
    }

    private static async Task WriteDataAsync(PackageContent content, StableTar tar, CancellationToken ct)
    {
        var service = content.Spec.Service;
        await tar.AddAsync($"./lib/systemd/system/{service}.service", ServiceUnitFile.Write(content, Executable(content)), StableTar.Plain, ct);
        await using (var program = content.OpenExecutable())
            await tar.AddAsync("." + Executable(content), program, StableTar.Program, ct);
        foreach (var (name, bytes) in content.Documents())
            await tar.AddAsync($"./usr/share/doc/{service}/{name}", bytes, StableTar.Plain, ct);
    }

    private static async Task<byte[]> PackAsync(Func<StableTar, Task> write)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new StableTar(gzip))
            await write(tar);
        return packed.ToArray();
    }

    private static async Task AddMemberAsync(Stream file, string name, byte[] content, CancellationToken ct)
    {
        // Name, time, owner, group and mode in octal, size; each padded with spaces.
        var header = string.Create(CultureInfo.InvariantCulture, $"{name,-16}{0,-12}{0,-6}{0,-6}{"100644",-8}{content.Length,-10}`\n");
        await file.WriteAsync(Encoding.ASCII.GetBytes(header), ct);
        await file.WriteAsync(content, ct);
        if (content.Length % 2 == 1)
            await file.WriteAsync("\n"u8.ToArray(), ct);
    }

    [GeneratedRegex(@"^[0-9][A-Za-z0-9.+~-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
