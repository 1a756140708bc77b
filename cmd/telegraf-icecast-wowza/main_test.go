package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"telegraf-icecast-wowza": main})
}

// TestScripts runs the program as a user would: testdata/script has what it does, testdata/script/strict what it refuses, one
// file a rule, with the exact message.
func TestScripts(t *testing.T) {
	for _, dir := range []string{"testdata/script", "testdata/script/strict"} {
		testscript.Run(t, testscript.Params{Dir: dir, Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits}})
	}
}

// exits STATUS COMMAND … runs a command that has to end with just that status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\n%s", got, want, ts.ReadFile("stderr"))
	}
}

func TestTheDemonstrationPrintsWhatTheContractAllows(t *testing.T) {
	var out, logged bytes.Buffer
	if status := run([]string{"-demo", "-once"}, nil, &out, &logged); status != exitOK {
		t.Fatalf("exit status %d\n%s", status, logged.String())
	}
	golden.Conforms(t, out.Bytes())
	for _, measurement := range []string{
		"listeners", "listeners_by_host", "listeners_by_mount", "response", "stream_start", "metadata", "icecast_mount", "icecast_server",
		"wowza_server", "wowza_vhost", "wowza_application", "wowza_instance",
	} {
		if !bytes.Contains(out.Bytes(), []byte("\n"+measurement+",")) {
			t.Errorf("there is no %s", measurement)
		}
	}
	if logged.Len() > 0 {
		t.Errorf("it logged %s", logged.String())
	}
}

func TestAnUnreadServerIsAnExitStatus(t *testing.T) {
	file := t.TempDir() + "/down.conf"
	if err := os.WriteFile(file, []byte("[[inputs.icecast]]\nurls = [\"http://127.0.0.1:1\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, logged bytes.Buffer
	if status := run([]string{"-config", file, "-once"}, nil, &out, &logged); status != exitFailed {
		t.Errorf("exit status %d, want %d", status, exitFailed)
	}
	golden.Conforms(t, out.Bytes())
	if !bytes.Contains(out.Bytes(), []byte("result=connection_refused")) || !bytes.HasPrefix(logged.Bytes(), []byte("E! [inputs.icecast] 127.0.0.1:1: listmounts: nobody listens there")) {
		t.Errorf("output %s\nlog %s", out.String(), logged.String())
	}
}

func TestSampleConfInTheRepositoryIsWhatTheProgramPrints(t *testing.T) {
	want, err := os.ReadFile("../../sample.conf")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if status := run([]string{"-sample-config"}, nil, &out, &out); status != exitOK || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("exit status %d; write sample.conf anew: go run ./cmd/telegraf-icecast-wowza -sample-config >sample.conf", status)
	}
}
