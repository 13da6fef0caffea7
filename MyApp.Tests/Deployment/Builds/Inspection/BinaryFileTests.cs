using System.Runtime.InteropServices;
using System.Text;
using MyApp.Deployment.Builds.Inspection;

namespace MyApp.Tests.Deployment.Builds.Inspection;

public sealed class BinaryFileTests
{
    [Fact]
    public void Read_ADynamicProgramOfThisMachine_NamesItsLoaderAndLibraries()
    {
        var binary = BinaryFile.Read("/bin/sh")!;

        Assert.Equal("linux/" + (RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64"), binary.Platform);
        Assert.Contains("ld-linux", binary.Interpreter);
        Assert.Contains("libc.so.6", binary.Libraries);
        Assert.False(binary.Static);
        Assert.Matches("^[0-9a-f]{40}$", binary.BuildId);
        Assert.Null(binary.Go);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("MZ and nothing of what must follow, though it is long enough to hold a header of that kind, or almost")]
    [InlineData("\u007fELF and nothing of what must follow, though it is long enough to hold a header of that kind")]
    public void Read_AnythingElse_IsNull(string text)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));

        Assert.Null(BinaryFile.Read(file));
    }

    // Whatever is cut off or turned around: an answer, never a crash.
    [Fact]
    public void Read_ADamagedProgram_NeverThrows()
    {
        var whole = File.ReadAllBytes("/bin/sh");
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var damaged = whole.ToArray();
            for (var n = 0; n < 8; n++)
                damaged[random.Next(n % 2 == 0 ? 64 : damaged.Length)] = (byte)random.Next(256);
            using var file = new MemoryStream(damaged, 0, i % 3 == 0 ? random.Next(damaged.Length) : damaged.Length);
            refused += BinaryFile.Read(file) is null ? 1 : 0;
        }

        Assert.InRange(refused, 50, 300);
    }
}
