namespace MyApp.Hosting.Engine.Execution;

/// <summary>Brings one resource into being and keeps its state told.</summary>
internal interface IResourceRunner : IDisposable
{
    IResource Resource { get; }

    /// <summary>Ends when the resource has been started, could not be, or is not meant to start by itself.</summary>
    Task StartAsync(CancellationToken ct);

    /// <summary>Ends when it no longer runs.</summary>
    Task StopAsync();
}
