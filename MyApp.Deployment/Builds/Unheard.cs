namespace MyApp.Deployment.Builds;

/// <summary>For builds whose steps nobody wants to be told.</summary>
public sealed class Unheard<T> : IProgress<T>
{
    public void Report(T value)
    {
    }
}
