using System.Globalization;
using System.Text;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Hosting.Engine.Execution;

namespace MyApp.Hosting.Engine;

/// <summary>Once everything is ready, has ended or has failed: a line for each address people open, and one for each thing that did not work.</summary>
internal sealed class StartSummary(ResourceNotificationService notifications, TimeProvider clock, DashboardHost? dashboard = null) : IDisposable
{
    private readonly CancellationTokenSource stopped = new();

    public void Watch(DistributedApplicationModel model, long began) => _ = PrintWhenSettledAsync(model, began);

    public void Stop() => stopped.Cancel();

    public void Dispose() => stopped.Dispose();

    private async Task PrintWhenSettledAsync(DistributedApplicationModel model, long began)
    {
        var waited = model.Resources.Where(r => !r.HasAnnotationOfType<ExplicitStartupAnnotation>()).ToList();
        try
        {
            await foreach (var _ in notifications.WatchAsync(stopped.Token))
            {
                if (waited.All(r => notifications.Current(r) is { } snapshot && IsSettled(r, snapshot)))
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Console.Out.Write(Text(waited, clock.GetElapsedTime(began)));
    }

    private string Text(List<IResource> resources, TimeSpan took)
    {
        var text = new StringBuilder();
        var bad = resources.Where(r => notifications.Current(r) is { } s && IsBad(s)).ToList();
        text.AppendLine(CultureInfo.InvariantCulture, $"{(bad.Count == 0 ? "Ready" : "Not ready")} after {took.TotalSeconds:0.0} s");
        foreach (var resource in resources.Where(r => r is not IResourceWithParent && !bad.Contains(r)))
        {
            foreach (var url in notifications.Current(resource)!.Urls.Where(u => !u.IsInternal && u.Url.StartsWith("http", StringComparison.Ordinal)))
                text.AppendLine(CultureInfo.InvariantCulture, $"  {(url.DisplayProperties.DisplayName is { Length: > 0 } shown ? shown : resource.Name),-14} {url.Url}");
        }

        if (dashboard?.LoginUrl is { } login)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {"dashboard",-14} {login}");
        foreach (var resource in bad)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {resource.Name,-14} {State(notifications.Current(resource)!)}");
        return text.ToString();
    }

    private static bool IsSettled(IResource resource, CustomResourceSnapshot snapshot) =>
        (snapshot.IsReady && (RunnerServices.IsService(resource) || !RunnerServices.IsProcess(resource))) || snapshot.State?.Text == KnownResourceStates.NotStarted || IsTerminal(snapshot);

    private static bool IsTerminal(CustomResourceSnapshot snapshot) => snapshot.State is { } state
        && (KnownResourceStates.TerminalStates.Contains(state.Text) || state.Text == KnownResourceStates.ValueMissing);

    private static bool IsBad(CustomResourceSnapshot snapshot) => IsTerminal(snapshot)
        && (snapshot.State!.Text is "FailedToStart" or "ValueMissing" || snapshot.ExitCode is not (null or 0));

    private static string State(CustomResourceSnapshot snapshot) =>
        snapshot.ExitCode is { } code and not 0 ? $"{snapshot.State?.Text}, exit code {code.ToString(CultureInfo.InvariantCulture)}" : snapshot.State?.Text ?? "";
}
