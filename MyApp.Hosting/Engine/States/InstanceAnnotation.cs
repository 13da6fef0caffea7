namespace MyApp.Hosting.Engine.States;

/// <summary>The eight letters that tell this run's instance from others of the same resource, in ids and as <c>service.instance.id</c>.</summary>
internal sealed class InstanceAnnotation(string suffix) : IResourceAnnotation
{
    public string Suffix => suffix;
}
