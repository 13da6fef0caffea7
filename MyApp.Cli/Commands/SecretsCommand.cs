using System.CommandLine;
using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp secrets</c>: they go in and are handed to services; nothing here prints one.</summary>
internal static class SecretsCommand
{
    private const string NoArgument =
        "secrets set takes one NAME and no value: arguments are kept by shells and read by every process of the host. Leave the value out to be asked for it, or give it on standard input: myapp secrets set NAME < FILE";

    public static Command Create(CommandRunner runner) => new("secrets", "Secrets of an environment: set, listed without their values, rotated to a new key.")
    {
        Set(runner), List(runner), Rotate(runner), Audit(runner),
    };

    private static Command Set(CommandRunner runner)
    {
        var name = new Argument<string>("NAME") { Description = "As in ${secret:NAME}" };
        var command = new ExampleCommand("set", "Stores a new version of a secret, read from standard input or asked for; the next ship hands it out.", """
            myapp secrets set DB_URL --env prod
            myapp secrets set DB_URL --env prod --service orders < url.txt
            pass show db | myapp secrets set DB_PASSWORD --env staging
            """) { name };
        // The parser's own complaint would repeat them, and one of them may be the value.
        command.TreatUnmatchedTokensAsErrors = false;
        return runner.Attach(command, async (call, parse, ct) =>
        {
            if (parse.UnmatchedTokens.Count > 0 || parse.GetValue(name)!.Contains('=', StringComparison.Ordinal))
                throw new CommandFailedException(ExitCode.BadInput, NoArgument);
            var value = ReadValue(call, parse.GetValue(name)!);
            if (SecretVault.Problem(parse.GetValue(name)!, value) is { } problem)
                throw new CommandFailedException(ExitCode.BadInput, problem);
            await using var settings = call.ConnectSettings();
            var stored = await settings.SetSecretAsync(new SecretScope(call.Settings.Environment, call.Settings.Service), parse.GetValue(name)!, value, ct);
            if (call.Screen.IsJson)
                call.Screen.Document(new SecretList([stored]), WireJson.Default.SecretList);
            else
                call.Screen.Line($"{stored.Name} of {new SecretScope(stored.Environment, stored.Service)} is at version {stored.Version}; releases made from now on get it");
            await EnvironmentName.WarnOfUnknownAsync(call, call.Settings.Service, ct);
            return ExitCode.Ok;
        });
    }

    private static Command List(CommandRunner runner)
    {
        var command = new ExampleCommand("list", "Lists the secrets of an environment, without their values.", """
            myapp secrets list --env prod
            myapp secrets list --output json | jq '.secrets[].name'
            """);
        return runner.Attach(command, async (call, _, ct) =>
        {
            await using var settings = call.ConnectSettings();
            var secrets = await settings.ListSecretsAsync(call.Settings.Environment, ct);
            if (call.Screen.IsJson)
            {
                call.Screen.Document(secrets, WireJson.Default.SecretList);
                return ExitCode.Ok;
            }

            var table = new TextTable("NAME", "FOR", "VERSION", "SET", "BY", "KEYS");
            foreach (var secret in secrets.Secrets)
                table.Add(secret.Name, secret.Service ?? "every service", Number(secret.Version), Time(secret.SetAt), secret.SetBy, string.Join(", ", secret.KeyIds));
            table.Print(call.Screen);
            return ExitCode.Ok;
        });
    }

    private static Command Rotate(CommandRunner runner)
    {
        var command = new ExampleCommand("rotate", $"Wraps every secret with the first key of {KeyRing.Variable} or its file, so that older keys can go; values stay.", """
            myapp secrets rotate
            """);
        return runner.Attach(command, async (call, _, ct) =>
        {
            await using var settings = call.ConnectSettings();
            var rotation = await settings.RotateSecretsAsync(ct);
            if (call.Screen.IsJson)
                call.Screen.Document(rotation, WireJson.Default.SecretRotation);
            else
                call.Screen.Line(rotation.Rewrapped == 0 ? "every secret is wrapped with the active key already" : $"{Number(rotation.Rewrapped)} versions are wrapped with the active key now");
            return ExitCode.Ok;
        });
    }

    private static Command Audit(CommandRunner runner)
    {
        var count = new Option<int>("--count", "-n") { Description = "Events from the last back, 1 to 1000", DefaultValueFactory = _ => 50, HelpName = "N" };
        var command = new ExampleCommand("audit", "Tells who set, read or rotated secrets, the last first.", """
            myapp secrets audit --env prod
            """) { count };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            if (parse.GetValue(count) is < 1 or > 1000)
                throw new CommandFailedException(ExitCode.BadInput, "--count must be 1 to 1000");
            await using var settings = call.ConnectSettings();
            var audit = await settings.ReadSecretAuditAsync(call.Settings.Environment, parse.GetValue(count), ct);
            if (call.Screen.IsJson)
            {
                call.Screen.Document(audit, WireJson.Default.SecretAudit);
                return ExitCode.Ok;
            }

            var table = new TextTable("TIME", "DID", "SECRET", "VERSION", "BY");
            foreach (var each in audit.Events)
                table.Add(Time(each.Time), each.Action.ToString().ToLowerInvariant(), each.Service is null ? each.Name : $"{each.Service}/{each.Name}", each.Version is { } version ? Number(version) : "", each.By);
            table.Print(call.Screen);
            return ExitCode.Ok;
        });
    }

    // One line feed at the end is the editor's, and no part of the secret.
    private static Secret ReadValue(Invocation call, string name)
    {
        var text = call.Host.InIsTerminal ? call.Host.ReadHidden($"value of {name}: ") : call.Host.In.ReadToEnd();
        return new(text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
