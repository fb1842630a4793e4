//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// generators is the folder with the modules of testdata/generators.
var generators = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(made.devgate), "generators")
	if err := os.CopyFS(dir, os.DirFS("testdata/generators")); err != nil {
		return "", err
	}
	return dir, npmCI(dir)
})

// generator is a project whose build writes what it watches.
type generator struct {
	files   map[string]string
	prepare func(p *project)
	source  string              // what somebody saves,
	text    func(string) string // and what it then holds, from a version
}

// generated are real generators and bundlers, in each project the service api.
var generated = map[string]generator{
	"templ": {
		files: map[string]string{
			"Devgatefile": `port = $GATEWAY
[api]
command = "{bin}"
build = "go tool templ generate -log-level error && go build -o {bin} ."
port = $P1
watch = ["*.go", "*.templ"]
`,
			"go.mod": "module example\n\ngo 1.24\n",
			"main.go": `package main

import (
	"net/http"
	"os"

	"github.com/a-h/templ"
)

func main() { http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), templ.Handler(page())) }
`,
		},
		prepare: func(p *project) {
			for _, args := range [][]string{{"get", "-tool", "github.com/a-h/templ/cmd/templ@v0.3.943"}, {"tool", "templ", "generate"}, {"build", "-o", os.DevNull, "."}} {
				cmd := exec.Command("go", args...)
				cmd.Dir, cmd.Env = p.dir, append(p.env, "GOFLAGS=-mod=mod")
				if out, err := cmd.CombinedOutput(); err != nil {
					p.t.Fatalf("%s: %v\n%s", cmd, err, out)
				}
			}
		},
		source: "page.templ",
		text:   func(version string) string { return "package main\n\ntempl page() {\n\t<p>" + version + "</p>\n}\n" },
	},
	"esbuild": {
		files: map[string]string{"Devgatefile": `port = $GATEWAY
[api]
command = "node serve.js public/app.js"
build = "node_modules/.bin/esbuild src/app.js --bundle --sourcemap --outdir=public --log-level=warning"
port = $P1
watch = ["src", "public"]
`},
		source: "src/app.js",
		text:   func(version string) string { return "console.log(" + fmt.Sprintf("%q", version) + ");\n" },
	},
	"tsc after rm": {
		files: map[string]string{
			"Devgatefile": `port = $GATEWAY
[api]
command = "node serve.js dist/app.js"
build = "rm -rf dist && node_modules/.bin/tsc"
port = $P1
watch = ["."]
ignore = ["Devgatefile"]
`,
			"tsconfig.json": `{ "compilerOptions": { "outDir": "dist", "rootDir": "src", "target": "es2022", "module": "es2022", "types": [] }, "include": ["src"] }`,
			"src/lib.ts":    "export const lib: string = \"lib\";\n",
		},
		source: "src/app.ts",
		text:   func(version string) string { return fmt.Sprintf("export const version: string = %q;\n", version) },
	},
	"a stamp": {
		files: map[string]string{"Devgatefile": `port = $GATEWAY
[api]
command = "node serve.js src/app.js"
build = "date > src/built.txt && node --check src/app.js"
port = $P1
watch = ["src"]
`},
		source: "src/app.js",
		text:   func(version string) string { return fmt.Sprintf("export const version = %q;\n", version) },
	},
	"two into each other": {
		files: map[string]string{
			"Devgatefile": `port = $GATEWAY
[api]
command = "node serve.js api/out.js"
build = "node_modules/.bin/esbuild api/src.js --bundle --outfile=api/out.js --log-level=warning && cp api/out.js shared/api.js"
port = $P1
watch = ["api/src.js", "shared/web.js"]
[web]
command = "node serve.js web/out.js"
build = "node_modules/.bin/esbuild web/src.js --bundle --outfile=web/out.js --log-level=warning && cp web/out.js shared/web.js"
port = $P2
watch = ["web/src.js", "shared/api.js"]
`,
			"web/src.js":    "import \"../shared/api.js\";\n",
			"shared/api.js": "",
		},
		source: "api/src.js",
		text:   func(version string) string { return "console.log(" + fmt.Sprintf("%q", version) + ");\n" },
	},
}

// in makes a project of the generator, at its version 0.
func (gen generator) in(t *testing.T, installed string) *project {
	p := emptyProject(t)
	for file, text := range gen.files {
		p.write(file, text)
	}
	p.write("serve.js", read(t, filepath.Join(installed, "serve.js")))
	p.write("package.json", `{ "type": "module" }`)
	if err := os.Symlink(filepath.Join(installed, "node_modules"), p.path("node_modules")); err != nil {
		t.Fatal(err)
	}
	p.write(gen.source, gen.text("version 0"))
	if gen.prepare != nil {
		gen.prepare(p)
	}
	return p
}

// W9: until what a build writes is known, it costs at most three further builds. After
// that a save is one build and one restart, and what runs is made from what was saved.
func TestAGeneratorsSaveIsOneBuild(t *testing.T) {
	installed, err := generators()
	if err != nil {
		t.Fatal(err)
	}
	for name, gen := range generated {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of the time they wait
			p := gen.in(t, installed)
			g := p.up()
			g.settle()
			const saves = 4
			for n := range saves {
				p.write(gen.source, gen.text(fmt.Sprint("version ", n+1)))
				g.settle()
			}
			further := g.starts() - 1 - saves
			if further > most {
				t.Errorf("%d further builds", further)
			}
			before := g.starts()
			p.write(gen.source, gen.text("the last version"))
			g.settle()
			if n := g.starts() - before; n != 1 {
				t.Errorf("a save is %d builds and restarts", n)
			}
			if body := string(g.ask(t, request{method: "GET", path: "/"}).body); !strings.Contains(body, "the last version") {
				t.Errorf("what runs is made from something else: %q", body)
			}
			g.down()
			p.startsOnce(most - further)
		})
	}
}

// most is how many further builds it may cost to know what a build writes.
const most = 3

// startsOnce brings a project up until it is built once at its start, which is at
// once if all is known. Where one of two services that write into each other is not
// built any more, the other one has not seen enough of it, and may need what is left
// of the further builds.
func (p *project) startsOnce(left int) {
	p.t.Helper()
	for {
		g := p.up()
		g.settle()
		n := g.starts()
		g.down()
		if left -= n - 1; left < 0 {
			p.t.Errorf("it is built %d times at its start", n)
		}
		if n == 1 || left < 0 {
			return
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// starts is how often api was built and started.
func (g *gateway) starts() int { return g.out.count(`^api +\* .*ready (in )?\d+\.\ds`) }

// rest is how long nothing must be printed: a control build comes after 3 s, and one
// that takes long prints when it begins.
const rest = 5 * time.Second

// settle waits until api is ready and nothing more comes.
func (g *gateway) settle() {
	g.t.Helper()
	limit := time.After(10 * patience)
	for {
		_, grown := g.out.from(len(g.out.String()))
		select {
		case <-grown:
		case <-time.After(rest):
			if !strings.Contains(g.lastOf("api"), "building") {
				return
			}
		case <-limit:
			g.t.Fatalf("it does not come to rest:\n%s", g.out.String())
		}
	}
}

// lastOf is the last line of devgate about a service.
func (g *gateway) lastOf(service string) (last string) {
	for line := range strings.Lines(g.out.String()) {
		if strings.HasPrefix(line, service+" ") {
			last = line
		}
	}
	return last
}
