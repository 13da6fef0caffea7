using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Healthy when the server takes the password and answers a ping (the Redis protocol, RESP, spoken by hand: three lines of it).</summary>
internal sealed class RedisChecks(EndpointReference endpoint, ParameterResource? password) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <returns>The key to give to <c>WithHealthCheck</c>.</returns>
    public static string Register(IDistributedApplicationBuilder builder, string key, EndpointReference endpoint, ParameterResource? password)
    {
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, new RedisChecks(endpoint, password), failureStatus: null, tags: null));
        return key;
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Host, endpoint.Port, limit.Token);
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            if (password is not null && await AskAsync(stream, reader, ["AUTH", await password.GetValueAsync(limit.Token) ?? ""], limit.Token) is not "+OK")
                return HealthCheckResult.Unhealthy("Redis refuses the password");
            var answer = await AskAsync(stream, reader, ["PING"], limit.Token);
            return answer == "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"Redis answers a ping with {answer}");
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer");
        }
    }

    private static async Task<string?> AskAsync(NetworkStream stream, StreamReader reader, string[] words, CancellationToken ct)
    {
        // *2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n
        var request = new StringBuilder();
        request.Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), ct);
        return await reader.ReadLineAsync(ct);
    }
}
