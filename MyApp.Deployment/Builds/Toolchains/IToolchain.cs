using MyApp.Deployment.Builds.Trust;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>A language's compiler on this machine.</summary>
internal interface IToolchain
{
    /// <summary>As <c>build.toolchain</c> names it.</summary>
    string Name { get; }

    /// <summary>What is installed, exactly enough that a change of it makes another build. The source is not unpacked yet.</summary>
    /// <exception cref="BuildFailedException">It is not installed; the message says what to install.</exception>
    Task<string> FindVersionAsync(BuildContext context, CancellationToken ct);

    /// <summary>Makes <see cref="BuildContext.Executable"/>; returns what was done.</summary>
    Task<string> CompileAsync(BuildContext context, CancellationToken ct);

    /// <summary>Why <see cref="SlimAsync"/> has nothing to do; null: it has.</summary>
    string? SlimSkipReason(BuildContext context);

    /// <summary>Makes the executable again without what only a debugger needs; returns what was done.</summary>
    Task<string> SlimAsync(BuildContext context, CancellationToken ct);

    /// <summary>What of others is in the executable.</summary>
    Task<IReadOnlyList<Component>> FindComponentsAsync(BuildContext context, CancellationToken ct);
}
