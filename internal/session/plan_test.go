package session

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"devgate/internal/project"
)

const planned = `port = 3000
[api]
command = "api"
port = 4001
[web]
command = "web"
port = 4002
after = ["api"]
[work]
command = "work"
[far]
url = "http://127.0.0.1:9"
`

// loaded is a project made from a Devgatefile, with a folder services/api.
func loaded(t *testing.T, text string) *project.Project {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop", "Devgatefile")
	if err := os.MkdirAll(filepath.Join(filepath.Dir(path), "services", "api"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{File: path, Dir: filepath.Dir(path), Environ: []string{"PATH=/bin"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// changed replaces parts of a text: old, new, old, new.
func changed(t *testing.T, text string, parts ...string) string {
	t.Helper()
	for i := 0; i < len(parts); i += 2 {
		if !strings.Contains(text, parts[i]) {
			t.Fatalf("no %q", parts[i])
		}
		text = strings.Replace(text, parts[i], parts[i+1], 1)
	}
	return text
}

// F4: what a saved Devgatefile leads to, as it is said.
func TestAPlanSaysWhatASaveLeadsTo(t *testing.T) {
	all := func(string) bool { return true }
	for name, c := range map[string]struct {
		edit    []string
		first   []string
		heeds   func(string) bool
		moved   bool
		summary string
		remarks []string
	}{
		"nothing":                   {nil, nil, all, false, "nothing to restart", nil},
		"a comment":                 {[]string{"[api]", "# api\n[api]"}, nil, all, false, "nothing to restart", nil},
		"a command":                 {[]string{`"api"`, `"api -v"`}, nil, all, false, "restarts api", nil},
		"of one that is stopped":    {[]string{`"api"`, `"api -v"`}, nil, func(string) bool { return false }, false, "nothing to restart", nil},
		"two commands":              {[]string{`"api"`, `"api -v"`, `"work"`, `"work -v"`}, nil, all, false, "restarts api, work", nil},
		"one comes":                 {[]string{"[work]", "[admin]\ncommand = \"a\"\n[work]"}, nil, all, false, "adds admin", nil},
		"one comes, others started": {[]string{"[work]", "[admin]\ncommand = \"a\"\n[work]"}, []string{"api"}, all, false, "adds admin (not started)", nil},
		"one goes":                  {[]string{"[work]\ncommand = \"work\"\n", ""}, nil, all, false, "removes work", nil},
		"one gets another name":     {[]string{"[work]", "[jobs]"}, nil, all, false, "adds jobs, removes work", nil},
		"one becomes a remote":      {[]string{`command = "work"`, `url = "http://127.0.0.1:8"`}, nil, all, false, "adds work, removes work", []string{"the cascade is now api :4001 → web :4002 → work http://127.0.0.1:8 → far http://127.0.0.1:9"}},
		"another port of a backend": {[]string{"4002", "4003"}, nil, all, false, "restarts api, web, work", []string{"the cascade is now api :4001 → web :4003 → far http://127.0.0.1:9"}},
		"another order":             {[]string{"[api]", "order = [\"web\", \"api\"]\n[api]"}, nil, all, false, "nothing to restart", []string{"the cascade is now web :4002 → api :4001 → far http://127.0.0.1:9"}},
		"another port":              {[]string{"3000", "3001"}, nil, all, true, "restarts api, web, work", []string{"the gateway moves to http://localhost:3001"}},
		"another host":              {[]string{"[api]", "host = \"127.0.0.1\"\n[api]"}, nil, all, true, "nothing to restart", nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := newSetup(loaded(t, planned), c.first)
			d := diff(before, loadedLike(t, before, changed(t, planned, c.edit...)))
			if got := d.summary(c.heeds); got != c.summary || d.moved != c.moved || !reflect.DeepEqual(d.remarks(), c.remarks) {
				t.Errorf("got %q, moved %v, %q; want %q, %v, %q", got, d.moved, d.remarks(), c.summary, c.moved, c.remarks)
			}
		})
	}
}

// loadedLike is a project in the same folder as one before.
func loadedLike(t *testing.T, before *setup, text string) *project.Project {
	t.Helper()
	path := filepath.Join(before.Root, "Devgatefile")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{File: path, Dir: before.Root, Environ: []string{"PATH=/bin"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A note about what has no effect is said when it appears, and not again.
func TestAPlanTellsANoteOnce(t *testing.T) {
	before := newSetup(loaded(t, planned), nil)
	if err := os.WriteFile(filepath.Join(before.Root, ".env"), []byte("no assignment\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := diff(before, loadedLike(t, before, planned))
	if got := d.remarks(); len(got) != 1 || !strings.Contains(got[0], ".env:1") {
		t.Errorf("got %q", got)
	}
	d = diff(d.after, loadedLike(t, before, changed(t, planned, `"api"`, `"api -v"`)))
	if got := d.remarks(); got != nil {
		t.Errorf("again: %q", got)
	}
}

// F4, R: a plan changes nothing; of a setup, versions count on and a backend keeps
// the port by which the gateway knows it, also while it is away.
func TestWhatIsKeptOverReloads(t *testing.T) {
	first := newSetup(loaded(t, planned), nil)
	second := diff(first, loadedLike(t, first, changed(t, planned, "4002", "4003"))).after
	third := diff(second, loadedLike(t, first, changed(t, planned, "[web]\ncommand = \"web\"\nport = 4002\nafter = [\"api\"]\n", ""))).after
	fourth := diff(third, loadedLike(t, first, changed(t, planned, "4002", "4004"))).after
	for i, c := range []struct {
		setup   *setup
		version int
	}{{first, 0}, {second, 1}, {third, 1}, {fourth, 1}} {
		if c.setup.versions["web"] != c.version || c.setup.ports["web"] != 4002 {
			t.Errorf("after %d reloads: versions %v, ports %v", i, c.setup.versions, c.setup.ports)
		}
	}
}

// D: names on the command line, and what they are after over all steps.
func TestWhatIsStartedAtFirst(t *testing.T) {
	p := loaded(t, changed(t, planned, "[work]", "[work]\nafter = [\"web\"]"))
	for _, c := range []struct {
		first []string
		want  []string
	}{
		{nil, []string{"api", "web", "work", "far"}},
		{[]string{"api"}, []string{"api"}},
		{[]string{"work"}, []string{"api", "web", "work"}},
		{[]string{"gone"}, nil},
	} {
		s := newSetup(p, c.first)
		var got []string
		for _, name := range namesOf(p) {
			if s.started[name] {
				got = append(got, name)
			}
		}
		if !reflect.DeepEqual(got, c.want) || len(s.startedNames()) != len(c.want) {
			t.Errorf("%v starts %v, want %v", c.first, got, c.want)
		}
	}
}
