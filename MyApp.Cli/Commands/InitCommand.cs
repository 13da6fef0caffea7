using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Supervision.Files;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp init [DIR]</c>.</summary>
internal static class InitCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = FolderArgument.Create();
        var command = new ExampleCommand("init", "Looks at a project and writes its myapp.yaml.", """
            myapp init
            myapp init services/orders --yes
            """) { folder };
        return runner.Attach(command, (call, parse, _) => Task.FromResult(Run(call, parse.GetValue(folder)!)));
    }

    private static int Run(Invocation call, string folder)
    {
        var full = call.Host.FullPath(folder);
        if (!Directory.Exists(full))
            throw new CommandFailedException(ExitCode.BadInput, $"there is no folder {folder}");
        var path = Path.Combine(full, "myapp.yaml");
        if (File.Exists(path) && !call.Settings.Yes)
            throw new CommandFailedException(ExitCode.BadInput, $"{path} exists; --yes overwrites it");
        var found = StarterSpec.Detect(full, call.Settings.Service);
        AtomicFile.WriteAllText(path, found.Text);
        if (call.Screen.IsJson)
            call.Screen.Document(new InitReport(path, found.Service, found.Toolchain), CliJson.Default.InitReport);
        else
            Tell(call.Screen, path, found);
        return ExitCode.Ok;
    }

    private static void Tell(Screen screen, string path, StarterSpec found)
    {
        screen.Line("wrote ", new Styled(path, Tone.Strong), $" for {found.Service} ({found.Toolchain ?? "no toolchain recognised: say in it how to build"})");
        screen.Progress("next: myapp plan, myapp build, myapp ship");
    }
}
