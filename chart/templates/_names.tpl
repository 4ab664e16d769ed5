{{- /* Labels of every object; call with a dict of root and component. */ -}}
{{- define "peerpods.labels" -}}
app.kubernetes.io/name: peerpods
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "peerpods.selector" -}}
app.kubernetes.io/name: peerpods
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "peerpods.image" -}}
{{- if .Values.image.digest -}}
{{ printf "%s@%s" .Values.image.name .Values.image.digest }}
{{- else -}}
{{ printf "%s:%s" .Values.image.name (.Values.image.tag | default .Chart.AppVersion) }}
{{- end -}}
{{- end -}}

{{- define "peerpods.configMapName" -}}
{{- if eq .Values.configMap.mode "reference" }}{{ .Values.configMap.existingName }}{{ else }}peer-pods-cm{{ end -}}
{{- end -}}

{{- define "peerpods.secretName" -}}
{{- if eq .Values.secrets.mode "reference" }}{{ .Values.secrets.existingSecretName }}{{ else }}peer-pods-secret{{ end -}}
{{- end -}}

{{- define "peerpods.sshSecretName" -}}
{{- if eq .Values.secrets.mode "reference" }}{{ .Values.secrets.existingSshKeySecretName | default "ssh-key-secret" }}{{ else }}ssh-key-secret{{ end -}}
{{- end -}}

{{- /* YAML's numbers arrive as floating point: 1000000 must not become 1e+06. */ -}}
{{- define "peerpods.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end -}}
{{- end -}}

{{- define "peerpods.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- /* Of a pod that nobody's rights are needed in. */ -}}
{{- define "peerpods.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "peerpods.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
