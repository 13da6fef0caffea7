namespace MyApp.Hosting.Engine.Parameters;

/// <summary>Where a parameter's value comes from: configuration, else its default, else an error that says how to give one.</summary>
internal static class ParameterValues
{
    public static ParameterResource Create(IDistributedApplicationBuilder builder, string name, bool secret, Func<ParameterDefault?, string> value)
    {
        var secrets = SecretValues.Of(builder);
        return new ParameterResource(name, parameterDefault =>
        {
            var found = value(parameterDefault);
            if (secret)
                secrets.Add(found);
            return found;
        }, secret);
    }

    public static string Lookup(IDistributedApplicationBuilder builder, string name, string key, ParameterDefault? parameterDefault)
    {
        // A hyphen cannot be part of an environment variable's name in most shells.
        var configured = builder.Configuration[key] ?? builder.Configuration[key.Replace('-', '_')];
        return configured ?? parameterDefault?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter '{name}' has no default value. " +
                $"Set it with --{key}=VALUE or the environment variable {key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}.");
    }
}
