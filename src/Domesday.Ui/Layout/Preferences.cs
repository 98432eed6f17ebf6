using Microsoft.AspNetCore.Http;

namespace Domesday.Ui.Layout;

/// <summary>How somebody wants pages to look, as their browser keeps it: nothing secret, and nothing that decides what is seen.</summary>
public static class Preferences
{
    public const string ThemeCookie = "domesday_theme";
    public const string ZoneCookie = "domesday_zone";
    public const string ColumnsCookie = "domesday_columns";

    /// <summary>When the last visit before this one ended; set by the pages' script.</summary>
    public const string VisitCookie = "domesday_last_visit";

    private const int ZoneCharsMax = 64;

    /// <summary>Null for what the system says.</summary>
    public static string? Theme(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Cookies[ThemeCookie] switch { "light" => "light", "dark" => "dark", _ => null };
    }

    /// <summary>The time zone that the URL names, or else the one that was chosen last; UTC for one that this machine does not know.</summary>
    public static TimeZoneInfo Zone(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var named = http.Request.Query["zone"].ToString() is { Length: > 0 } asked ? asked : http.Request.Cookies[ZoneCookie];
        return named is { Length: > 0 and <= ZoneCharsMax } && named != "UTC" && TimeZoneInfo.TryFindSystemTimeZoneById(named, out var zone) ? zone : TimeZoneInfo.Utc;
    }
}
