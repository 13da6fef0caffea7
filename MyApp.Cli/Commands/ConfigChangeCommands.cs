using System.CommandLine;
using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp config set|unset|history|rollback|diff</c>: what the config server keeps for a service.</summary>
internal static class ConfigChangeCommands
{
    public static Command Set(CommandRunner runner)
    {
        var (service, message, expected) = (Service(), Message(), IfVersion());
        var values = new Argument<string[]>("KEY=VALUE") { Description = "Paths of keys and their values, all in one change", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand("set", "Keeps values in the config server, all in one change; where no file says otherwise the next ship takes them, or with config.onChange a rollout does at once.", """
            myapp config set orders replicas=3 run.env.GIN_MODE=release --env prod
            myapp config set orders app.feature.checkout=on --env staging --message "try it"
            """) { service, values, message, expected };
        return runner.Attach(command, (call, parse, ct) =>
        {
            var wrong = parse.GetValue(values)!.Where(value => value.IndexOf('=', StringComparison.Ordinal) <= 0).Select(value => $"'{value}' is not KEY=VALUE").ToList();
            if (wrong.Count > 0)
                throw CommandFailedException.BadInput("values that can't be set", wrong);
            var set = parse.GetValue(values)!.Select(value => value.Split('=', 2)).GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(same => same.Key, same => (string?)same.Last()[1], StringComparer.Ordinal);
            return ChangeAsync(call, parse.GetValue(service)!, Request(call) with { Set = set, Message = parse.GetValue(message), IfVersion = parse.GetValue(expected) }, ct);
        });
    }

    public static Command Unset(CommandRunner runner)
    {
        var (service, message, expected) = (Service(), Message(), IfVersion());
        var keys = new Argument<string[]>("KEY") { Description = "Paths of keys, all in one change", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand("unset", "Takes values out of the config server, all in one change.", """
            myapp config unset orders replicas --env prod
            """) { service, keys, message, expected };
        return runner.Attach(command, (call, parse, ct) => ChangeAsync(
            call, parse.GetValue(service)!, Request(call) with { Unset = [.. parse.GetValue(keys)!.Distinct(StringComparer.Ordinal)], Message = parse.GetValue(message), IfVersion = parse.GetValue(expected) }, ct));
    }

    public static Command RollBack(CommandRunner runner)
    {
        var service = Service();
        var to = new Argument<long>("VERSION") { Description = "The one whose values are to hold again; 0: none" };
        var command = new ExampleCommand("rollback", "Makes the values of an earlier version hold again, as a new version.", """
            myapp config rollback orders 11 --env prod
            """) { service, to };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            await using var settings = call.ConnectSettings();
            return Print(call, await settings.RollBackConfigAsync(
                call.RequireService(parse.GetValue(service)), new(call.Settings.Environment, parse.GetValue(to), Invocation.RequestedBy), ct));
        });
    }

    public static Command History(CommandRunner runner)
    {
        var service = Service();
        var count = new Option<int>("--count", "-n") { Description = "Changes from the last back, 1 to 1000", DefaultValueFactory = _ => 20, HelpName = "N" };
        var command = new ExampleCommand("history", "Lists the changes of a service's values, the last first.", """
            myapp config history orders --env prod
            """) { service, count };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            await using var settings = call.ConnectSettings();
            var history = await settings.ReadConfigHistoryAsync(call.RequireService(parse.GetValue(service)), call.Settings.Environment, parse.GetValue(count), ct);
            if (call.Screen.IsJson)
            {
                call.Screen.Document(history, WireJson.Default.ConfigHistory);
                return ExitCode.Ok;
            }

            var table = new TextTable("VERSION", "TIME", "BY", "KEYS", "WHY");
            foreach (var change in history.Changes)
                table.Add(Number(change.Version), change.At.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), change.By, string.Join(", ", change.Keys), change.Message ?? "");
            table.Print(call.Screen);
            return ExitCode.Ok;
        });
    }

    public static Command Show(CommandRunner runner)
    {
        var service = Service();
        var version = new Option<long?>("--version") { Description = "What held then (default: what holds now)", HelpName = "N" };
        var command = new ExampleCommand("show", "Lists the values the config server keeps for a service.", """
            myapp config show orders --env prod
            """) { service, version };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            await using var settings = call.ConnectSettings();
            return Print(call, await settings.ReadConfigAsync(call.RequireService(parse.GetValue(service)), call.Settings.Environment, parse.GetValue(version), ct));
        });
    }

    private static async Task<int> ChangeAsync(Invocation call, string service, ConfigChangeRequest request, CancellationToken ct)
    {
        await using var settings = call.ConnectSettings();
        var changed = Print(call, await settings.ChangeConfigAsync(call.RequireService(service), request, ct));
        await EnvironmentName.WarnOfUnknownAsync(call, service, ct);
        return changed;
    }

    private static int Print(Invocation call, ConfigView view)
    {
        if (call.Screen.IsJson)
        {
            call.Screen.Document(view, WireJson.Default.ConfigView);
            return ExitCode.Ok;
        }

        call.Screen.Line(new Styled(view.Service, Tone.Strong), $" in {view.Environment} is at version {Number(view.Version)}");
        foreach (var value in view.Values)
            call.Screen.Line($"  {value.Key} = {TerminalText.CleanLine(value.Value)}", new Styled($"  (version {Number(value.Version)}, {value.SetBy})", Tone.Faint));
        return ExitCode.Ok;
    }

    private static ConfigChangeRequest Request(Invocation call) => new() { Environment = call.Settings.Environment, RequestedBy = Invocation.RequestedBy };

    private static Argument<string> Service() => new("SERVICE") { Description = "Whose values; application: those of every service" };

    private static Option<string?> Message() => new("--message", "-m") { Description = "Why, for the history", HelpName = "TEXT" };

    private static Option<long?> IfVersion() => new("--if-version") { Description = "Only if this is the version that holds", HelpName = "N" };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
