package lint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"devgate/internal/project"
)

// warned are the warnings about the project of an archive, a line each: where it is,
// what is marked there, and the words. Programs are the
// files below bin.
func warned(t *testing.T, archive string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "shop")
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if slices.Contains([]string{"bin", ".bin", "Scripts"}, filepath.Base(filepath.Dir(path))) {
			mode = 0o755
		}
		if err := os.WriteFile(path, f.Data, mode); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(root, "Devgatefile")
	if _, err := os.Stat(file); err != nil {
		file = filepath.Join(root, "Procfile")
	}
	p, err := project.Load(t.Context(), project.Options{File: file, Dir: root, Environ: []string{"PATH=" + filepath.Join(root, "bin")}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range Warnings(t.Context(), p) {
		marked := string([]rune(e.Line)[e.Caret : e.Caret+e.Width])
		fmt.Fprintf(&b, "%d `%s` %s (%s)\n", e.Pos.Line, marked, e.Msg, e.Hint)
	}
	return strings.ReplaceAll(b.String(), root, "ROOT")
}

const programs = "\n-- bin/node --\n-- bin/npm --\n-- bin/npx --\n-- bin/pnpm --\n-- bin/go --\n"

func TestPortsThatAreWrittenAsNumbers(t *testing.T) {
	for command, want := range map[string]string{
		`"node x --port {port}"`:                              "",
		`"node x --port 5173 --strictPort"`:                   "", // its own
		`"node x --port 5174"`:                                "`--port 5174` web: the command says port 5174, but port = 5173 (write {port} in the command: it is the port that devgate waits for)",
		`"node x --port=5174"`:                                "`--port=5174` web: the command says port 5174, but port = 5173 (write {port} in the command: it is the port that devgate waits for)",
		`"node x -p5174"`:                                     "`-p5174` web: the command says port 5174, but port = 5173 (write {port} in the command: it is the port that devgate waits for)",
		`"PORT=5174 node x"`:                                  "`PORT=5174` web: the command says port 5174, but port = 5173 (write {port} in the command: it is the port that devgate waits for)",
		`["node", "x", "--port", "5174"]`:                     "`5174` web: the command says port 5174, but port = 5173 (write {port} in the command: it is the port that devgate waits for)",
		`"node x --api http://localhost:4001/v1"`:             "`http://localhost:4001` web: port 4001 is that of api, written as a number (write {api.port} or {api.url}: it stays right when the port moves)",
		`"API_PORT=4001 node x"`:                              "`API_PORT=4001` web: port 4001 is that of api, written as a number (write {api.port} or {api.url}: it stays right when the port moves)",
		`"node x --port 4001"`:                                "`--port 4001` web: port 4001 is that of api, written as a number (write {api.port} or {api.url}: it stays right when the port moves)",
		`"node x --base http://127.0.0.1:3000"`:               "`http://127.0.0.1:3000` web: port 3000 is that of the gateway, written as a number (write {gateway.port} or {gateway.url}: it stays right when the gateway moves)",
		`"node x --base 'http://[::1]:3000/a'"`:               "`http://[::1]:3000` web: port 3000 is that of the gateway, written as a number (write {gateway.port} or {gateway.url}: it stays right when the gateway moves)",
		`"node x --timeout 3000 --max-old-space-size=4001"`:   "", // numbers, and no ports
		`"node x -p 5432:5432"`:                               "",
		`"node x --inspect-port 9229"`:                        "",
		`"node x --db localhost:5432"`:                        "",
		`"node x --api http://example.test:4001"`:             "", // another machine's
		`"node x --api localhost:4001 --admin localhost:400"`: "`localhost:4001` web: port 4001 is that of api, written as a number (write {api.port} or {api.url}: it stays right when the port moves)",
	} {
		got := warned(t, "-- Devgatefile --\n[api]\ncommand = 'node'\nport = 4001\n[web]\ncommand = "+command+"\nport = 5173\n"+programs)
		if want != "" {
			want = "5 " + want + "\n"
		}
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", command, got, want)
		}
	}
	auto := warned(t, "-- Devgatefile --\n[web]\ncommand = 'node --port 5173'\nport = 'auto'\n[work]\ncommand = 'node --port 9000'\n"+programs)
	if want := "2 `--port 5173` web: the command says port 5173, but port = \"auto\" (write {port} in the command: it is the port that devgate waits for)\n"; auto != want {
		t.Errorf("an automatic port, and a worker:\n%s\nwant\n%s", auto, want)
	}
	if got := warned(t, "-- Procfile --\napi: PORT=4001 node\nweb: node --port 5173 --api localhost:4001\n"+programs); got != "" {
		t.Errorf("a Procfile, which has no placeholders:\n%s", got)
	}
}

