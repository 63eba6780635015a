{{- define "fehaciente.security" -}}
runAsNonRoot: true
runAsUser: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}
{{- define "fehaciente.container" -}}
image: {{ .Values.image | quote }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: data, mountPath: /var/lib/fehaciente}
  - {name: settings, mountPath: /etc/fehaciente, readOnly: true}
  - {name: secrets, mountPath: /run/secrets/fehaciente, readOnly: true}
  - {name: tmp, mountPath: /tmp}
{{- end }}
{{- define "fehaciente.probes" -}}
livenessProbe:
  httpGet: {path: /health/live, port: ops}
  periodSeconds: 15
  failureThreshold: 4
readinessProbe:
  httpGet: {path: /health/ready, port: ops}
  periodSeconds: 5
  timeoutSeconds: 4
startupProbe:
  httpGet: {path: /health/live, port: ops}
  periodSeconds: 2
  failureThreshold: 60
{{- end }}
{{- define "fehaciente.volumes" -}}
- name: data
  persistentVolumeClaim: {claimName: {{ .Release.Name }}-data}
- name: settings
  configMap: {name: {{ .Release.Name }}-settings}
- name: secrets
  secret: {secretName: {{ .Values.secretName | quote }}, defaultMode: 256}
- name: tmp
  # Bodies that are being received wait here, in clear.
  emptyDir: {medium: Memory, sizeLimit: 2Gi}
{{- end }}
