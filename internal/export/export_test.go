package export

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devgate/internal/project"
	"devgate/internal/routes"
)

// load reads a project.
func load(t testing.TB, dir string) *project.Project {
	t.Helper()
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{Dir: abs})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// written is the project of a Devgatefile that a test writes.
func written(t testing.TB, devgatefile string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Devgatefile"), []byte(devgatefile), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, dir)
}

// model is a project with what was seen of it.
func model(t testing.TB, p *project.Project, seen []routes.Observation, o Options) *Model {
	t.Helper()
	o.Version = "1.2.3"
	m, err := New(p, seen, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// text is what a target writes of it.
func text(t testing.TB, m *Model, target string, mode Mode) string {
	t.Helper()
	to, err := Find(target)
	if err != nil {
		t.Fatal(err)
	}
	text, err := to.Write(m, mode)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return text
}

func got(path, backend, kind string, refused ...string) routes.Observation {
	return routes.Observation{Method: "GET", Path: path, Backend: backend, Strong: true, Status: 200, Type: kind, Refused: refused}
}

func by(method string, o routes.Observation) routes.Observation {
	o.Method = method
	return o
}

// shopSeen is what people have asked of testdata/shop.
func shopSeen() []routes.Observation {
	page := got("/about", "web", "html", "api", "admin")
	page.Strong, page.Page = false, true
	gone := got("/api/v1/gone/7", "web", "html", "api", "admin")
	gone.Strong, gone.Page = false, true
	return []routes.Observation{
		got("/api/v1/users/1", "api", "json"), got("/api/v1/users/2", "api", "json"), by("POST", got("/api/v1/orders", "api", "json")), got("/healthz", "api", ""),
		got("/admin/users", "admin", "json", "api"), got("/admin/flags", "admin", "json", "api"), by(routes.Upgrade, got("/live", "admin", "", "api")), got("/teams/7/billing", "admin", "json", "api"),
		got("/teams/8/members", "api", "json"), got("/docs/start", "docs", "html", "api", "admin"), by("POST", got("/cart", "api", "json")), by("PURGE", got("/cart", "admin", "")),
		got("/", "web", "html", "api", "admin"), page, gone, got("/robots.txt", routes.Static, "", "api", "admin", "web"),
	}
}

const shopDir = "testdata/shop"

// Each target writes the same bytes each time, whatever the order in which things were
// asked; what they are stands in testdata/golden. UPDATE=1 writes it anew.
func TestGolden(t *testing.T) {
	root, err := filepath.Abs(shopDir)
	if err != nil {
		t.Fatal(err)
	}
	static := Options{Upstreams: map[string]string{"static": "files.internal:80", "web": "web.internal:8080"}}
	dist := Options{Dists: map[string]string{"web": "web/dist"}, Dir: root}
	for _, c := range []struct {
		file, target string
		mode         Mode
		o            Options
	}{
		{"paths.toml", "paths", Auto, Options{}},
		{"nginx.conf", "nginx", Auto, Options{}},
		{"nginx-cascade.conf", "nginx", ByCascade, Options{}},
		{"nginx-dist.conf", "nginx", ByRoutes, dist},
		{"Caddyfile", "caddy", Auto, Options{}},
		{"Caddyfile-dist", "caddy", Auto, dist},
		{"haproxy.cfg", "haproxy", Auto, static},
		{"compose.yaml", "compose", Auto, Options{}},
		{"compose-cascade.yaml", "compose", ByCascade, Options{}},
		{"compose-dist.yaml", "compose", Auto, dist},
		{"compose-upstream.yaml", "compose", Auto, Options{Upstreams: map[string]string{"api": "127.0.0.1:9001"}}},
		{"kubernetes.yaml", "kubernetes", Auto, static},
		{"Procfile", "procfile", Auto, Options{}},
	} {
		t.Run(c.file, func(t *testing.T) {
			p, seen := load(t, shopDir), shopSeen()
			first := text(t, model(t, p, seen, c.o), c.target, c.mode)
			for i := range seen { // the last comes first
				seen[i], seen[len(seen)-1-i] = seen[len(seen)-1-i], seen[i]
				if i >= len(seen)/2 {
					break
				}
			}
			if again := text(t, model(t, load(t, shopDir), seen, c.o), c.target, c.mode); again != first {
				t.Errorf("written again it is\n%s\nand was\n%s", again, first)
			}
			golden(t, c.file, strings.ReplaceAll(first, filepath.ToSlash(p.Root), "/home/joe/shop"))
		})
	}
}

// Where there are more routes than one HTTPRoute may have there are several.
func TestManyRoutes(t *testing.T) {
	var file strings.Builder
	file.WriteString("name = \"many\"\nport = 3000\n")
	for i := range 19 {
		fmt.Fprintf(&file, "[s%d]\nurl = \"http://host%d:80\"\npaths = [", i, i)
		for j := range map[bool]int{true: 70, false: 4}[i == 3] {
			fmt.Fprintf(&file, "\"/s%d/p%d\", ", i, j)
		}
		file.WriteString("]\n")
	}
	golden(t, "kubernetes-many.yaml", text(t, model(t, written(t, file.String()), nil, Options{}), "kubernetes", Auto))
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata/golden", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	is, was := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(is), len(was)) {
		if i >= min(len(is), len(was)) || is[i] != was[i] {
			t.Fatalf("%s:%d is not what is written (UPDATE=1 writes it):\n%s", file, i+1, strings.Join(is[min(i, len(is)):min(i+3, len(is))], "\n"))
		}
	}
}

// No value that should not be read gets into anything that is written: of env files,
// of variables whose names say so, of URLs.
func TestNoSecretIsWritten(t *testing.T) {
	for _, target := range Targets() {
		for _, mode := range []Mode{Auto, ByCascade} {
			if mode == ByCascade && !target.Cascade {
				continue
			}
			o := Options{Upstreams: map[string]string{"static": "files.internal:80"}}
			m := model(t, load(t, shopDir), shopSeen(), o)
			text := text(t, m, target.Name, mode)
			report, err := json.Marshal(m.Report(target.Name, text))
			if err != nil {
				t.Fatal(err)
			}
			for _, written := range []string{text, string(report)} {
				if i := strings.Index(written, "MARKED"); i >= 0 {
					t.Errorf("%s has a secret: …%s…", target.Name, written[max(0, i-80):min(len(written), i+40)])
				}
			}
		}
	}
}
