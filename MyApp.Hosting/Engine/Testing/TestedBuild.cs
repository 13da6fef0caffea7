using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Configuration;

namespace MyApp.Hosting.Engine.Testing;

/// <summary>
/// A run of an AppHost's program inside a test: <c>CreateBuilder</c> takes the test's settings, <c>Build</c> waits for the test to finish
/// the model, <c>Run</c> waits for the test to end.
/// </summary>
internal sealed class TestedBuild(Assembly assembly, string[] args)
{
    private static readonly AsyncLocal<TestedBuild?> Flow = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> modelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TestedBuild? Current => Flow.Value;

    public Assembly Assembly => assembly;

    public Task<DistributedApplicationBuilder> StartAsync()
    {
        // A thread of its own: the program blocks in Run for as long as the test lasts.
        var thread = new Thread(RunProgram) { IsBackground = true, Name = assembly.GetName().Name };
        thread.Start();
        return modelled.Task;
    }

    public Task<DistributedApplication> BuildAsync()
    {
        goOn.TrySetResult();
        return built.Task;
    }

    public void Configure(DistributedApplicationOptions options) => options.Args = [.. options.Args ?? [], "--no-dashboard", .. args];

    // As the official package does it: any free port instead of fixed ones.
    public static void Configure(HostApplicationBuilder host) =>
        host.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DcpPublisher:RandomizePorts"] = "true" });

    public DistributedApplication Built(DistributedApplicationBuilder builder, Func<DistributedApplication> build)
    {
        modelled.TrySetResult(builder);
        goOn.Task.GetAwaiter().GetResult();
        var application = build();
        built.TrySetResult(application);
        return application;
    }

    public Task EndedAsync(CancellationToken ct) => ended.Task.WaitAsync(ct);

    public void End()
    {
        goOn.TrySetCanceled();
        ended.TrySetResult();
    }

    private void RunProgram()
    {
        Flow.Value = this;
        try
        {
            var main = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} is not a program.");
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            (result as Task)?.GetAwaiter().GetResult();
            Fail(new InvalidOperationException("The program ended without building an application."));
        }
        catch (TargetInvocationException failure)
        {
            Fail(failure.InnerException ?? failure);
        }
        catch (InvalidOperationException failure)
        {
            Fail(failure);
        }
    }

    private void Fail(Exception failure)
    {
        modelled.TrySetException(failure);
        built.TrySetException(failure);
    }
}
