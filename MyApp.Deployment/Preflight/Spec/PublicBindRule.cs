using System.Text.RegularExpressions;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>A program told to listen on every address answers whoever reaches the machine, past the forwarder and its rules.</summary>
internal sealed partial class PublicBindRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.public-bind", "It listens on every address, and the spec does not say that it is public", Severity.Warning, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Expose == Exposure.Public)
            yield break;
        foreach (var value in WrittenValues.Of(facts).Where(value => Everywhere().IsMatch(value.Value)))
            yield return new(value.Path, $"{value.Path} has it listen on every address, and expose is {facts.Expose.ToString().ToLowerInvariant()}", "listen on 127.0.0.1:${port}, or write expose: public");
        if (facts.Socket == SocketMode.None && facts.Ports.Count > 0 && facts.Expose == Exposure.Host)
            yield return new("expose", "with socket: none and expose: host it binds every address itself", "socket: forward, expose: loopback, or expose: public");
    }

    // An address, not any text that holds such digits: 0.0.0.0, 0.0.0.0:8080, :8080, *:8080, [::]:8080, http://+:8080
    [GeneratedRegex(@"(?:^|[\s,;/@])(?:0\.0\.0\.0(?::(?:[0-9]+|\$\{[^}]*\}))?|(?:\[::\]|\*|\+)?:(?:[0-9]{1,5}|\$\{port[^}]*\}))(?:$|[\s,;/])", RegexOptions.CultureInvariant)]
    private static partial Regex Everywhere();
}
