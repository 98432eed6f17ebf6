// Renders the templates of a Helm chart, with the functions that ours use, where helm itself is not to be had.
// Usage: render CHART-FOLDER VALUES-AS-JSON
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

func main() {
	var values map[string]any
	check(json.Unmarshal([]byte(os.Args[2]), &values))
	chart := template.New("chart").Option("missingkey=error")
	chart.Funcs(template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var out bytes.Buffer
			err := chart.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"nindent": func(n int, text string) string {
			return "\n" + strings.Repeat(" ", n) + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", n))
		},
		// JSON is YAML.
		"toYaml": func(value any) string { out, err := json.Marshal(value); check(err); return string(out) },
		"quote":  func(value any) string { return fmt.Sprintf("%q", fmt.Sprint(value)) },
		"default": func(other, value any) any {
			if value == nil || value == "" {
				return other
			}
			return value
		},
		"required": func(message string, value any) (any, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"toString":   func(value any) string { return fmt.Sprint(value) },
		"int":        func(value any) int { return int(value.(float64)) },
		"contains":   func(part, text string) bool { return strings.Contains(text, part) },
		"trunc":      func(n int, text string) string { return text[:min(n, len(text))] },
		"trimSuffix": func(suffix, text string) string { return strings.TrimSuffix(text, suffix) },
	})
	files, err := filepath.Glob(filepath.Join(os.Args[1], "templates", "*"))
	check(err)
	_, err = chart.ParseFiles(files...)
	check(err)
	data := map[string]any{
		"Values":  values,
		"Release": map[string]any{"Name": "audit", "Service": "Helm", "Namespace": "audit"},
		"Chart":   map[string]any{"Name": "domesday", "Version": "0.1.0", "AppVersion": "0.1.0"},
	}
	for _, file := range files {
		if filepath.Ext(file) != ".yaml" {
			continue
		}
		fmt.Println("---")
		check(chart.ExecuteTemplate(os.Stdout, filepath.Base(file), data))
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
