using FsCheck;
using FsCheck.Fluent;
using MyApp.Cli.Output;

namespace MyApp.Tests.Cli;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain text, ünïcode, 日本", "plain text, ünïcode, 日本")]
    [InlineData("tab\there\nnext", "tab\there\nnext")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b[2J\u001b[1;1Hgone", "gone")]
    [InlineData("\u001b]0;title\u0007after", "after")]
    [InlineData("\u001b]52;c;ZXZpbA==\u001b\\after", "after")]
    [InlineData("\u001bP$q\"p\u001b\\after", "after")]
    [InlineData("\u009b31mred", "red")]
    [InlineData("\u009d0;title\u009cafter", "after")]
    [InlineData("over\rwritten", "overwritten")]
    [InlineData("back\b\bspace", "backspace")]
    [InlineData("bell\u0007", "bell")]
    [InlineData("\u001b(0box", "box")]
    [InlineData("\u001bcreset", "reset")]
    [InlineData("unfinished \u001b]0;all of this", "unfinished ")]
    [InlineData("lone escape \u001b", "lone escape ")]
    [InlineData("\u001b\u001b[31mtwice", "twice")]
    [InlineData("\u202egnp.exe\u2066", "gnp.exe")]
    [InlineData("del\u007fete", "delete")]
    public void Clean_WhateverItGets_LeavesNothingATerminalObeys(string text, string expected) => Assert.Equal(expected, TerminalText.Clean(text));

    [Fact]
    public void Clean_AnyText_IsCleanAndStaysSo()
    {
        var texts = Gen.Elements('\u001b', '[', ']', ';', 'P', 'X', '(', 'm', 'a', '0', '\\', '\u0007', '\n', '\r', '\u009b', '\u009c', '\u009d', '\u202e')
            .ListOf().Select(c => new string([.. c])).ToArbitrary();

        Prop.ForAll(texts, text =>
        {
            var clean = TerminalText.Clean(text);
            return clean.All(c => c == '\n' || !char.IsControl(c)) && TerminalText.Clean(clean) == clean;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void CleanLine_LineFeeds_MakeNoNewLine() => Assert.Equal("one two", TerminalText.CleanLine("one\ntwo"));
}
