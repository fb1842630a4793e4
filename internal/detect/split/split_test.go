package split

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/tree"
)

func projectOf(fsys fstest.MapFS) *Project {
	return New(files.Files{Tree: tree.Read(fsys)}, &found.Findings{})
}

// folder makes a file system of "name: text" pairs.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// splitProject is what the scripts below are in: a workspace of pnpm with two
// packages, and a folder that is none.
func splitProject(dev string) fstest.MapFS {
	return folder(map[string]string{
		"package.json": `{"name":"root","packageManager":"pnpm@10","workspaces":["apps/*"],"scripts":{
			"dev": ` + quoteJSON(dev) + `,
			"a": "vite", "b": "node server.js", "circle": "npm run circle2", "circle2": "npm run circle & vite",
			"serve:backend": "node api.js", "serve:front": "vite", "watch:css": "tailwindcss -i a -o b --watch",
			"with-env": "dotenv -e .env --", "gen": "codegen", "pipe": "node server.js | pino-pretty"}}`,
		"apps/web/package.json": `{"name":"@x/web","scripts":{"dev":"next dev"}}`,
		"apps/api/package.json": `{"name":"@x/api","scripts":{"dev":"tsx watch src/main.ts"}}`,
		"tools/run.sh":          "#!/bin/sh\nset -e\ncheck() {\n  test -n \"$X\"\n}\nA=$(date)\nexport B=1\ncheck\npnpm gen\nexec node x.js\n",
		"tools/all.sh":          "cd apps/web\ntrap 'kill 0' EXIT\nnext dev &\nnode api.js &\nwait\n",
		"tools/circle.sh":       "sh tools/circle.sh & vite\n",
		"Makefile":              "serve:\n\t@cd tools && node x.js\n\nmany:\n\ta\n\tb\n",
		"Procfile.dev":          "web: rails s\nworker: sidekiq\n",
	})
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// shown writes a leaf as "name folder$ command", with a "+" if words behind the
// command reach the tool.
func shown(leaves []*Leaf) string {
	var all []string
	for _, l := range leaves {
		text := fmt.Sprintf("%s %s$ %s", strings.Trim(l.Name+"/"+l.Hint, "/"), l.Place(), l.Text())
		if l.Reaches() {
			text += " +"
		}
		if l.Vague {
			text += " ?"
		}
		for _, task := range l.Tasks {
			text += " (first " + task.Text() + ")"
		}
		for _, n := range l.After {
			text += fmt.Sprintf(" (after %d)", n)
		}
		all = append(all, strings.TrimSpace(text))
	}
	return strings.Join(all, "; ")
}

func TestScriptsAreSplit(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{"vite", ".$ pnpm run dev +"},
		{"cross-env A=1 vite --host", ".$ pnpm run dev +"},
		{"NODE_ENV=development PORT=4000 next dev", ".$ pnpm run dev +"},
		{"npm run a", ".$ pnpm run dev +"}, // the package's manager is pnpm, whatever the text says
		{"pnpm a", ".$ pnpm run dev +"},
		{"yarn a", ".$ pnpm run dev +"},
		{"pnpm pipe", ".$ pnpm run dev"},
		{"rimraf dist && vite", ".$ pnpm run dev +"},
		{"vite && echo done", ".$ pnpm run dev +"},
		{"pnpm gen && pnpm a", ".$ pnpm run dev +"},
		{"pnpm gen && pnpm --filter @x/web dev", "apps/web$ pnpm run dev + (first pnpm run gen)"},
		{"pnpm with-env vite", ".$ pnpm run dev +"},
		{"concurrently npm:serve:*", "backend .$ pnpm run serve:backend +; front .$ pnpm run serve:front +"},
		{`concurrently -n api,web -c red,blue "pnpm b" 'pnpm a' --kill-others`, "api/b .$ pnpm run b +; web/a .$ pnpm run a +"},
		{`concurrently --names=x "vite --port 1" "cd apps/web && next dev"`, "x .$ pnpm exec vite --port 1 +; apps/web$ pnpm exec next dev +"},
		{`npx concurrently "node a.js" "npx nodemon b.js"`, ".$ node a.js +; .$ npx nodemon b.js +"},
		{"npm-run-all --parallel a b", "a .$ pnpm run a +; b .$ pnpm run b +"},
		{"npm-run-all gen -p a b", "a .$ pnpm run a + (first pnpm run gen); b .$ pnpm run b + (first pnpm run gen)"},
		{"run-p serve:*", "backend .$ pnpm run serve:backend +; front .$ pnpm run serve:front +"},
		{"run-s gen a", ".$ pnpm run dev +"},
		{"turbo run dev", "apps/api$ pnpm run dev +; apps/web$ pnpm run dev +"},
		{"turbo dev --filter=web", "apps/web$ pnpm run dev +"},
		{"turbo watch dev -F '!@x/api'", "apps/web$ pnpm run dev +"},
		{"turbo run dev --filter=./apps/*", "apps/api$ pnpm run dev +; apps/web$ pnpm run dev +"},
		{"pnpm -r --parallel dev", "apps/api$ pnpm run dev +; apps/web$ pnpm run dev +"},
		{"pnpm --filter api run dev", "apps/api$ pnpm run dev +"},
		{"pnpm -C apps/web dev", "apps/web$ pnpm run dev +"},
		{"npm run dev -w @x/web", "apps/web$ pnpm run dev +"},
		{"npm --prefix apps/web run dev", "apps/web$ pnpm run dev +"},
		{"yarn workspace @x/web dev", "apps/web$ pnpm run dev +"},
		{"yarn workspaces foreach -A run dev", "apps/api$ pnpm run dev +; apps/web$ pnpm run dev +"},
		{"bun run --filter '@x/*' dev", "apps/api$ pnpm run dev +; apps/web$ pnpm run dev +"},
		{"lerna run dev --parallel --scope=@x/api", "apps/api$ pnpm run dev +"},
		{"cd apps/web && npm run dev", "apps/web$ pnpm run dev +"},
		{"npm run a & npm run b", "a .$ pnpm run a +; b .$ pnpm run b +"},
		{"(trap 'kill 0' INT; vite & node api.js)", ".$ pnpm exec vite +; .$ node api.js +"},
		{"(vite)", ".$ pnpm run dev"},
		{"vite & wait-on tcp:5173 && node api.js", ".$ pnpm exec vite +; .$ node api.js + (after 5173)"},
		{"wait-on http://localhost:3000/x http-get://127.0.0.1:4000 && node api.js", ".$ pnpm run dev + (after 3000) (after 4000)"},
		{`sh -c "vite & node api.js"`, ".$ pnpm exec vite +; .$ node api.js +"},
		{"make serve", "tools$ node x.js +"},
		{"bash tools/run.sh", ".$ pnpm run dev"},
		{"./tools/run.sh --x & vite", ".$ ./tools/run.sh --x; .$ pnpm exec vite +"},
		{"bash tools/all.sh", "apps/web$ pnpm exec next dev +; apps/web$ node api.js +"},
		{"sh tools/circle.sh", ".$ pnpm exec vite +"},
		{"sh tools/missing.sh", ".$ pnpm run dev +"},
		{"pnpm with-env heroku local -f Procfile.dev", "web .$ rails s +; worker .$ sidekiq +"},
		{"heroku logs", ".$ pnpm run dev +"},
		{"make many", ".$ pnpm run dev +"},
		{"foreman start -f Procfile.dev", "web .$ rails s +; worker .$ sidekiq +"},
		{"npm run circle", ".$ pnpm exec vite +"},
		{"npm run dev", ""},
		{"npm run missing", ".$ pnpm run dev +"},
		{"while true; do vite; done", ".$ pnpm run dev ?"},
		{"vite $(", ".$ pnpm run dev ?"},
		{"set PORT=3001 && react-scripts start", ".$ pnpm run dev +"},
		{"start cmd /c vite", ""},
		{"vite --port %PORT%", ""},
		{"run.cmd", ""},
		{"powershell x", ""},
		{"", ""},
	} {
		p := projectOf(splitProject(test.script))
		got := shown(p.Script(p.Pack("."), "dev"))
		if want := test.want; got != want {
			t.Errorf("%s\n got %s\nwant %s", test.script, got, want)
		}
	}
}

