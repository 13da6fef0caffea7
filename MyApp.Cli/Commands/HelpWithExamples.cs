using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MyApp.Cli.Commands;

/// <summary>The usual help, then the examples of the command.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand command)
            Write(parseResult.InvocationConfiguration.Output, command.Examples);
        return ExitCode.Ok;
    }

    private static void Write(TextWriter output, string examples)
    {
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n'))
            output.WriteLine($"  {line}");
        output.WriteLine();
    }
}
