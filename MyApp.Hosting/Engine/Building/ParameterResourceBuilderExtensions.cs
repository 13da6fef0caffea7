using MyApp.Hosting.Engine.Parameters;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    /// <summary>Its value is configuration's <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false) =>
        builder.AddResource(CreateParameter(builder, name, secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        var parameter = ParameterValues.Create(builder, name, secret, _ => valueGetter());
        if (publishValueAsDefault)
            parameter.Default = new ConstantParameterDefault(valueGetter);
        return builder.AddResource(parameter);
    }

    /// <param name="persist">The value is kept from one run to the next.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        var parameter = CreateParameter(builder, name, secret);
        parameter.Default = persist && builder.ExecutionContext.IsRunMode ? new PersistedParameterDefault(builder, name, value) : value;
        return builder.AddResource(parameter);
    }

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string configurationKey, bool secret = false) =>
        builder.AddResource(ParameterValues.Create(builder, name, secret, parameterDefault => ParameterValues.Lookup(builder, name, configurationKey, parameterDefault)));

    /// <summary>A connection string of configuration: <c>ConnectionStrings:{name}</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? environmentVariableName = null)
    {
        var parameter = ParameterValues.Create(
            builder, name, secret: true, parameterDefault => ParameterValues.Lookup(builder, name, $"ConnectionStrings:{name}", parameterDefault));
        return builder.AddResource(new ConnectionStringParameterResource(name, parameter, environmentVariableName));
    }

    /// <summary>A generated password that stays the same from one run to the next.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true,
        int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
        CreateGeneratedParameter(builder, name, secret: true, new GenerateParameterDefault
        {
            Lower = lower, Upper = upper, Numeric = numeric, Special = special,
            MinLower = minLower, MinUpper = minUpper, MinNumeric = minNumeric, MinSpecial = minSpecial,
        });

    public static ParameterResource CreateGeneratedParameter(
        IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault)
    {
        var parameter = CreateParameter(builder, name, secret);
        parameter.Default = builder.ExecutionContext.IsRunMode ? new PersistedParameterDefault(builder, name, parameterDefault) : parameterDefault;
        return parameter;
    }

    public static ParameterResource CreateParameter(IDistributedApplicationBuilder builder, string name, bool secret) =>
        ParameterValues.Create(builder, name, secret, parameterDefault => ParameterValues.Lookup(builder, name, $"Parameters:{name}", parameterDefault));
}
