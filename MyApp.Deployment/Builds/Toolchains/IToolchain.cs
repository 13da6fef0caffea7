namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>A language's compiler on this machine.</summary>
internal interface IToolchain
{
    /// <summary>As <c>build.toolchain</c> names it.</summary>
    string Name { get; }

    /// <summary>The installed version, as it says it itself.</summary>
    /// <exception cref="BuildFailedException">It is not installed; the message says what to install.</exception>
    Task<string> FindVersionAsync(BuildContext context, CancellationToken ct);

    /// <summary>Makes <see cref="BuildContext.Executable"/>; returns what was done.</summary>
    Task<string> CompileAsync(BuildContext context, CancellationToken ct);

    /// <summary>Why <see cref="SlimAsync"/> has nothing to do.</summary>
    string? SlimSkipReason { get; }

    /// <summary>Makes the executable again without what only a debugger needs; returns what was done.</summary>
    Task<string> SlimAsync(BuildContext context, CancellationToken ct);
}
