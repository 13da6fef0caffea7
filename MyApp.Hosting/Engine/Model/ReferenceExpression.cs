using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A string with holes that are filled when the application runs (values) or is published (manifest placeholders).</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new("", [], [], []);

    private readonly string[] manifestExpressions;
    private readonly IValueProvider[] valueProviders;
    private readonly string?[] stringFormats;

    internal ReferenceExpression(string format, IValueProvider[] valueProviders, string[] manifestExpressions, string?[] stringFormats)
    {
        Format = format;
        this.valueProviders = valueProviders;
        this.manifestExpressions = manifestExpressions;
        this.stringFormats = stringFormats;
    }

    /// <summary>A composite format string; <c>{0}</c> is the first of <see cref="ValueProviders"/>.</summary>
    public string Format { get; }

    public IReadOnlyList<string> ManifestExpressions => manifestExpressions;

    public IReadOnlyList<IValueProvider> ValueProviders => valueProviders;

    /// <summary>Per hole: null, or <c>uri</c> for a value that is escaped as a part of a URI.</summary>
    public IReadOnlyList<string?> StringFormats => stringFormats;

    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. manifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => valueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    /// <returns>Null when there is nothing but holes and all of them are null, as with an optional connection string.</returns>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        var values = new object?[valueProviders.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await valueProviders[i].GetValueAsync(cancellationToken);
            values[i] = value is not null && stringFormats[i] == "uri" ? Uri.EscapeDataString(value) : value;
        }

        return values.Length > 0 && values.All(v => v is null) ? null : string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler
    {
        private readonly ExpressionParts parts;

        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => parts = new ExpressionParts(literalLength, formattedCount);

        public readonly void AppendLiteral(string value) => parts.Literal(value);

        public readonly void AppendFormatted(string? value) => parts.Literal(value);

        public readonly void AppendFormatted(string? value, string? format) =>
            parts.Literal(value is not null && format == "uri" ? Uri.EscapeDataString(value) : value);

        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider, valueProvider.ValueExpression, null);

        public readonly void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider, valueProvider.ValueExpression, format);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider.Resource, valueProvider.Resource.ValueExpression, null);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider.Resource, valueProvider.Resource.ValueExpression, format);

        internal readonly ReferenceExpression Build() => parts.Build();
    }
}
