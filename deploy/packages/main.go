package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const name = "telegraf-icecast-wowza"

// platform is one target of the Go toolchain; arch is how Debian and RPM spell it, "" where there is no package.
type platform struct{ os, arch, arm, deb string }

var platforms = []platform{
	{"linux", "amd64", "", "amd64"}, {"linux", "arm64", "", "arm64"}, {"linux", "arm", "7", "arm7"},
	{"darwin", "amd64", "", ""}, {"darwin", "arm64", "", ""}, {"windows", "amd64", "", ""}, {"freebsd", "amd64", "", ""},
}

func (p platform) String() string { return p.os + "_" + p.arch }

// release is one run of this program.
type release struct {
	root, out, version string
	at                 time.Time // of everything in an archive
}

func main() {
	version := flag.String("version", "0.0.0", "version of the packages, without v")
	out := flag.String("out", "../../dist", "folder for what is built")
	only := flag.String("only", "", `one platform, such as "linux_amd64"`)
	flag.Parse()
	if err := run(*version, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(version, out, only string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	r := release{root: root, out: out, version: version}
	if r.at, err = epoch(root); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, p := range platforms {
		if only != "" && only != p.String() {
			continue
		}
		if err := r.build(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return r.checksums()
}

// epoch is SOURCE_DATE_EPOCH, or the time of the commit (https://reproducible-builds.org/specs/source-date-epoch).
func epoch(root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.Command("git", "-C", root, "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("asking git for the time of the commit: %w; set SOURCE_DATE_EPOCH", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// build makes the binary of a platform, and from it what is released for it.
func (r release) build(p platform) error {
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, name)
	if p.os == "windows" {
		binary += ".exe"
	}
	cmd := exec.Command("go", "build", "-tags", "custom", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version="+r.version, "-o", binary, "./cmd/"+name)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+p.os, "GOARCH="+p.arch, "GOARM="+p.arm)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	if err := r.sbom(p, binary); err != nil {
		return err
	}
	if err := r.archive(p, binary); err != nil {
		return err
	}
	if p.deb == "" {
		return nil
	}
	return r.packages(p, binary)
}
