using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Units;

public static class Planner
{
    /// <summary>Null where the file has no such service.</summary>
    /// <param name="sourceFolder">The folder of the spec.</param>
    /// <param name="today">Acceptances that ended before count no more; null: they are taken as they stand.</param>
    public static ShipPlan? Plan(SpecFile file, string service, string environment, string sourceFolder, DataPaths paths, DateOnly? today = null)
    {
        if (file.Find(service, environment) is not { } spec)
            return null;
        var toolchain = spec.Build.Toolchain ?? ToolchainDetector.Detect(Path.Combine(sourceFolder, spec.Build.Source));
        var compiled = UnitCompiler.Compile(spec, new($"{service}-{environment}-next", 0), toolchain ?? "", paths, today);
        var diagnostics = compiled.Diagnostics.ToList();
        if (toolchain is null)
            diagnostics.Add(new(Severity.Error, "build.toolchain", "the toolchain can't be told from the files", "build: { toolchain: go }, or dotnet, command or prebuilt"));
        return new(compiled.Unit, diagnostics, toolchain, GuardCapabilities.Table);
    }
}
