using System.Text;

namespace Domesday.Server.Settings;

/// <summary>What people read about settings, made from <see cref="SettingCatalog"/>.</summary>
internal static class SettingsText
{
    private const int HelpWidth = 100;

    /// <summary>What <c>domesday serve --help</c> prints.</summary>
    public static string Help()
    {
        var text = new StringBuilder("""
            Runs the service.

              domesday serve --urls http://127.0.0.1:1086 --data ./data

            Each option is also an environment variable and a member of the JSON file that --config names;
            the command line goes before the environment, the environment before the file.


            """);
        foreach (var setting in SettingCatalog.All)
        {
            text.Append("  ").Append(setting.Option).Append(' ').AppendLine(setting.Form);
            foreach (var line in Wrap(setting.Meaning)) text.Append("      ").AppendLine(line);
            text.Append("      ").Append(setting.Name).AppendLine(setting.DefaultText is { } absent ? $", default {absent}" : "");
        }
        return text.ToString();
    }

    /// <summary>What docs/configuration.md holds.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("""
            # Configuration

            Made by `domesday serve --help-markdown`; do not edit.

            Every setting is an environment variable, a command-line option of `domesday serve`, and a member of the JSON file that
            `--config` (or `DOMESDAY_CONFIG`) names. The command line goes before the environment, the environment before the file, the file before the default.
            An unknown setting, a variable that begins with `DOMESDAY_` included, stops the start with exit code 2 and the nearest name that exists;
            so does a value that is not valid. All faults are told at once.

            ```json
            { "urls": "https://0.0.0.0:443", "tls_cert": "/etc/domesday/cert.pem", "tls_key": "/etc/domesday/key.pem", "batch_events_max": 5000 }
            ```

            | variable | option | member of the file | default | meaning |
            |---|---|---|---|---|

            """);
        foreach (var setting in SettingCatalog.All)
        {
            var member = setting == SettingCatalog.Config ? "" : $"`{setting.Member}`";
            var absent = setting.DefaultText is { } value ? $"`{value}`" : "none";
            text.AppendLine($"| `{setting.Name}` | `{setting.Option} {setting.Form.Replace("|", "\\|", StringComparison.Ordinal)}` | {member} | {absent} | {setting.Meaning} |");
        }
        text.AppendLine().AppendLine($"Variables of the client commands ({string.Join(", ", SettingCatalog.OfOthers.Select(name => $"`{name}`"))}) and those that begin with `{SettingCatalog.TestPrefix}` may stand in the same environment.");
        return text.ToString();
    }

    private static IEnumerable<string> Wrap(string meaning)
    {
        var line = new StringBuilder();
        foreach (var word in meaning.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > HelpWidth)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }
        yield return line.ToString();
    }
}
