namespace MyApp.Guard.Keeping;

/// <summary>Of a guard without a keeper: what it has open ends with it.</summary>
internal sealed class NoStore : IDescriptorStore
{
    public static NoStore Instance { get; } = new();

    /// <summary>The keeper, where there is one.</summary>
    public static IDescriptorStore Unless(Keeper? keeper) => keeper is null ? Instance : keeper;

    public bool IsElsewhere => false;

    public void Keep(string name, int descriptor)
    {
    }

    public void Forget(string name)
    {
    }
}
