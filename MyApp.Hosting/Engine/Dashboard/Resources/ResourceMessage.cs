using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Hosting.Engine.Dashboard.Grpc;

namespace MyApp.Hosting.Engine.Dashboard.Resources;

/// <summary>A resource as <c>aspire.v1.Resource</c>; the numbers are those of Aspire's dashboard_service.proto.</summary>
internal sealed class ResourceMessage(SecretMask mask)
{
    // One message holds many resources and must stay below what a gRPC client takes: no single text may fill it.
    private const int LongestText = 16 * 1024;

    public ProtoWriter Of(ResourceEvent update)
    {
        var now = update.Snapshot;
        return new ProtoWriter()
            .Text(1, update.ResourceId)
            .Text(2, now.ResourceType)
            .Text(3, update.Resource.Name)
            .Text(4, update.ResourceId)
            .Text(5, now.State?.Text)
            // Required: without it the dashboard drops the resource.
            .Message(6, Time(now.CreationTimeStamp ?? DateTime.UnixEpoch))
            .Messages(7, Known(now.EnvironmentVariables).Select(Variable))
            .Messages(11, Known(now.Commands).Select(Command))
            .Messages(12, Known(now.Properties).Select(Property).Concat(ExitCode(now)))
            .Messages(13, Known(now.Urls).Select(Url))
            .Text(14, now.State?.Style is { Length: > 0 } style ? style : null)
            .Messages(17, Known(now.HealthReports).Select(Health))
            .Message(18, Time(now.StartTimeStamp))
            .Message(19, Time(now.StopTimeStamp))
            .Messages(20, Known(now.Relationships).Select(Relationship));
    }

    private ProtoWriter Variable(EnvironmentVariableSnapshot variable) => new ProtoWriter()
        .Text(1, variable.Name)
        .Text(2, variable.Value is { } value ? Short(mask.Value(variable.Name, value)) : null)
        .Flag(3, variable.IsFromSpec);

    private static ProtoWriter Command(ResourceCommandSnapshot command) => new ProtoWriter()
        .Text(1, command.Name)
        .Text(2, command.DisplayName)
        .Text(3, command.ConfirmationMessage)
        .Flag(5, command.IsHighlighted)
        .Text(6, command.IconName)
        .Number(7, command.IconVariant is { } variant ? (int)variant : null)
        .Number(9, command.State switch
        {
            ResourceCommandState.Enabled => 0,
            ResourceCommandState.Disabled => 1,
            _ => 2,
        });

    private ProtoWriter Property(ResourcePropertySnapshot property) => new ProtoWriter()
        .Text(1, property.Name)
        .Message(3, Value(property.Name, property.Value))
        .Flag(4, property.IsSensitive);

    private static IEnumerable<ProtoWriter> ExitCode(CustomResourceSnapshot now) =>
        now.ExitCode is { } code && Known(now.Properties).All(property => property.Name != "resource.exitCode")
            ? [new ProtoWriter().Text(1, "resource.exitCode").Message(3, new ProtoWriter().Double(2, code))]
            : [];

    /// <summary>As google.protobuf.Value. Always present, or the page of the resource fails.</summary>
    private ProtoWriter Value(string name, object? value) => value switch
    {
        null => new ProtoWriter().Number(1, 0),
        string text => new ProtoWriter().Text(3, Short(mask.Value(name, text))),
        bool flag => new ProtoWriter().Flag(4, flag),
        int or long or double => new ProtoWriter().Double(2, Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        IEnumerable list => new ProtoWriter().Message(6, new ProtoWriter().Messages(1, list.Cast<object?>().Select(item => Value(name, item)))),
        _ => new ProtoWriter().Text(3, Short(mask.Value(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))),
    };

    // The display properties must be there even when empty, or the page loads for ever.
    private ProtoWriter Url(UrlSnapshot url) => new ProtoWriter()
        .Text(1, url.Name)
        .Text(2, mask.Text(url.Url))
        .Flag(3, url.IsInternal)
        .Flag(4, url.IsInactive)
        .Message(5, new ProtoWriter().Number(1, url.DisplayProperties.SortOrder).Text(2, url.DisplayProperties.DisplayName));

    private ProtoWriter Health(HealthReportSnapshot report) => new ProtoWriter()
        .Number(1, report.Status switch
        {
            HealthStatus.Healthy => 0,
            HealthStatus.Unhealthy => 1,
            HealthStatus.Degraded => 2,
            _ => null,
        })
        .Text(2, report.Name)
        .Text(3, Short(mask.Text(report.Description ?? "")))
        .Text(4, Short(mask.Text(report.ExceptionText ?? "")))
        .Message(5, Time(report.LastRunAt));

    private static ProtoWriter Relationship(RelationshipSnapshot relationship) =>
        new ProtoWriter().Text(1, relationship.ResourceName).Text(2, relationship.Type);

    private static ProtoWriter? Time(DateTime? time)
    {
        if (time is not { } moment)
            return null;
        var ticks = (moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : moment).Ticks - DateTime.UnixEpoch.Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new ProtoWriter().Number(1, seconds).Number(2, rest * TimeSpan.NanosecondsPerTick);
    }

    private static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";

    private static ImmutableArray<T> Known<T>(ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
