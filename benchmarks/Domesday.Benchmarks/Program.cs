using System.Globalization;
using Domesday.Benchmarks;
using Domesday.Benchmarks.Dialects;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Proxies;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Sinks;
using Domesday.Benchmarks.Web;
using Microsoft.Playwright;

const string Usage = """
    ./bench [ledger|ingest|questions|profile|dialects|postgres|proxy|sinks|web] [--events N] [--write]

      ledger       ingest, questions, readers beside a writer, export, memory and size, beside PostgreSQL (the default)
      ingest       the first part of it alone
      questions    the questions, and readers beside a writer, of Domesday alone, for use under a profiler
      profile      batches of 1,000 and single events into Domesday alone, for use under a profiler
      dialects     the vendors' APIs: pages, totals, filter options, and their exports beside the native one
      postgres     the store postgres: ingest with one node and with two, size, questions, beside a plain table
      proxy        what the capturing proxy costs, against one that captures nothing and the bare upstream; half a minute
      sinks        whether sinks keep up with 20,000 events a second, and what idle ones cost; two minutes, ten seconds for each sink unless --events says otherwise
      web          the pages in Chromium, and usage reports
      --events N   how many events; 10,000,000 without it, which takes some 15 minutes and 40 GB in a temporary folder
      --write      puts the tables into docs/performance.md
    """;

var names = args.Where(arg => !arg.StartsWith('-') && !int.TryParse(arg, out _)).ToArray();
var at = Array.IndexOf(args, "--events");
if (names is not ([] or ["ledger"] or ["ingest"] or ["questions"] or ["profile"] or ["dialects"] or ["postgres"] or ["proxy"] or ["sinks"] or ["web"]) || args.Contains("--help") || (at >= 0 && (at + 1 == args.Length || !int.TryParse(args[at + 1], out _))))
{
    Console.WriteLine(Usage);
    return args.Contains("--help") ? 0 : 2;
}
var isDialects = names is ["dialects"];
if (!isDialects && names is not ["proxy" or "sinks" or "web"] && !PostgresServer.IsInstalled)
{
    Console.Error.WriteLine("The rival is not there: apt-get install postgresql-15");
    return 1;
}
if (names is ["web"] && !WebRun.IsInstalled)
{
    Console.Error.WriteLine("The browser is not there: apt-get install chromium");
    return 1;
}

var events = at < 0 ? 10_000_000 : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
var title = names switch { ["dialects"] => "The dialects", ["postgres"] => "The store postgres", ["web"] => "The pages", _ => "The ledger" };
var report = new Report(names is ["proxy"] ? "The proxy" : names is ["sinks"] ? "The sinks" : $"{title}: {Report.Number(events)} events", "./bench " + string.Join(' ', args.Except(["--write"])));
try
{
    var folder = Path.Combine(Path.GetTempPath(), $"domesday-bench-{Environment.ProcessId}");
    if (names is ["proxy"]) await new ProxyRun(folder, report).RunAsync();
    else if (names is ["sinks"]) await new SinkRun(folder, at < 0 ? 10 : Math.Max(1, events / 20_000), report).RunAsync();
    else if (names is ["postgres"])
    {
        using var run = new PostgresRun(folder, events, report);
        await run.RunAsync();
    }
    else if (names is ["web"])
    {
        using var run = new WebRun(folder, events, report);
        await run.RunAsync();
    }
    else if (isDialects)
    {
        using var run = new DialectRun(folder, events, report);
        await run.RunAsync();
    }
    else
    {
        using var run = new LedgerRun(folder, events, report);
        await run.RunAsync(names.FirstOrDefault() ?? "ledger");
    }
}
catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException or PlaywrightException)
{
    // Caught, so that what was started is stopped on the way here.
    Console.Error.WriteLine(exception);
    return 1;
}
if (args.Contains("--write")) report.WriteInto("docs/performance.md", names is ["dialects" or "postgres" or "proxy" or "sinks" or "web"] ? names[0] : "ledger");
return 0;
