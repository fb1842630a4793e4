package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"devgate/internal/detect"
	"devgate/internal/detect/found"
	"devgate/internal/draft"
)

// TestFacts holds the plans of trees that are made after real projects against what
// is known of these: which services there are, their order, ports and paths.
func TestFacts(t *testing.T) {
	archives, err := filepath.Glob("testdata/facts/*.txtar")
	if err != nil || len(archives) < 20 {
		t.Fatal("trees are missing", len(archives), err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			testFacts(t, a)
		})
	}
}

func testFacts(t *testing.T, a *txtar.Archive) {
	options := draft.Options{Compose: strings.Contains(string(a.Comment), "--compose")}
	plan, err := draft.Make(detect.Read(project(a)), options)
	if err != nil {
		if got, want := "error "+err.Error()+"\n", string(content(a, "want/facts")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		return
	}
	file := Devgatefile(plan)
	mustParse(t, file)
	var wanted []string // the lines of services
	var last *draft.Service
	for line := range strings.Lines(string(content(a, "want/facts"))) {
		line = strings.TrimRight(line, "\n")
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case strings.HasPrefix(line, " "):
			if got := detail(last, word); got != rest {
				t.Errorf("%s: %s is %q, want %q", last.Name, word, got, rest)
			}
		case strings.Contains(line, " | "):
			wanted = append(wanted, line)
			last = named(plan, word)
			if last == nil {
				t.Fatalf("no service %q\n%s", word, file)
			}
		case !fact(plan, word, rest):
			t.Errorf("not so: %s\n%s%s", line, file, report(plan, nil))
		}
	}
	var got []string
	for _, s := range plan.Services {
		got = append(got, summary(s))
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("services:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

// fact reports whether one fact about the whole plan holds.
func fact(p *draft.Plan, word, rest string) bool {
	switch word {
	case "gateway":
		return fmt.Sprint(p.Port) == rest
	case "browser":
		return p.NoBrowser
	case "first":
		return slices.Contains(p.First, rest)
	case "skip":
		return slices.ContainsFunc(p.Skipped, func(s found.Skip) bool { return s.What == rest })
	}
	return false
}

func named(p *draft.Plan, name string) *draft.Service {
	for _, s := range p.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// summary is a service in one line: name, port, what is special, paths, command.
func summary(s *draft.Service) string {
	words := []string{s.Name}
	switch {
	case s.URL != "":
		return s.Name + " | " + s.URL
	case s.Kind == found.Task:
		words = append(words, "task")
	case s.Port == 0:
		words = append(words, "-")
	default:
		words = append(words, fmt.Sprint(s.Port))
		if !s.Movable() {
			words = append(words, "fixed")
		}
	}
	if s.Kind == found.RPC {
		words = append(words, "rpc")
	}
	words = append(words, s.Paths...)
	if s.Final {
		words = append(words, "final")
	}
	if len(s.After) > 0 {
		words = append(append(words, "after"), s.After...)
	}
	return strings.Join(words, " ") + " | " + expand(s.Command)
}

// detail is one more thing about a service.
func detail(s *draft.Service, word string) string {
	switch word {
	case "dir":
		return s.Dir
	case "build":
		return expand(s.Build)
	case "watch":
		return strings.Join(s.Watch, " ")
	case "env":
		var all []string
		for _, v := range s.Env {
			all = append(all, v.Name+"="+expand(v.Value))
		}
		return strings.Join(all, " ")
	}
	return "?"
}
