using System.CommandLine;
using MyApp.Cli.Settings;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>key</c>.</summary>
/// <param name="Public">What environments list its owner by.</param>
/// <param name="File">The private half.</param>
internal sealed record KeyReport(string Public, string File);

/// <summary><c>myapp key</c>: by what others know who has signed.</summary>
internal static class KeyCommand
{
    public static Command Create(CommandRunner runner)
    {
        var file = CreateOption();
        var command = new ExampleCommand("key", "Prints your public key, for environments.NAME.approval.people; makes your key the first time.", """
            myapp key
            myapp key --key ada.key.pem
            """) { file };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            var (key, path) = await PersonalKeyFile.LoadAsync(call, parse.GetValue(file), make: true, ct);
            if (call.Screen.IsJson)
                call.Screen.Document(new KeyReport(key.Public, path), CliJson.Default.KeyReport);
            else
                call.Screen.Line(key.Public);
            return ExitCode.Ok;
        });
    }

    public static Option<string?> CreateOption() => new("--key") { Description = "Your private key in PEM (default: person.key.pem beside your settings)", HelpName = "FILE" };
}
