using MyApp.Deployment.Environments;
using MyApp.Deployment.Sources;

namespace MyApp.Cli.Sources;

/// <summary>Which environment a ship goes to, and whether it takes what is on the branch.</summary>
internal sealed class ShipEnvironment(Invocation call, Project project)
{
    private const string Head = "HEAD";

    /// <param name="given">Of <c>--branch</c>.</param>
    /// <exception cref="CommandFailedException">None takes the branch, several do, or the one that was named does not.</exception>
    public async Task<string> ChooseAsync(string? given, CancellationToken ct)
    {
        if (given is not null && given != Head && (!BranchPattern.IsValid(given) || given.Contains('*', StringComparison.Ordinal)))
            throw new CommandFailedException(ExitCode.BadInput, $"--branch: '{given}' is no name of a branch");
        var named = call.Settings.Environment;
        if (given is null || call.Settings.NamesEnvironment)
        {
            var rules = project.Services.Select(service => RulesOf(service, named)).Where(each => each.Branches.Count > 0).ToList();
            if (rules.Count > 0)
                Require(named, rules, given is null or Head ? await CheckedOutAsync(ct) : given);
            return named;
        }

        var branch = given == Head ? await CheckedOutAsync(ct) : given;
        return branch is null
            ? throw new CommandFailedException(ExitCode.BadInput, $"no branch is checked out in {project.Folder}: name it with --branch, or the environment with --env")
            : Choose(branch);
    }

    private string Choose(string branch)
    {
        var takers = project.Spec.AllEnvironments.Where(environment => project.Services.All(service => IsFor(service, environment, branch))).ToList();
        return takers switch
        {
            [var one] => one,
            [] => throw new CommandFailedException(ExitCode.BadInput, $"no environment takes the branch '{branch}': 'myapp env list' shows which do; name one with --env"),
            _ => throw new CommandFailedException(ExitCode.BadInput, $"{string.Join(" and ", takers)} take the branch '{branch}': name one with --env"),
        };
    }

    private bool IsFor(string service, string environment, string branch) =>
        RulesOf(service, environment).Patterns(environment).Any(pattern => BranchPattern.Matches(pattern, branch));

    private void Require(string environment, List<EnvironmentRules> rules, string? branch)
    {
        if (rules.FirstOrDefault(each => branch is null || !each.Takes(branch)) is not { } against)
            return;
        var here = branch is null ? $"no branch is checked out in {project.Folder}: name it with --branch" : $"this is the branch '{branch}'";
        throw new CommandFailedException(ExitCode.BadInput, $"{environment} takes only {string.Join(" and ", against.Branches)}, and {here}");
    }

    private EnvironmentRules RulesOf(string service, string environment) => project.Spec.Find(service, environment)!.Rules;

    private Task<string?> CheckedOutAsync(CancellationToken ct) => Git.BranchAsync(project.Folder, ct);
}
