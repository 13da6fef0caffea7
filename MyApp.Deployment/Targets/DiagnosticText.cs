namespace MyApp.Deployment.Targets;

public static class DiagnosticText
{
    /// <summary>One line: <c>error guard.dependsOn: message; fix</c>.</summary>
    public static string Line(Diagnostic diagnostic)
    {
        var severity = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };
        var fix = diagnostic.Fix is null ? "" : $"; {diagnostic.Fix}";
        return $"{severity} {diagnostic.Code}: {diagnostic.Message}{fix}";
    }
}
