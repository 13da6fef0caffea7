using System.CommandLine;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp schema</c>: the spec's language, for editors and for people.</summary>
internal static class SchemaCommand
{
    public static Command Create(CommandRunner runner)
    {
        var markdown = new Option<bool>("--markdown") { Description = "The reference as a page instead" };
        var yaml = new Option<bool>("--yaml") { Description = "The commented example instead" };
        var command = new ExampleCommand("schema", "Prints a JSON schema of myapp.yaml, which editors complete and check by.", """
            myapp schema > .vscode/myapp.schema.json
            myapp schema --yaml | less
            """) { markdown, yaml };
        return runner.Attach(command, (call, parse, _) =>
        {
            if (parse.GetValue(markdown) && parse.GetValue(yaml))
                throw new CommandFailedException(ExitCode.BadInput, "--markdown and --yaml are two answers to one question: keep one of them");
            call.Screen.Raw(parse.GetValue(markdown) ? SpecReferencePage.Write() : parse.GetValue(yaml) ? SpecReference.ReadText() : SpecSchemaDocument.Write());
            return Task.FromResult(ExitCode.Ok);
        });
    }
}
