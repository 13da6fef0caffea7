using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Tests.Deployment.Layering;

public sealed class RemoteKeysTests
{
    [Theory]
    [InlineData("replicas", "lots", "replicas: 'lots' is not a value for replicas; write a whole number from 1 to 1000")]
    [InlineData("replicas", "1001", "replicas: '1001' is not a value for replicas; write a whole number from 1 to 1000")]
    [InlineData("replicas", "", "replicas: '' is not a value for replicas; write a whole number from 1 to 1000")]
    [InlineData("replicas", "[3]", "replicas: replicas must be one value")]
    [InlineData("replicas.least", "3", "replicas.least: replicas must be one value")]
    [InlineData("replcas", "3", "replcas: unknown key 'replcas'; did you mean 'replicas'?")]
    [InlineData("run", "5", "run: run must be a map of keys and values")]
    [InlineData("run.env.1A", "x", "run.env.1A: '1A' is no name of an environment variable; letters, digits and _, not beginning with a digit")]
    [InlineData("run.env.MODE", "${sekret:DB}", "run.env.MODE: unknown placeholder '${sekret:DB}'; known are ${port}, ${port:NAME}, ${instance}, ${env}, ${release}, ${config} and ${secret:NAME}; ${$} is a dollar sign")]
    [InlineData("run.groups", "[a b]", "run.groups: 'a b' is no name or number of a group; write groups: [NAME]")]
    [InlineData("stop.grace", "soon", "stop.grace: 'soon' is not a value for stop.grace; write a duration of at least 1ms such as 500ms, 30s or 5m")]
    [InlineData("restart.policy", "alway", "restart.policy: 'alway' is not a value for restart.policy; did you mean 'always'? (one of always, on-failure, never)")]
    [InlineData("health.readiness.port", "No!", "health.readiness.port: 'No!' is not a value for health.readiness.port; write 1 to 63 lower-case letters, digits and hyphens, beginning with a letter")]
    [InlineData("dependsOn", "[{ condition: ready }]", "dependsOn: a dependency is exactly one of service, check and exec; write - { service: NAME } or - { name: NAME, check: \"tcp://HOST:PORT\" }")]
    [InlineData("+ports", "[{ name: admin }]", "+ports: a port needs a name and a number; write - { name: http, port: 8080 }")]
    [InlineData("job.schedule", "daily", "job.schedule: job.schedule: ")]
    [InlineData("build.output", "../x", "build.output: '../x' is not a value for build.output; write a path below this file's folder, without '..'")]
    [InlineData("build.digests.linux/amd64", "sha256:no", "build.digests.linux/amd64: 'sha256:no' is not a value for build.digests.linux/amd64; write sha256: and 64 hexadecimal digits, as sha256sum prints them")]
    [InlineData("config.format", "xml", "config.format: 'xml' is not a value for config.format; write one of dotenv, json, yaml, properties")]
    [InlineData("preflight.spec.rot", "error", "preflight.spec.rot: there is no rule 'spec.rot'; did you mean 'spec.root'?")]
    public void Problems_OfAValueThatNoSpecCanHold_AreToldWithWhatToWrite(string key, string value, string says)
    {
        Assert.StartsWith(says, Assert.Single(RemoteKeys.Problems(key, value)), StringComparison.Ordinal);
        // Nor does a merge take it, so that nothing is refused here that would have been shipped.
        Assert.NotEmpty(SpecReader.Read("service: orders\n", "myapp.yaml", Around(key, value)).Problems);
    }

    [Theory]
    [InlineData("run.env.DB", "${secret:DB}")]
    [InlineData("run.env.ADDRESS", "http://localhost:${port}/${env}")]
    [InlineData("run.args", "[--admin, \"${port:admin}\", --config, \"${config}\"]")]
    [InlineData("+run.args", "[--more]")]
    [InlineData("run.env.MODE", "")]
    [InlineData("health.readiness.port", "admin")]
    [InlineData("health.readiness", "{ http: /ready, tcp: on }")]
    [InlineData("health.heartbeat", "{}")]
    [InlineData("health.liveness", "off")]
    [InlineData("restart.initial", "1h")]
    [InlineData("rolling.maxSurge", "1")]
    [InlineData("socket", "inherit")]
    [InlineData("job.timeZone", "Europe/Berlin")]
    [InlineData("build.file", "dist/orders.tar.gz")]
    [InlineData("config.prefix", "APP_")]
    [InlineData("replicas", "null")]
    [InlineData("logs.maxFile", "10Gi")]
    public void Problems_OfWhatOtherLayersMayMakeRight_AreLeftToTheMerge(string key, string value) => Assert.Empty(RemoteKeys.Problems(key, value));

    [Fact]
    public void Problems_OfTheReferencesValues_AreNone()
    {
        var reference = (SpecMap)YamlTree.Read(SpecReference.ReadText(), SpecReference.FileName, [])!;
        var kept = new SpecMap([.. reference.Entries.Where(entry => SpecReference.ReadOverlaySchema().Keys.ContainsKey(entry.Key))], reference.Origin);
        var values = Scalars(kept, "").Where(pair => !pair.Path.Contains('<', StringComparison.Ordinal)).ToList();

        Assert.True(values.Count > 50, $"only {values.Count} values");
        Assert.All(values, pair => Assert.Empty(RemoteKeys.Problems(pair.Path, pair.Text)));
    }

    private static SpecLayers Around(string key, string value) => SpecLayers.Of("prod", [], [], _ => [new(key, value, 1, "ada", default)], []);

    private static IEnumerable<(string Path, string Text)> Scalars(SpecNode node, string path) => node switch
    {
        SpecMap map => map.Entries.SelectMany(entry => Scalars(entry.Value, SpecPath.Join(path, entry.Key))),
        SpecScalar scalar => [(path, scalar.Text)],
        _ => [],
    };
}
