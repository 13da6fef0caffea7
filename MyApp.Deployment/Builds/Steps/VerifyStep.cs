using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>Reads the executable's own header: what was built must be able to run here.</summary>
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
        using var file = File.OpenRead(path);
        var elf = ElfFile.Read(file) ?? throw new BuildFailedException("the build's output is no 64-bit ELF executable");
        if ("linux/" + elf.Architecture != Platforms.Native)
            throw new BuildFailedException($"the executable is for linux/{elf.Architecture}, and this is a {Platforms.Native} machine");
        if (context.Toolchain.Name == BuildSpec.Go && elf.Interpreter is not null)
            throw new BuildFailedException($"the executable is not static: it asks for {elf.Interpreter}");
        context.Static = elf.Interpreter is null;
        return Task.FromResult(elf.Interpreter is null ? $"ELF {elf.Architecture}, static" : $"ELF {elf.Architecture}, loaded by {elf.Interpreter}");
    }
}
