namespace Aspire.Hosting.ApplicationModel;

public sealed class ResourceCommandAnnotation(
    string name, string displayName, Func<UpdateCommandStateContext, ResourceCommandState> updateState,
    Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, string? displayDescription, object? parameter,
    string? confirmationMessage, string? iconName, IconVariant? iconVariant, bool isHighlighted) : IResourceAnnotation
{
    public string Name => name;

    public string DisplayName => displayName;

    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState => updateState;

    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand => executeCommand;

    public string? DisplayDescription => displayDescription;

    internal object? Parameter => parameter;

    public string? ConfirmationMessage => confirmationMessage;

    public string? IconName => iconName;

    public IconVariant? IconVariant => iconVariant;

    public bool IsHighlighted => isHighlighted;
}
