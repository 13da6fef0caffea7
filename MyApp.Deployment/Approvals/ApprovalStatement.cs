using System.Security.Cryptography;
using System.Text.Json;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Approvals;

/// <summary>The text that is signed: exactly this executable with exactly this configuration, in this one rollout.</summary>
public static class ApprovalStatement
{
    public static string Of(Rollout rollout, Release release) =>
        $"""
         myapp approval 1
         rollout {rollout.Id:D}
         service {release.Service}
         environment {release.Environment}
         release {release.Id}
         artifact {release.Artifact}
         unit sha256:{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(release.Unit, UnitJson.Default.Unit)))}

         """.ReplaceLineEndings("\n");
}
