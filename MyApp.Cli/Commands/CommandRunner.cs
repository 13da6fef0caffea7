using System.CommandLine;
using System.Text.Json;
using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;

namespace MyApp.Cli.Commands;

/// <summary>Runs a command's body and turns whatever ends it into words and an exit code: the one boundary of this process.</summary>
internal sealed class CommandRunner(CliHost host, SharedOptions options)
{
    /// <summary>Makes <paramref name="body"/> what <paramref name="command"/> does.</summary>
    public Command Attach(Command command, Func<Invocation, ParseResult, CancellationToken, Task<int>> body)
    {
        command.SetAction((parse, ct) => RunAsync(body, parse, ct));
        return command;
    }

    private async Task<int> RunAsync(Func<Invocation, ParseResult, CancellationToken, Task<int>> body, ParseResult parse, CancellationToken ct)
    {
        var screen = new Screen(host, new CliSettings());
        try
        {
            var layers = new SettingLayers(options.Given(parse), host.Variable, () => SettingsFile.Read(SettingsFile.Locate(host.Variable)));
            var invocation = new Invocation(host, new SettingsReader(layers).Read());
            screen = invocation.Screen;
            return await body(invocation, parse, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
        catch (ReaderGoneException)
        {
            return ExitCode.Ok;
        }
#pragma warning disable CA1031 // The boundary: whatever it is, a person reads one line of it and a script an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Report(e, screen);
        }
    }

    private int Report(Exception e, Screen screen)
    {
        var (exitCode, problem) = e switch
        {
            CommandFailedException failed => (failed.ExitCode, failed.Problem),
            GuardException guard => (OfGuard(guard.Code), new ProblemView { Title = guard.Message }),
            JsonException => (ExitCode.Failed, new ProblemView { Title = "an answer was not understood: are program and API of one version?" }),
            IOException or UnauthorizedAccessException => (ExitCode.Failed, new ProblemView { Title = e.Message }),
            _ => (ExitCode.Failed, new ProblemView { Title = $"this is a defect of myapp: {e.Message} (MYAPP_DEBUG=1 shows where)" }),
        };
        ProblemText.Print(problem, screen);
        if (host.Variable("MYAPP_DEBUG") is "1")
            screen.Error(e.ToString());
        if (screen.IsJson)
            screen.Document(problem, WireJson.Default.ProblemView);
        return exitCode;
    }

    private static int OfGuard(string code) => code switch
    {
        "conflict" or "port-taken" => ExitCode.Conflict,
        "not-found" or "bad-request" => ExitCode.BadInput,
        _ => ExitCode.Failed,
    };
}
