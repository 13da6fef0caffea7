namespace Aspire.Hosting.ApplicationModel;

public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

/// <inheritdoc cref="IResourceWithParent"/>
public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    IResource IResourceWithParent.Parent => Parent;

    new T Parent { get; }
}
