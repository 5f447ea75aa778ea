{{/* What everything is called: the release, unless it says otherwise. */}}
{{- define "openim.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "openim.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains (include "openim.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "openim.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "openim.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{- define "openim.selector" -}}
app.kubernetes.io/name: {{ include "openim.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "openim.labels" -}}
{{ include "openim.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* One variable from the Secret. */}}
{{- define "openim.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ required "secret.name must name an existing Secret" .root.Values.secret.name }}
      key: {{ get .root.Values.secret.keys .key }}
{{- end -}}

{{/* The environment of every pod. */}}
{{- define "openim.env" -}}
{{- $root := . -}}
{{- $secrets := dict
  "OPENIM__DATABASE__URL" "databaseUrl"
  "OPENIM__REDIS__URL" "redisUrl"
  "OPENIM__AMQP__URL" "amqpUrl"
  "OPENIM__AUTH__SECRET" "authSecret"
  "OPENIM__INTERNAL__SECRET" "internalSecret"
  "OPENIM__OBJECTS__S3_ACCESS_KEY" "s3AccessKey"
  "OPENIM__OBJECTS__S3_SECRET_KEY" "s3SecretKey" -}}
{{- range $name, $key := $secrets }}
{{ include "openim.fromSecret" (dict "root" $root "name" $name "key" $key) }}
{{- end }}
- name: OPENIM__SERVER__DATA_DIR
  value: /data
- name: OPENIM__OBJECTS__ENGINE
  value: s3
- name: OPENIM__OBJECTS__S3_ENDPOINT
  value: {{ required "objects.endpoint must be the address of an S3 service" .Values.objects.endpoint | quote }}
- name: OPENIM__OBJECTS__S3_PUBLIC_ENDPOINT
  value: {{ .Values.objects.publicEndpoint | quote }}
- name: OPENIM__OBJECTS__S3_BUCKET
  value: {{ .Values.objects.bucket | quote }}
- name: OPENIM__OBJECTS__S3_REGION
  value: {{ .Values.objects.region | quote }}
- name: OPENIM__OBJECTS__S3_PATH_STYLE
  value: {{ .Values.objects.pathStyle | quote }}
- name: OPENIM__TELEMETRY__LOG_FORMAT
  value: json
{{- $fullname := include "openim.fullname" . }}
- name: OPENIM__SUBGRAPHS__USERS
  value: http://{{ $fullname }}-users:10002
- name: OPENIM__SUBGRAPHS__RELATIONS
  value: http://{{ $fullname }}-relations:10002
- name: OPENIM__SUBGRAPHS__GROUPS
  value: http://{{ $fullname }}-groups:10002
- name: OPENIM__SUBGRAPHS__MESSAGES
  value: http://{{ $fullname }}-messages:10002
- name: OPENIM__SUBGRAPHS__CONVERSATIONS
  value: http://{{ $fullname }}-conversations:10002
- name: OPENIM__SUBGRAPHS__THIRD
  value: http://{{ $fullname }}-third:10002
{{- if .Values.config }}
- name: OPENIM_CONFIG
  value: /etc/openim/openim.toml
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Who a pod is, and what it may do. */}}
{{- define "openim.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "openim.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "openim.mounts" -}}
- name: data
  mountPath: /data
{{- if .Values.config }}
- name: config
  mountPath: /etc/openim
  readOnly: true
{{- end }}
{{- end -}}

{{- define "openim.volumes" -}}
- name: data
  emptyDir: {}
{{- if .Values.config }}
- name: config
  configMap:
    name: {{ include "openim.fullname" . }}
{{- end }}
{{- end -}}
