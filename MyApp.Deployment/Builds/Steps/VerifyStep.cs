using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>Reads the executable's own headers: what was built must be able to run where it was built for.</summary>
internal sealed class VerifyStep : IBuildStep
{
    public string Name => "verify";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var path = context.Executable!;
        // The build ran somebody's code; a link would make the store copy whatever it points to.
        if (new FileInfo(path).LinkTarget is not null)
            throw new BuildFailedException("the build left a link where the executable should be");
        var binary = BinaryFile.Read(path) ?? throw new BuildFailedException($"the build's output is no executable for {context.Platform}: neither ELF, PE nor Mach-O");
        if (binary.Platform != context.Platform)
            throw new BuildFailedException($"the executable is for {binary.Platform}, and was to be for {context.Platform}");
        // Of what is packed nobody can see what it will ask for.
        if (context.Unpacked is { } unpacked)
            binary = BinaryFile.Read(unpacked) ?? throw new BuildFailedException("what was packed is no executable");
        // macOS and Windows have no static executables: what a program may call is in libraries of the system.
        if (context.Toolchain.Name == BuildSpec.Go && !context.Build.Flags.Cgo && binary is { Format: BinaryFormat.Elf, Static: false })
            throw new BuildFailedException($"the executable is not static: it asks for {string.Join(", ", binary.Libraries.Prepend(binary.Interpreter))}");
        context.Binary = binary;
        var cgo = context.Build.Flags.Cgo && !binary.Static ? "; cgo makes it dynamic (flags.ldflags: [\"-linkmode=external\", \"-extldflags=-static\"] may help)" : "";
        return Task.FromResult($"{binary}{cgo}");
    }
}
