using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What passes through a forwarded port, byte by byte and end by end.</summary>
public sealed class ForwardedConnectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transfer_OfMuchBothWaysAtOnce_ArrivesAsItWasSent()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        const long Size = 100L * 1024 * 1024;

        var digests = await Task.WhenAll(SendAsync(client, Size, 1), SendAsync(server, Size, 2), ReceiveAsync(server), ReceiveAsync(client));

        Assert.Equal(digests[0], digests[2]);
        Assert.Equal(digests[1], digests[3]);
    }

    [Fact]
    public async Task Reader_ThatIsSlow_HoldsTheSenderBackAndLosesNothing()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        var before = ResidentBytes(guard.Pid);
        var sent = await FillAsync(server);

        Assert.True(sent < 64 * 1024 * 1024, $"{sent} bytes went to a client that reads nothing");
        Assert.True(ResidentBytes(guard.Pid) - before < 4 * 1024 * 1024, "the guard's memory is not where they are");
        server.Shutdown(SocketShutdown.Send);
        var received = 0L;
        var buffer = new byte[64 * 1024];
        while (await client.ReceiveAsync(buffer, Ct) is > 0 and var count)
            received += count;
        Assert.Equal(sent, received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Half_ThatIsClosed_LeavesTheOtherOpen(bool byClient)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        var (first, second) = byClient ? (client, server) : (server, client);

        await first.SendAsync("the last words"u8.ToArray(), Ct);
        first.Shutdown(SocketShutdown.Send);

        Assert.Equal("the last words", await TextAsync(second));
        await second.SendAsync("an answer"u8.ToArray(), Ct);
        second.Shutdown(SocketShutdown.Send);
        Assert.Equal("an answer", await TextAsync(first));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reset_OfOneEnd_ResetsTheOther(bool byClient)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        var (first, second) = byClient ? (client, server) : (server, client);

        first.LingerState = new LingerOption(true, 0);
        first.Dispose();

        var failure = await Assert.ThrowsAsync<SocketException>(async () => await second.ReceiveAsync(new byte[1], Ct));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Server_ThatAnswersEarlyAndCloses_IsHeardWhileTheClientStillSends()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        await server.SendAsync("413 too much"u8.ToArray(), Ct);
        server.Dispose();

        var text = new byte[64];
        var count = await client.ReceiveAsync(text, Ct);

        Assert.Equal("413 too much", Encoding.ASCII.GetString(text, 0, count));
        // Nobody reads it any more, which the client is to learn.
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await client.SendAsync(new byte[64 * 1024], Ct);
        });
    }

    [Fact]
    public async Task Connections_ByTheThousandThatAreIdle_CostLittleAndStillWork()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        var before = ResidentBytes(guard.Pid);
        var all = new List<(Socket Client, Socket Server)>();
        for (var i = 0; i < 1000; i++)
            all.Add(await service.JoinAsync(Ct));

        Assert.True(ResidentBytes(guard.Pid) - before < 4 * 1024 * 1024, "a thousand idle connections cost less than 4 KiB each");
        all.Add((client, server));
        foreach (var pair in all)
        {
            await pair.Client.SendAsync(new byte[] { 42 }, Ct);
            var answer = new byte[1];
            Assert.Equal(1, await pair.Server.ReceiveAsync(answer, Ct));
            pair.Client.Dispose();
            pair.Server.Dispose();
        }
    }

    [Fact]
    public async Task Client_ThatIsIdle_IsLetGoWhenTheProcessBehindItHasEnded()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        // As the kernel does for a process that ends: the guard is told nothing but that no more comes.
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Ct));

        Signals.Send((await service.StatusAsync(Ct))[0].Pid!.Value, Signals.Kill);

        Assert.Equal(0, await server.ReceiveAsync(new byte[1], Ct).AsTask().WaitAsync(TestService.Patience, Ct));
    }

    [Fact]
    public async Task Connection_ThatOutlastsItsProcess_DoesNotEndTheDrainOfTheNext()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var (client, server) = await service.JoinAsync(Ct);
        var first = (await service.StatusAsync(Ct))[0];
        await guard.Client.RestartAsync(service.Unit.Service, service.Unit.Environment, Ct);
        await guard.UntilStateAsync(InstanceState.Stopping, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        var second = await guard.UntilAsync(i => i.Ready && i.Pid != first.Pid, Ct);
        var listener = service.Listen(second.Ports["http"]);
        using var late = await service.ConnectAsync(Ct);
        using var other = await listener.AcceptSocketAsync(Ct).AsTask().WaitAsync(TestService.Patience, Ct);
        await guard.Client.RestartAsync(service.Unit.Service, service.Unit.Environment, Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Stopping && i.Pid == second.Pid, Ct);

        client.Dispose();
        server.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Ct);

        Assert.Equal((InstanceState.Stopping, second.Pid), await StateAsync());
        other.Dispose();
        late.Dispose();
        await guard.UntilAsync(i => i.Ready && i.Pid != second.Pid, Ct);

        async Task<(InstanceState, int?)> StateAsync() => (await service.StatusAsync(Ct))[0] is var now ? (now.State, now.Pid) : default;
    }

    private static async Task<string> SendAsync(Socket to, long size, int seed)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        var buffer = new byte[256 * 1024];
        random.NextBytes(buffer);
        while (size > 0)
        {
            // Pieces of odd sizes, as no protocol cares for buffers.
            var count = (int)Math.Min(size, random.Next(1, buffer.Length));
            buffer[0]++;
            digest.AppendData(buffer, 0, count);
            for (var done = 0; done < count;)
                done += await to.SendAsync(buffer.AsMemory(done, count - done), Ct);
            size -= count;
        }

        to.Shutdown(SocketShutdown.Send);
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    private static async Task<string> ReceiveAsync(Socket from)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        while (await from.ReceiveAsync(buffer, Ct) is > 0 and var count)
            digest.AppendData(buffer, 0, count);
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    private static async Task<string> TextAsync(Socket from)
    {
        var all = new StringBuilder();
        var buffer = new byte[64];
        while (await from.ReceiveAsync(buffer, Ct).AsTask().WaitAsync(TestService.Patience, Ct) is > 0 and var count)
            all.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return all.ToString();
    }

    // Sends until nothing is taken for a while.
    private static async Task<long> FillAsync(Socket to)
    {
        to.Blocking = false;
        var buffer = new byte[64 * 1024];
        var sent = 0L;
        for (var last = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(last) < TimeSpan.FromSeconds(1);)
        {
            var count = to.Send(buffer, 0, buffer.Length, SocketFlags.None, out var error);
            if (error == SocketError.Success && count > 0)
            {
                sent += count;
                last = TimeProvider.System.GetTimestamp();
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
            }
        }

        to.Blocking = true;
        return sent;
    }

    private static long ResidentBytes(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
