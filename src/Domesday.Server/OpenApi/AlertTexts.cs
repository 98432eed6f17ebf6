namespace Domesday.Server.OpenApi;

/// <summary>Rules that tell people when something happens: docs/alerts.md.</summary>
internal static class AlertTexts
{
    private const string Base = "/audit/v1/alerts";

    public static SurfaceText Surface { get; } = new("Alerts", "Rules that tell people when something happens; what they raise are events: docs/alerts.md.", "Problem",
        new($"GET {Base}", "All alerts, and how often they were raised") { Answers = [AnswerText.Json("AlertList", "The alerts.")] },
        new($"GET {Base}/stock", "Rules that can be made by name") { Answers = [AnswerText.Json("StockAlerts", "The rules.")] },
        new($"GET {Base}/{{id}}", "One alert") { Answers = [AnswerText.Json("Alert", "The alert.")] },
        new($"POST {Base}", "Make an alert") { Bodies = [ContentText.Json("NewAlert")], Answers = [AnswerText.Json("Alert", "It was made.", 201)] },
        new($"PATCH {Base}/{{id}}", "Change an alert") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("NewAlert")], Answers = [AnswerText.Json("Alert", "As it is now.")] },
        new($"DELETE {Base}/{{id}}", "Delete an alert") { Answers = [AnswerText.Nothing("It is gone; what it raised stays.")] },
        new($"POST {Base}/{{id}}/mute", "Mute an alert for some seconds; 0 ends it") { Bodies = [ContentText.Json("AlertMute")], Answers = [AnswerText.Json("Alert", "As it is now.")] },
        new($"POST {Base}/{{id}}/test", "Raise an alert that says it is a test") { Answers = [AnswerText.Nothing("It is in the ledger, and on its way to the channels.")] });
}
