package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// The manifests are held against the API's own types, strictly: a misspelt key is no key. The configurations in them are checked by the program.
func TestKubernetesManifestsAreWhatTheAPITakes(t *testing.T) {
	files, err := filepath.Glob("../deploy/kubernetes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, file := range files {
		for document := range strings.SplitSeq(read(file), "\n---\n") {
			var kind struct{ Kind string }
			if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var deployment appsv1.Deployment
			var pod corev1.Pod
			var config corev1.ConfigMap
			object := map[string]any{"Deployment": &deployment, "Pod": &pod, "ConfigMap": &config, "NetworkPolicy": &networkingv1.NetworkPolicy{}}[kind.Kind]
			if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
				t.Errorf("%s, %s: %v", file, kind.Kind, err)
			}
			switch kind.Kind {
			case "Deployment":
				checkPod(t, file, deployment.Spec.Template.Spec)
			case "Pod":
				checkPod(t, file, pod.Spec)
			case "ConfigMap":
				checkConfig(t, file, config.Data["telegraf-icecast-wowza.conf"])
			}
		}
	}
}

func checkPod(t *testing.T, file string, spec corev1.PodSpec) {
	t.Helper()
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken || spec.SecurityContext.RunAsNonRoot == nil || !*spec.SecurityContext.RunAsNonRoot {
		t.Errorf("%s: a pod that asks for nothing needs no token and no root", file)
	}
	for _, c := range spec.Containers {
		if !strings.HasPrefix(c.Image, "telegraf-icecast-wowza:") {
			continue
		}
		s := c.SecurityContext
		if s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || c.Resources.Limits.Memory().IsZero() {
			t.Errorf("%s: container %s is not as small as it can be", file, c.Name)
		}
		for _, env := range c.Env {
			if strings.Contains(strings.ToLower(env.Name), "password") {
				t.Errorf("%s: %s: secrets are files", file, env.Name)
			}
		}
	}
}

// checkConfig lets the program read the configuration, with the password files that the manifest mounts.
func checkConfig(t *testing.T, file, text string) {
	t.Helper()
	secret := write(t, t.TempDir(), "password", "secret")
	for _, mounted := range []string{"/run/secrets/radio/icecast", "/run/secrets/radio/wowza", "/run/secrets/icecast/admin-password"} {
		text = strings.ReplaceAll(text, mounted, secret)
	}
	conf := write(t, t.TempDir(), "plugin.conf", text)
	t.Setenv("POD_NAME", "icecast-0")
	if out := output(t, "", os.Environ(), pluginBinary, "-config", conf, "-check"); !strings.Contains(out, "the configuration is good") {
		t.Errorf("%s: %s", file, out)
	}
}
