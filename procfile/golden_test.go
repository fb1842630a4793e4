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

// outcome is what the golden files hold: they are read as on other systems than Windows,
// whose own rules have tests of their own.
func outcome(name string, src []byte) string {
	s := sourceOf(name, src)
	s.windows = false
	f, err := parse(s, src)
	if err == nil {
		return dump(f)
	}
	var list ErrorList
	if !errors.As(err, &list) || len(list) == 0 || f != nil {
		return fmt.Sprintf("not an ErrorList alone: %#v, %v", err, f)
	}
	return err.Error() + "\n"
}

// dump prints a file with every key of the table: of the whole file all that have a
// value, of a service those that are written or have another value than the default.
func dump(f *File) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.Format)
	dumpKeys(&b, fileKeys(), f, &File{}, f.Pos)
	dumpEnv(&b, f.Env)
	for _, s := range f.Services {
		fmt.Fprintf(&b, "\n%s %s at %s\n", s.Kind(), s.Name, s.Pos)
		dumpKeys(&b, serviceKeys(), s, newService(s.Name, s.src, s.at), func(key string) Position { return s.src.markPosition(s.marks, key) })
		if s.PortGuessed {
			b.WriteString("port guessed\n")
		}
		if s.JoinsWhenAnswering {
			b.WriteString("joins when listening\n")
		}
	}
	return b.String()
}

func dumpKeys[T any](b *strings.Builder, keys rows[T], t, dull T, at func(string) Position) {
	for _, row := range keys {
		value, where := row.field.get(t), at(row.Name)
		if where.IsZero() && sameValue(value, row.field.get(dull)) {
			continue
		}
		text := fmt.Sprint(value)
		switch v := value.(type) {
		case Command:
			text = fmt.Sprintf("%q %q", v.Shell, v.Args)
		case Ready:
			text = dumpReady(v)
		case Signal:
			text = fmt.Sprint(v.Name, " ", int(v.Number))
		case Dashboard:
			text = fmt.Sprintf("%+v", v)
		case map[string]string:
			dumpEnv(b, v)
			continue
		}
		fmt.Fprintf(b, "%s = %s", row.Name, text)
		if !where.IsZero() {
			fmt.Fprintf(b, "  # %s", where)
		}
		b.WriteByte('\n')
	}
}

func dumpEnv(b *strings.Builder, env map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(b, "env.%s = %q\n", k, env[k])
	}
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

// TestLineEndsOfWindows: a file with them means the same, in every value, and has
// the same errors in the same places.
func TestLineEndsOfWindows(t *testing.T) {
	archives, _ := filepath.Glob(goldenDir + "/*.txtar")
	for _, path := range archives {
		for i, files := 0, readArchive(t, path).files; i < len(files); i += 2 {
			name, text := files[i].name, files[i].data
			if got, want := outcome(name, []byte(strings.ReplaceAll(text, "\n", "\r\n"))), files[i+1].data; got != want {
				t.Errorf("%s, input %d with line ends of Windows:\n%s\nwant:\n%s", filepath.Base(path), i/2, got, want)
			}
		}
	}
	f := mustParse(t, "[a]\r\ncommand = \"\"\"\r\nsleep \\\r\n  60\r\nsleep 1\"\"\"\r\nbuild = ['x', '''\r\na\r\nb''']\r\nenv = { A = '''\r\n1\r\n2''', B = \"1\\r\\n2\" }\r\n")
	a := f.Service("a")
	if a.Command.Shell != "sleep 60\nsleep 1" || a.Build.Args[1] != "a\nb" || a.Env["A"] != "1\n2" {
		t.Errorf("got %q, %q and %q", a.Command.Shell, a.Build.Args, a.Env["A"])
	}
	if a.Env["B"] != "1\r\n2" {
		t.Errorf("what is written as escapes is no line end: %q", a.Env["B"])
	}
	for _, lone := range []string{"[a]\rcommand = 'x'\n", "[a]\r\r\ncommand = 'x'\n", "[a]\ncommand = 'x'\r"} {
		if _, err := Parse("f", []byte(lone)); err == nil || !strings.Contains(err.Error(), "a carriage return without a newline") {
			t.Errorf("%q: %v", lone, err)
		}
	}
}
