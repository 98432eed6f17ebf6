{{- define "domesday.name" -}}
{{- if contains "domesday" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-domesday" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "domesday.selector" -}}
app.kubernetes.io/name: domesday
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "domesday.labels" -}}
{{ include "domesday.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
