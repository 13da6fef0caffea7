namespace Aspire.Hosting.ApplicationModel;

[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = false)]
public sealed class ResourceNameAttribute : Attribute;
