using System.Diagnostics;
using Npgsql;

namespace MyApp.Tests.Support;

/// <summary>A real PostgreSQL of our own in a temporary folder on a free port; never runs as root, which the server refuses.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";
    private readonly string folder = Directory.CreateTempSubdirectory("myapp-pg-").FullName;
    private readonly bool durable;
    private Process? server;

    private PostgresServer(bool durable) => (this.durable, Port) = (durable, FreePort.Find());

    public static string? Missing { get; } = FindMissing();

    public int Port { get; }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Timeout=3;Command Timeout=10;Include Error Detail=false";

    /// <param name="durable">Whether a commit waits for the disk, as it does where nobody says otherwise.</param>
    public static async Task<PostgresServer> StartAsync(bool durable = false)
    {
        var made = new PostgresServer(durable);
        try
        {
            await made.InitAsync();
            await made.RunAsync();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a crash: no shutdown, connections just end.</summary>
    public async Task KillAsync()
    {
        // Immediate shutdown takes the children along at once, as a power cut would; a killed parent would leave them for seconds.
        await EndAsync("QUIT");
    }

    public async Task RunAsync()
    {
        server = Start("postgres", ["-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}", "-c", $"fsync={(durable ? "on" : "off")}"]);
        var deadline = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            Assert.False(server.HasExited, "postgres ended at once");
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "postgres does not answer");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>An empty database of this name; the connection string to it.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"create database \"{name}\"");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("INT");
        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private static string? FindMissing() =>
        Binary("postgres") is null ? "needs PostgreSQL (initdb and postgres in PATH or /usr/lib/postgresql)"
        : Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv") ? "needs setpriv to run PostgreSQL as another user than root"
        : null;

    private async Task InitAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory(Data);
            using var chown = TestProcess.Start("chown", ["-R", Unprivileged, folder]);
            await chown.WaitForExitAsync();
        }

        using var init = Start("initdb", ["-D", Data, "-U", User, "-A", "trust", "-N", "--locale=C", "-E", "UTF8"]);
        var output = init.StandardOutput.ReadToEndAsync();
        var error = init.StandardError.ReadToEndAsync();
        await init.WaitForExitAsync();
        Assert.True(init.ExitCode == 0, $"initdb: {await output} {await error}");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task EndAsync(string signal)
    {
        if (server is not { HasExited: false } running)
            return;
        // setpriv and bash replace themselves, so this is the server's own pid, and it is our child: it can't be another's.
        using var kill = TestProcess.Start("kill", [$"-{signal}", $"{running.Id}"]);
        await kill.WaitForExitAsync();
        await running.WaitForExitAsync();
        running.Dispose();
        server = null;
    }

    private static Process Start(string program, string[] arguments)
    {
        var binary = Binary(program) ?? throw new InvalidOperationException($"no {program}");
        var started = Environment.IsPrivilegedProcess
            ? TestProcess.Start("setpriv", [$"--reuid={Uid}", $"--regid={Uid}", "--clear-groups", binary, .. arguments])
            : TestProcess.Start(binary, arguments);
        if (program == "postgres")
        {
            started.BeginOutputReadLine();
            started.BeginErrorReadLine();
        }

        return started;
    }

    // nobody's number on Debian and Red Hat; any but 0 would do, the folder is made its own.
    private const string Uid = "65534";
    private const string Unprivileged = "65534:65534";

    private static string? Binary(string name)
    {
        var versions = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).OrderDescending()
            : Enumerable.Empty<string>();
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(path).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }
}
