using System.Text;

namespace MyApp.Cli;

/// <summary>Reads a line from the terminal without showing it.</summary>
internal static class HiddenInput
{
    public static string Read(string prompt)
    {
        Console.Error.Write(prompt);
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace && line.Length > 0)
                line.Length--;
            else if (key.KeyChar >= ' ')
                line.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return line.ToString();
    }
}
