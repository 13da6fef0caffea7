using System.Text;

namespace MyApp.Deployment.Specs;

/// <summary>docs/reference.md, made of reference.yaml: one row a key.</summary>
public static class SpecReferencePage
{
    public static string Write()
    {
        var page = new StringBuilder("# Reference of myapp.yaml\n\n");
        page.Append("Made of [reference.yaml](../MyApp.Deployment/Specs/reference.yaml) by `myapp schema --markdown`; change it there. `[]` stands for the items of a list,\n");
        page.Append("`<NAME>` for a name of your own. Every layer may have these keys; `+key` appends to a list of the layer below, `key: null` takes it away.\n\n");
        page.Append("| key | example | means |\n|---|---|---|\n");
        foreach (var key in SpecDocumentation.Keys())
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{key.Path}` | {(key.Example.Length == 0 ? "" : $"`{key.Example}`")} | {Cell(key.Text)} |\n");
        return page.ToString();
    }

    // Within code marks of the text angle brackets are as they are; outside they would be taken for HTML.
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
