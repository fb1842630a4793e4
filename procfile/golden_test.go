package procfile

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenDir = "../testdata/devgatefile"

// TestGolden keeps F1 and F2 word for word: each archive holds pairs of an input,
// under the name given to Parse, and what is wanted of it: the resolved file, or
// the errors as a person sees them.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { golden(t, path) })
	}
}

func golden(t *testing.T, path string) {
	a := readArchive(t, path)
	if len(a.files)%2 != 0 {
		t.Fatal("want pairs of an input and what is wanted of it")
	}
	for i := 0; i < len(a.files); i += 2 {
		input, want := a.files[i], &a.files[i+1]
		got := outcome(input.name, []byte(input.data))
		if got == want.data {
			continue
		}
		if !*update {
			t.Errorf("input:\n%s\ngot:\n%s\nwant:\n%s", input.data, got, want.data)
		}
		want.data = got
	}
	if *update {
		a.write(t, path)
	}
}

// outcome is what the golden files hold.
func outcome(name string, src []byte) string {
	f, err := Parse(name, src)
	if err == nil {
		return dump(f)
	}
	var list ErrorList
	if !errors.As(err, &list) || len(list) == 0 || f != nil {
		return fmt.Sprintf("not an ErrorList alone: %#v, %v", err, f)
	}
	return err.Error() + "\n"
}

// dump prints a file so that every field shows in some golden file; what has its
// default is left out, except where the default is the point.
func dump(f *File) string {
	var b strings.Builder
	line := func(key string, value any, show bool) {
		if show {
			fmt.Fprintf(&b, "%s = %v\n", key, value)
		}
	}
	line("format", f.Format, true)
	line("name", f.Name, f.Name != "")
	line("port", f.Port, true)
	line("host", f.Host, true)
	line("hosts", f.Hosts, f.Hosts != nil)
	line("static", f.Static, f.Static != "")
	line("hold", f.Hold, true)
	line("not_found", f.NotFound, true)
	line("speculate", f.Speculate, true)
	line("replay_limit", f.ReplayLimit, true)
	line("dashboard", fmt.Sprintf("%+v", f.Dashboard), true)
	line("env_file", fmt.Sprint(f.EnvFile, " set ", f.EnvFileSet), true)
	dumpEnv(&b, f.Env)
	for _, s := range f.Services {
		dumpService(&b, s)
	}
	return b.String()
}

func dumpEnv(b *strings.Builder, env map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(b, "env.%s = %q\n", k, env[k])
	}
}

func dumpService(b *strings.Builder, s *Service) {
	fmt.Fprintf(b, "\n%s %s at %s\n", s.Kind(), s.Name, s.Pos)
	line := func(key string, value any, show bool) {
		if !show {
			return
		}
		at := ""
		if s.Has(key) {
			at = "  # " + s.Position(key).String()
		}
		fmt.Fprintf(b, "%s = %v%s\n", key, value, at)
	}
	line("command", fmt.Sprintf("%q %q", s.Command.Shell, s.Command.Args), !s.Command.IsZero())
	line("build", s.Build, !s.Build.IsZero())
	line("stop", s.Stop, !s.Stop.IsZero())
	line("dir", s.Dir, s.Dir != "")
	line("port", s.Port, !s.Port.IsZero())
	line("url", s.URL, s.URL != nil)
	dumpEnv(b, s.Env)
	line("env_file", s.EnvFile, s.EnvFile != nil)
	line("watch", s.Watch, s.Watch != nil)
	line("ignore", s.Ignore, s.Ignore != nil)
	line("ready", dumpReady(s.Ready), s.Ready.Kind != ReadyNone)
	line("after", s.After, s.After != nil)
	line("once", s.Once, s.Once)
	line("restart", s.Restart, s.Restart != RestartOnFailure || s.Has("restart"))
	line("restart_style", s.RestartStyle, s.Has("restart_style"))
	line("stop_signal", fmt.Sprint(s.StopSignal, " ", int(s.StopSignal.Number)), s.Has("stop_signal"))
	line("grace", s.Grace, s.Has("grace"))
	line("pty", s.PTY, s.PTY)
	line("paths", s.Paths, s.Paths != nil)
	line("final", s.Final, s.Final)
	line("fallthrough", s.Fallthrough, s.Has("fallthrough"))
	line("spa", s.SPA, s.Has("spa"))
	line("optional", s.Optional, s.Optional)
	line("protocol", s.Protocol, s.Has("protocol"))
	line("joins when listening", s.JoinsWhenListening, s.JoinsWhenListening)
}

func dumpReady(r Ready) string {
	text := r.Kind.String()
	switch r.Kind {
	case ReadyTCP:
		if r.Port != 0 {
			text += fmt.Sprint(" ", r.Port)
		}
	case ReadyHTTP:
		text += fmt.Sprint(" ", r.Path, " ", r.Status)
	case ReadyLog:
		text += fmt.Sprintf(" %q", r.Log)
	case ReadyExec:
		text += " " + r.Exec.String()
	}
	return fmt.Sprint(text, " timeout ", r.Timeout, " interval ", r.Interval)
}
