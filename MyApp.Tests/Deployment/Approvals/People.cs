using MyApp.Deployment.Approvals;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Approvals;

/// <summary>People with keys of their own.</summary>
internal sealed class People : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, PersonalKey> keys = [];

    private People()
    {
    }

    public PersonalKey this[string name] => keys[name];

    public static async Task<People> WithAsync(params string[] names)
    {
        var people = new People();
        foreach (var name in names)
            people.keys[name] = await PersonalKey.LoadOrCreateAsync(Path.Combine(people.folder.Path, name, "key.pem"), TestContext.Current.CancellationToken);
        return people;
    }

    public ApprovalRule Rule(int needed, params string[] names) => new(needed, names.ToDictionary(name => name, name => keys[name].Public));

    public void Dispose() => folder.Dispose();
}
