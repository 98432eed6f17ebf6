using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Reports;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Ui.Usage;

/// <summary>Who causes how much.</summary>
internal static class UsagePage
{
    public const string Path = "/ui/usage";

    private const string FromDefault = "-30d";

    /// <summary>Of as many events a page waits for the resources to be counted: some hundredths of a second.</summary>
    private const int WaitedForMax = 10_000;

    public static void MapUsage(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.AuditList);

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, ReportDirectory reports, SinkDirectory sinks, SinkOpener opener, TimeProvider time)
    {
        var frame = Frame.Of(http, "Usage");
        var api = Api(frame.Query);
        var parameters = new ParameterReader(new QueryCollection(QueryHelpers.ParseQuery(api.ToString())));
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        var by = UsageReading.SplitNamed(parameters.Choice("by", UsageReading.SplitNames)) ?? UsageSplit.Project;
        if (parameters.Problem() is { } wrong) return Page(frame, new(by, api["from"] ?? "", null, wrong), ProblemResults.StatusOf(wrong.Kind));
        var report = await new UsageCounts(reader).ReadAsync(http.Scope(), filter, by, time, http.RequestAborted);
        var isCounting = report is { IsOk: true, Value.Total.Events: > WaitedForMax };
        if (report.IsOk && !isCounting) report = await new UsageReading(reader).ReadAsync(http.Scope(), filter, by, time, progress: null, http.RequestAborted);
        if (!report.IsOk) return Page(frame, new(by, api["from"] ?? "", null, report.Problem), ProblemResults.StatusOf(report.Problem.Kind));
        http.RecordRead(audit, "report.usage", api.ToString());
        return Page(frame, new(by, api["from"] ?? "", report.Value, null) { IsCounting = isCounting, Sent = Sent(http, frame, reports, sinks, opener) }, StatusCodes.Status200OK);
    }

    /// <summary>The report's parameters, with the month that the page assumes.</summary>
    public static UrlState Api(UrlState url)
    {
        var api = url.Without(Frame.TenantParameter, "zone");
        return api["from"] is null && api["to"] is null ? api.With("from", FromDefault) : api;
    }

    private static SentReportsModel? Sent(HttpContext http, Frame frame, ReportDirectory reports, SinkDirectory sinks, SinkOpener opener)
    {
        if (!frame.May(Permission.SinkRead, wholeTenant: true)) return null;
        var channels = sinks.Of(http.Tenant()).Where(sink => sink.IsChannel && opener.Find(sink.Type)?.TakesFiles == true).Select(sink => (sink.Id, sink.Name));
        return new(reports.Of(http.Tenant()), [.. channels], frame.May(Permission.SinkWrite, wholeTenant: true));
    }

    private static IResult Page(Frame frame, UsageModel model, int status) => PageResult.Page<UsageView, UsageModel>(frame, model, status);
}
