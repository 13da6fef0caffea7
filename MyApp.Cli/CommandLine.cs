using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using MyApp.Cli.Commands;
using MyApp.Cli.Output;

namespace MyApp.Cli;

/// <summary>The whole of <c>myapp</c>: parse, run one command, return its exit code.</summary>
internal static partial class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliHost host, CancellationToken ct)
    {
        var root = Create(host);
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var streams = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            // Program.cs listens to signals.
            ProcessTerminationTimeout = null,
        };
        if (parse.Action is ParseErrorAction)
            return Refuse(parse.Errors, host);
        try
        {
            return await parse.InvokeAsync(streams, ct);
        }
        catch (ReaderGoneException)
        {
            return ExitCode.Ok;
        }
    }

    public static RootCommand Create(CliHost host)
    {
        var options = new SharedOptions();
        var runner = new CommandRunner(host, options);
        var root = new RootCommand("Takes a backend from source to a supervised service: build, ship, watch, roll back.")
        {
            InitCommand.Create(runner),
            BuildCommand.Create(runner),
            BuildsCommand.Create(runner),
            PackageCommand.Create(runner),
            VerifyCommand.Create(runner),
            DepsCommand.Create(runner),
            CheckCommand.Create(runner),
            PlanCommand.Create(runner),
            ShipCommand.Create(runner),
            StatusCommand.Create(runner),
            WhyCommand.Create(runner),
            LogsCommand.Create(runner),
            RollbackCommand.Create(runner),
            PromoteCommand.Create(runner),
            ApproveCommand.Create(runner),
            KeyCommand.Create(runner),
            ServiceVerbCommands.Create(runner, ServiceVerb.Start),
            ServiceVerbCommands.Create(runner, ServiceVerb.Stop),
            ServiceVerbCommands.Create(runner, ServiceVerb.Restart),
            EnvCommand.Create(runner),
            ConfigCommand.Create(runner),
            SecretsCommand.Create(runner),
            SchemaCommand.Create(runner),
            ShippersCommand.Create(runner),
            RotationCommand.Create(runner),
            PolicyCommand.Create(runner),
        };
        options.AddTo(root);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.SetAction(parse => ShowHelp(help, parse, host));
        return root;
    }

    private static int ShowHelp(HelpOption help, ParseResult parse, CliHost host)
    {
        parse.InvocationConfiguration.Output = host.Error;
        ((SynchronousCommandLineAction)help.Action!).Invoke(parse);
        return ExitCode.BadInput;
    }

    private static int Refuse(IReadOnlyList<ParseError> errors, CliHost host)
    {
        foreach (var error in errors)
            host.Error.WriteLine($"myapp: {TerminalText.CleanLine(InWords(error.Message))}");
        host.Error.WriteLine("myapp: --help says what there is");
        return ExitCode.BadInput;
    }

    // The parser names types of .NET.
    private static string InWords(string message) => WholeNumber().Replace(message, "as a whole number");

    [GeneratedRegex(@"as expected type '(?:System\.Nullable`1\[)?System\.Int(?:32|64)\]?'", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();
}
