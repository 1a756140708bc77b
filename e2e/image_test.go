package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// docker runs the client and returns its output.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	return output(t, "", nil, "docker", args...)
}

func output(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// needDocker skips the test where there is no Docker Engine, unless E2E_DOCKER says that there has to be one.
func needDocker(t *testing.T) {
	t.Helper()
	if err := exec.Command("docker", "info").Run(); err != nil {
		if os.Getenv("E2E_DOCKER") != "" {
			t.Fatalf("docker info: %v", err)
		}
		t.Skip("needs a running Docker Engine, debootstrap and docker-compose")
	}
	if err := command("standins", []string{"DOCKER_CLI_HINTS=false"}, "./build", telegrafBinary); err != nil {
		t.Fatal(err)
	}
}

// buildImage builds a target of the Dockerfile from what git has, with the stand-ins as base images. The modules go along as a vendor
// folder, because containers of a test reach no proxy.
func buildImage(t *testing.T, target string) (image string) {
	t.Helper()
	dir := t.TempDir()
	output(t, "..", nil, "sh", "-c", "git ls-files -co --exclude-standard -z | tar --null -T - -c | tar -x -C "+dir)
	output(t, dir, nil, "go", "mod", "vendor")
	image = "e2e-telegraf-icecast-wowza:" + target
	output(t, dir, []string{"DOCKER_BUILDKIT=0"}, "docker", "build", "--target", target, "-t", image,
		"--build-arg", "GO_IMAGE=standin/golang", "--build-arg", "TELEGRAF_IMAGE=standin/telegraf", "--build-arg", "VERSION=1.2.3-e2e", ".")
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", image).Run() })
	return image
}

func TestTheImageOfThePluginHoldsTheProgramAlone(t *testing.T) {
	needDocker(t)
	image := buildImage(t, "plugin")
	if out := docker(t, "run", "--rm", "--network", "none", "--read-only", image, "-version"); !strings.Contains(out, "1.2.3-e2e") {
		t.Errorf("it says %s", out)
	}
	id := strings.TrimSpace(docker(t, "create", image))
	defer docker(t, "rm", id)
	files := output(t, "", nil, "sh", "-c", "docker export "+id+" | tar t")
	for file := range strings.Lines(files) {
		switch top, _, _ := strings.Cut(strings.TrimSpace(file), "/"); top {
		case "telegraf-icecast-wowza", ".dockerenv", "dev", "proc", "sys", "etc": // Docker's own mount points
		default:
			t.Errorf("it holds %s", file)
		}
	}
	if user := docker(t, "inspect", "-f", "{{.Config.User}} {{.Config.Healthcheck}}", image); strings.TrimSpace(user) != "65532:65532 <nil>" {
		t.Errorf("user and health check: %s", user)
	}
}

// The stack of deploy/compose without Grafana, which cannot be had here: emulated servers, the image's Telegraf, InfluxDB.
func TestTheComposeStackBringsPointsToInfluxDB(t *testing.T) {
	needDocker(t)
	if _, err := exec.LookPath("docker-compose"); err != nil {
		t.Skip("needs docker-compose")
	}
	image := buildImage(t, "telegraf")
	dir, err := filepath.Abs("../deploy/compose")
	if err != nil {
		t.Fatal(err)
	}
	output(t, dir, nil, "./setup")
	env := []string{"TELEGRAF_IMAGE=" + image, "INFLUXDB_IMAGE=standin/influxdb", "INTERVAL=1s", "COMPOSE_PROFILES=demo"}
	compose := func(args ...string) string {
		t.Helper()
		return output(t, dir, env, "docker-compose", append([]string{"-p", "e2e-radio", "-f", "compose.yaml"}, args...)...)
	}
	compose("config", "-q")
	t.Cleanup(func() { compose("down", "-v", "--timeout", "5") })
	compose("up", "-d", "--no-build", "influxdb", "demo")
	eventually(t, 90*time.Second, func() string {
		out, _ := exec.Command("docker", "exec", "e2e-radio_influxdb_1", "influx", "-database", "radio", "-execute",
			`SELECT last("current") FROM "listeners" GROUP BY "platform"`).CombinedOutput()
		if !strings.Contains(string(out), "platform=icecast") || !strings.Contains(string(out), "platform=wowza") {
			return string(out)
		}
		return ""
	})
	if logs := compose("logs", "demo"); strings.Contains(logs, " E! ") && !strings.Contains(logs, "connection refused") {
		t.Errorf("the log is not clean:\n%s", logs)
	}
}
