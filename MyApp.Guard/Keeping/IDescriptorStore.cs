namespace MyApp.Guard.Keeping;

/// <summary>Holds descriptors by name beyond the life of this guard, for the next one.</summary>
internal interface IDescriptorStore
{
    /// <summary>What is kept has another holder beside us, until a moment after it was forgotten.</summary>
    bool IsElsewhere { get; }

    /// <param name="name">Whatever it stood for before is closed there.</param>
    /// <param name="descriptor">Stays ours as well.</param>
    void Keep(string name, int descriptor);

    /// <summary>Unknown: nothing to do.</summary>
    void Forget(string name);
}