// TestNPMKeepsFlags: behind an inner "npm run" only what is behind "--" arrives.
func TestNPMKeepsFlags(t *testing.T) {
	for script, want := range map[string]string{
		"npm run a":    "npx vite --port 1",
		"npm run a --": "npm run dev -- --port 1",
		"vite":         "npm run dev -- --port 1",
		"npm start":    "npx vite --port 1",
	} {
		p := projectOf(folder(map[string]string{
			"package.json": `{"scripts":{"dev":` + quoteJSON(script) + `,"a":"vite","start":"vite"}}`,
		}))
		leaves := p.Script(p.Pack("."), "dev")
		if len(leaves) != 1 || leaves[0].Appended("--port 1") != want {
			t.Errorf("%s: got %s, want %s", script, leaves[0].Appended("--port 1"), want)
		}
	}
}

func TestScriptHints(t *testing.T) {
	for script, want := range map[string]string{
		"dev": "", "serve:backend": "backend", "start-server-dev": "server", "dev:web:local": "web", "watch-css": "css", "db-server:file": "db-server-file",
		"start:dev": "", "run-dev": "", "ready-up-next": "ready-up-next",
	} {
		if got := ScriptHint(script); got != want {
			t.Errorf("%s: got %q, want %q", script, got, want)
		}
	}
}

// TestManyScriptsEnd: each of thirty scripts starts all of the next one's twice.
func TestManyScriptsEnd(t *testing.T) {
	scripts := []string{`"dev": "npm run s0"`}
	for i := range 30 {
		scripts = append(scripts, fmt.Sprintf(`"s%d": "npm run s%d & npm run s%d & vite"`, i, i+1, i+1))
	}
	p := projectOf(folder(map[string]string{"package.json": `{"scripts":{` + strings.Join(scripts, ",") + `}}`}))
	if n := len(p.Script(p.Pack("."), "dev")); n == 0 || n > maxSplits {
		t.Errorf("%d leaves", n)
	}
}
