using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

public class ReferenceExpressionBuilder
{
    private readonly ExpressionParts parts = new(0, 0);

    public bool IsEmpty => parts.IsEmpty;

#pragma warning disable CA1822, IDE0060 // the handler has appended by the time this runs: that is how the compiler calls it
    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
    {
    }
#pragma warning restore CA1822, IDE0060

    public void AppendLiteral(string value) => parts.Literal(value);

    public void AppendFormatted(string? value) => parts.Literal(value);

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
        parts.Hole(valueProvider, valueProvider.ValueExpression, null);

    public ReferenceExpression Build() => parts.Build();

    [InterpolatedStringHandler]
    public ref struct ReferenceExpressionBuilderInterpolatedStringHandler
    {
        private readonly ExpressionParts parts;

#pragma warning disable IDE0060 // the lengths are part of the pattern
        public ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder) =>
            parts = builder.parts;
#pragma warning restore IDE0060

        public readonly void AppendLiteral(string value) => parts.Literal(value);

        public readonly void AppendFormatted(string? value) => parts.Literal(value);

        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider, valueProvider.ValueExpression, null);

        public readonly void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider =>
            parts.Hole(valueProvider, valueProvider.ValueExpression, format);
    }
}
