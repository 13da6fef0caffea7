using System.Diagnostics;

namespace MyApp.Tests.Support;

/// <summary>A real Redis of our own on a free port, which keeps nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private Process? server;

    public static string? Missing { get; } = File.Exists("/usr/bin/redis-server") ? null : "needs redis-server";

    public int Port { get; } = FreePort.Find();

    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false,connectTimeout=1000,syncTimeout=1000";

    public void Start()
    {
        server = TestProcess.Start("/usr/bin/redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()]);
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
    }

    public async Task KillAsync()
    {
        if (server is not { HasExited: false } running)
            return;
        using var kill = TestProcess.Start("kill", ["-KILL", $"{running.Id}"]);
        await kill.WaitForExitAsync();
        await running.WaitForExitAsync();
        running.Dispose();
        server = null;
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
