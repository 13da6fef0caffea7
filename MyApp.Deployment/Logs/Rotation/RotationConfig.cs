namespace MyApp.Deployment.Logs.Rotation;

/// <summary>A configuration by which another program keeps a service's logs, or why it can't.</summary>
/// <param name="Name">Of the file, e.g. <c>myapp-orders-prod</c>.</param>
/// <param name="Place">The folder it belongs into.</param>
/// <param name="Text">Empty where there are problems.</param>
/// <param name="Problems">What the program can't express and must, one line each with what to write instead.</param>
/// <param name="Notes">What it keeps otherwise than the guard would, one line each.</param>
public sealed record RotationConfig(string Name, string Place, string Text, IReadOnlyList<string> Problems, IReadOnlyList<string> Notes);
