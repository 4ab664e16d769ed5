{{- /* What the values say about one kind of pods that the controller makes: only what was said. */ -}}
{{- define "peerpods.component" -}}
{{- $said := dict -}}
{{- range $name := list "resources" "tolerations" "affinity" "priorityClassName" "podLabels" "podAnnotations" "nodeSelector" "env" "volumes" "volumeMounts" -}}
{{- with index $ $name -}}{{- $_ := set $said $name . -}}{{- end -}}
{{- end -}}
{{- toJson $said -}}
{{- end -}}

{{- /* A Secret by another name is mounted in the place of the usual one. */ -}}
{{- define "peerpods.adaptorVolumes" -}}
{{- $volumes := list -}}
{{- $named := dict "ssh-keys" .Values.secrets.existingSshKeySecretName "certificates" .Values.secrets.existingTlsSecretName -}}
{{- if eq .Values.secrets.mode "reference" -}}
{{- range $volume, $secret := $named -}}
{{- if $secret -}}
{{- $volumes = append $volumes (dict "name" $volume "secret" (dict "secretName" $secret "defaultMode" 384)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if include "peerpods.ibmIdentity" . -}}
{{- $token := dict "serviceAccountToken" (dict "path" "vault-token" "audience" "iam" "expirationSeconds" 3600) -}}
{{- $volumes = append $volumes (dict "name" "vault-token" "projected" (dict "sources" (list $token))) -}}
{{- end -}}
{{- toJson (dict "volumes" (concat $volumes .Values.adaptor.volumes)) -}}
{{- end -}}

{{- define "peerpods.ibmIdentity" -}}
{{- if and (eq .Values.provider "ibmcloud") (dig "ibmcloud" "IBMCLOUD_IAM_PROFILE_ID" "" .Values.providerSecrets) }}true{{ end -}}
{{- end -}}

{{- define "peerpods.components" -}}
{{- $adaptor := merge (include "peerpods.adaptorVolumes" . | fromJson) (deepCopy (omit .Values.adaptor "volumes")) -}}
{{- if include "peerpods.ibmIdentity" . -}}
{{- $mount := dict "name" "vault-token" "mountPath" "/var/run/secrets/tokens" "readOnly" true -}}
{{- $_ := set $adaptor "volumeMounts" (append .Values.adaptor.volumeMounts $mount) -}}
{{- end -}}
{{- $all := dict -}}
{{- range $name, $values := dict "adaptor" $adaptor "relay" .Values.relay "webhook" .Values.webhook -}}
{{- with include "peerpods.component" $values | fromJson -}}{{- $_ := set $all $name . -}}{{- end -}}
{{- end -}}
{{- if $all -}}{{- toJson $all -}}{{- end -}}
{{- end -}}
