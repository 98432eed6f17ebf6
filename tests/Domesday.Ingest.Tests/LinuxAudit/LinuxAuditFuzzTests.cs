using System.Text;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;
using Domesday.Ingest.AuditRecords;

namespace Domesday.Ingest.Tests.LinuxAudit;

/// <summary>Whatever stands on the lines, each becomes part of an event or is refused, and nothing crashes.</summary>
public sealed class LinuxAuditFuzzTests
{
    /// <summary>Pieces that the parser looks for, in orders in which nobody writes them.</summary>
    private static readonly string[] Pieces =
    [
        "type=SYSCALL", "type=", "type=1300", "type=EOE ", "node=", "node=a ", " msg=audit(", "audit(1.0:1)", "audit(1700000000.101:900): ", "audit(", ")", ":", " ", "=", "'", "\"", "\x1D", "a0=", "a1=\"x", "proctitle=",
        "proctitle=00FF00", "name=C3", "acct=?", "exit=-99999999999", "syscall=99999999999", "arch=c000003e", "success=maybe", "addr=::1%2", "ses=-1", "auid=unset", "\0", "ä", "\uFFFD", "\r", "msg='", "cwd=\"\"", "key=(null)",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    /// <summary>What once went wrong, or could have: a line each.</summary>
    public static TheoryData<string> Corpus => [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "LinuxAudit", "fixtures", "corpus.txt")).Where(line => line.Length > 0)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_bytes_are_mapped_or_refused_but_never_a_crash(int seed)
    {
        var random = new Random(seed);
        var whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "LinuxAudit", "fixtures", "audit.log"));
        for (var mutation = 0; mutation < 400; mutation++)
        {
            var mutant = (byte[])whole.Clone();
            for (var changes = 1 + random.Next(30); changes > 0; changes--) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            Check(mutant.AsMemory(0, random.Next(3) == 0 ? random.Next(mutant.Length) : mutant.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Pieces_in_any_order_are_mapped_or_refused_but_never_a_crash(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++) Check(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => Pieces[random.Next(Pieces.Length)]))));
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void What_is_kept_in_the_corpus_stays_harmless(string line) => Check(Encoding.UTF8.GetBytes(line));

    private static void Check(ReadOnlyMemory<byte> bytes)
    {
        var lines = AuditLines.Split(bytes, "h", 1_000)!;
        var mapped = MappedItems.Of(lines.Events, "h", (item, json) => AuditRecordMapping.TryWrite(item, "h", json));
        Assert.Equal(lines.Events.Count, mapped.Events.Count + mapped.Refused.Count);
        var (parser, draft, faults) = (new EventParser(EventLimits.Default), new EventDraft(), new List<Fault>());
        // Whatever was made is an event that the ledger takes.
        foreach (var made in mapped.Events) Assert.True(parser.TryParse(made.Span, draft, faults), string.Join(';', faults) + Encoding.UTF8.GetString(made.Span));
    }
}