func TestProgramsThatAreNotThere(t *testing.T) {
	for command, want := range map[string]string{
		`"node x"`:                    "",
		`"A=1 B= node x"`:             "",
		`"uvicorn app:app"`:           "`uvicorn` web: the program uvicorn is not on its PATH (install it, or write its whole path)",
		`["uvicorn", "app:app"]`:      "`uvicorn` web: the program uvicorn is not on its PATH (install it, or write its whole path)",
		`"DEBUG=1 uvicorn app:app"`:   "`uvicorn` web: the program uvicorn is not on its PATH (install it, or write its whole path)",
		`"vite"`:                      "`vite` web: the program vite is not on its PATH (it is in node_modules: write npx vite)",
		`"flask run"`:                 "`flask` web: the program flask is not on its PATH (it is in a virtual environment: write ../.venv/bin/flask)",
		`"../.venv/bin/flask run"`:    "",
		`"alembic upgrade head"`:      "`alembic` web: the program alembic is not on its PATH (it is in a virtual environment: write ../venv/Scripts/alembic)",
		`"bin/tool"`:                  "`bin/tool` web: there is no program bin/tool in sub (correct the path; it starts at the service's dir)",
		`"tool"`:                      "`tool` web: the program tool is not on its PATH (install it, or write its whole path)", // not executable
		`"cd x && uvicorn"`:           "",                                                                                      // only a shell could tell
		`"echo x"`:                    "",
		`"PATH=$PATH:. uvicorn"`:      "",
		`"$TOOL run"`:                 "",
		`"{root}/bin/node"`:           "",
		`"while true; do node; done"`: "",
		"\"\"\"\nuvicorn\nnode\"\"\"": "",
	} {
		got := warned(t, "-- Devgatefile --\n[web]\ndir = 'sub'\ncommand = "+command+"\n-- sub/node_modules/.bin/vite --\n-- .venv/bin/flask --\n-- venv/Scripts/alembic --\n-- sub/tool --\n"+programs)
		if want != "" {
			want = "3 " + want + "\n"
		}
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", command, got, want)
		}
	}
	made := "-- Devgatefile --\n[api]\nbuild = 'go build -o {bin} .'\ncommand = '{bin}'\n[web]\ncommand = 'out/web'\nafter = 'make'\n[make]\ncommand = 'node'\nonce = true\n" +
		"[gone]\ncommand = 'go'\nbuild = 'cargo build'\nenv = { PATH = 'elsewhere' }\n-- sub/elsewhere/x --\n"
	want := "11 `go` gone: the program go is not on its PATH (install it, or write its whole path)\n12 `cargo` gone: the program cargo is not on its PATH (install it, or write its whole path)\n"
	if got := warned(t, made+programs); got != want {
		t.Errorf("what may still be made, and a PATH of its own:\n%s\nwant\n%s", got, want)
	}
}

func TestModulesThatAreNotInstalled(t *testing.T) {
	const file = "-- Devgatefile --\n[web]\ncommand = '%s'\ndir = 'web'\n%s\n-- web/package.json --\n%s\n%s\n"
	const some, warning = `{"dependencies":{"vite":"1"}}`, "web: it needs node_modules, which is not there (run: "
	for _, c := range []struct{ command, more, manifest, files, want string }{
		{"npm run dev", "", some, "", "2 `npm` " + warning + "npm install (in web))\n"},
		{"npx vite", "", `{"devDependencies":{"vite":"1"}}`, "", "2 `npx` " + warning + "npm install (in web))\n"},
		{"NODE_ENV=x pnpm dev", "", some, "", "2 `pnpm` " + warning + "pnpm install (in web))\n"},
		{"npm run dev", "", some, "-- web/node_modules/x --", ""},
		{"npm run dev", "", some, "-- node_modules/x --", ""}, // where a workspace has them
		{"npm run dev", "", some, "-- .pnp.cjs --", ""},
		{"npm run dev", "", `{"scripts":{"dev":"node x"}}`, "", ""}, // it needs none
		{"npm run dev", "", `not JSON`, "", ""},
		{"node x", "", some, "", ""},
		{"npm run dev", "after = 'install'\n[install]\ncommand = 'npm ci'\nonce = true", some, "", ""}, // fetched on the way
		{"npm run dev", "build = 'npm install'", some, "", ""},
	} {
		if got := warned(t, fmt.Sprintf(file, c.command, c.more, c.manifest, c.files)+programs); got != c.want {
			t.Errorf("%+v:\n%s", c, got)
		}
	}
	if got := warned(t, "-- Devgatefile --\n[web]\ncommand = 'npm run dev'\ndir = 'sub'\n[npx]\ncommand = 'npx serve'\n-- sub/x --\n"+programs); got != "2 `npm` web: there is no package.json in sub or above it (write dir = \"...\" for the folder that has it)\n" {
		t.Errorf("without a package.json:\n%s", got)
	}
	if got := warned(t, "-- Devgatefile --\n[web]\ncommand = 'npm run dev'\n-- package.json --\n"+some+programs); got != "2 `npm` "+warning+"npm install)\n" {
		t.Errorf("in the project's own folder:\n%s", got)
	}
}

func TestPatternsThatMatchNothing(t *testing.T) {
	got := warned(t, `-- Devgatefile --
[api]
command = 'node'
dir = 'api'
watch = ["**/*.go", "*.gp", "../shared", "gone/**", "out/*.js", "node_modules/x/*.js", "one.txt"]
ignore = "out"
[none]
command = 'node'
-- api/deep/main.go --
-- shared/x --
-- api/out/a.js --
-- api/node_modules/x/a.js --
-- api/one.txt --
`+programs)
	want := ""
	for _, pattern := range []string{"*.gp", "gone/**", "out/*.js"} {
		want += fmt.Sprintf("4 `%s` api: no file matches watch %q (correct it; it starts at api, and what Git, devgate or \"ignore\" leaves out does not count)\n", pattern, pattern)
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// It ends with its context, and says no more than it has seen.
func TestWarningsEndWithTheirContext(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "Devgatefile")
	if err := os.WriteFile(file, []byte("[api]\ncommand = 'true'\nwatch = '**/*.go'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{File: file, Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Warnings(over, p); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	if got := Warnings(t.Context(), p); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}
