using System.Text.Json;
using System.Text.Json.Nodes;
using MyApp.Api.Persistence;
using MyApp.Supervision.Units;
using MyApp.Tests.Guard;

namespace MyApp.Tests.Api;

public sealed class RecordTests
{
    [Fact]
    public void UnitOfAnOlderControlPlane_HasTheDefaultsOfWhatHasComeSince()
    {
        var unit = TestService.Unit("/bin/true") with { Args = ["now"] };
        var older = JsonNode.Parse(JsonSerializer.Serialize(unit, UnitJson.Default.Unit))!.AsObject();
        foreach (var member in (string[])["logs", "resources", "dependsOn", "stop"])
            Assert.True(older.Remove(member));

        var read = Records.UnitOf(older.ToJsonString());

        Assert.Equal((unit.Logs, unit.Resources, 0), (read.Logs, read.Resources, read.DependsOn.Count));
        Assert.Equal(["now"], read.Args);
    }
}
