using System.Text.Json.Serialization;

namespace Orders;

[JsonConverter(typeof(StatusText))]
internal enum OrderStatus { Open, Cancelled }

internal sealed record OrderItem(string Sku, int Quantity);

internal sealed record Order(string Id, string Customer, IReadOnlyList<OrderItem> Items, OrderStatus Status, DateTimeOffset CreatedAt);

internal sealed record OrderList(IReadOnlyList<Order> Orders);

internal sealed record NewOrder(string? Customer, IReadOnlyList<OrderItem>? Items)
{
    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Problem()
    {
        if (Customer is not { Length: > 0 and <= 128 })
            return "customer must have 1 to 128 characters";
        if (Items is not { Count: > 0 and <= 100 })
            return "items must have 1 to 100 entries";
        return Items.Any(item => item is not { Sku.Length: > 0 and <= 64, Quantity: > 0 and <= 1000 })
            ? "each item needs a sku of 1 to 64 characters and a quantity of 1 to 1000"
            : null;
    }
}

internal sealed record Health(string Status);

internal sealed record ServiceVersion(string Service, string Version);

internal sealed record AccessLine(
    DateTimeOffset Time, string Level, string Method, string Path, int Status, double DurationMs, string? Client);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NewOrder))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderList))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ServiceVersion))]
[JsonSerializable(typeof(AccessLine))]
internal sealed partial class OrdersJson : JsonSerializerContext;

internal sealed class StatusText() : JsonStringEnumConverter<OrderStatus>(System.Text.Json.JsonNamingPolicy.CamelCase);
