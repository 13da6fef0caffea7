namespace Orders;

/// <summary>Keeps orders in memory.</summary>
internal sealed class OrderStore(TimeProvider clock)
{
    // Keeps a service without a database from growing without end.
    private const int Most = 100_000;
    private readonly Lock gate = new();
    private readonly List<Order> orders = [];

    /// <summary>Null: there is no room for another.</summary>
    public Order? Create(NewOrder request)
    {
        lock (gate)
        {
            if (orders.Count >= Most)
                return null;
            var order = new Order($"{orders.Count + 1}", request.Customer!, request.Items!, OrderStatus.Open, clock.GetUtcNow());
            orders.Add(order);
            return order;
        }
    }

    public Order? Find(string id)
    {
        lock (gate)
            return IndexOf(id) is { } index ? orders[index] : null;
    }

    /// <summary>Oldest first; null: of any status.</summary>
    public IReadOnlyList<Order> List(OrderStatus? status)
    {
        lock (gate)
            return [.. orders.Where(order => status is null || order.Status == status)];
    }

    /// <summary>False where it is cancelled already.</summary>
    public (Order? Order, bool Changed) Cancel(string id)
    {
        lock (gate)
        {
            if (IndexOf(id) is not { } index)
                return (null, false);
            if (orders[index].Status == OrderStatus.Cancelled)
                return (orders[index], false);
            orders[index] = orders[index] with { Status = OrderStatus.Cancelled };
            return (orders[index], true);
        }
    }

    private int? IndexOf(string id) => int.TryParse(id, out var number) && number >= 1 && number <= orders.Count ? number - 1 : null;
}
