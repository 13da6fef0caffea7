using System.Text;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Rollouts;

/// <summary>Why an instance is not well, for a person.</summary>
internal static class HealthReport
{
    public static string Write(string headline, InstanceStatus instance)
    {
        var text = new StringBuilder(headline);
        if (instance.LastExit is { } exit)
            text.Append("\nlast exit: ").Append(exit);
        if (instance.LastProbe is { } probe)
            text.Append("\nlast probe: ").Append(probe);
        if (instance.LastLines.Count > 0)
            text.Append("\nlast lines:");
        foreach (var line in instance.LastLines)
            text.Append("\n  ").Append(line);
        return text.ToString();
    }
}
